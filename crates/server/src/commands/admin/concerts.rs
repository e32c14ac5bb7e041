//! `frontrow concerts`.

use serde_json::Value;
use uuid::Uuid;

use super::body::{Body, because};
use super::schedules::SCHEDULES;
use crate::cli::Concerts;
use crate::client::Client;
use crate::output::{Column, Output, details, list, table};

pub(super) const PATH: &str = "/v1/admin/concerts";
const CONCERTS: &[Column] =
    &[("id", "/id"), ("name", "/name"), ("host", "/host"), ("queue", "/queue_id"), ("seats a user", "/max_seats_per_user")];

pub(super) fn run(client: &Client, verb: Concerts, output: Output) -> anyhow::Result<()> {
    let concert = match verb {
        Concerts::List { limit } => return Ok(output.list(&client.list(PATH, &[], limit)?, CONCERTS)?),
        Concerts::Output { id } => client.get(&path(id))?,
        Concerts::Create { id, name, host, queue_id, max_seats_per_user } => {
            let body = Body::default().with("id", id).with("name", Some(name)).with("host", Some(host)).with("queue_id", queue_id);
            client.post(PATH, &body.with("max_seats_per_user", max_seats_per_user).whole())?
        }
        Concerts::Set { id, name, host, queue_id, max_seats_per_user } => {
            let body = Body::default().with("name", name).with("host", host).with("queue_id", queue_id);
            client.change(&path(id), &body.with("max_seats_per_user", max_seats_per_user).changes()?)?
        }
        Concerts::Cancel { id, reason } => client.post(&format!("{}:cancel", path(id)), &because(&reason))?,
    };
    Ok(output.tell(&concert, || with_schedules(&concert))?)
}

/// Where a concert is.
pub(super) fn path(id: Uuid) -> String {
    format!("{PATH}/{id}")
}

fn with_schedules(concert: &Value) -> String {
    format!("{}\n{}", details(concert), table(list(&concert["schedules"]), SCHEDULES))
}
