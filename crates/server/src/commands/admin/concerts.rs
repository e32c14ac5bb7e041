//! `frontrow concerts`.

use serde_json::Value;

use super::body::{Body, reason_body};
use super::paths;
use super::schedules::SCHEDULES;
use crate::cli::Concerts;
use crate::client::Client;
use crate::output::{Column, Output, details, list, table};

const CONCERTS: &[Column] =
    &[("id", "/id"), ("name", "/name"), ("host", "/host"), ("queue", "/queue_id"), ("seats a user", "/max_seats_per_user")];

pub(super) fn run(client: &Client, verb: Concerts, output: Output) -> anyhow::Result<()> {
    let concert = match verb {
        Concerts::List { limit } => return Ok(output.list(&client.list(paths::CONCERTS, &[], limit)?, CONCERTS)?),
        Concerts::Show { id } => client.get(&paths::concert(id))?,
        Concerts::Create { id, name, host, queue_id, max_seats_per_user } => {
            let body = Body::default().with("id", id).with("name", Some(name)).with("host", Some(host)).with("queue_id", queue_id);
            client.post(paths::CONCERTS, &body.with("max_seats_per_user", max_seats_per_user).into_value())?
        }
        Concerts::Set { id, name, host, queue_id, max_seats_per_user } => {
            let body = Body::default().with("name", name).with("host", host).with("queue_id", queue_id);
            client.change(&paths::concert(id), &body.with("max_seats_per_user", max_seats_per_user).into_changes()?)?
        }
        Concerts::Cancel { id, reason } => client.post(&format!("{}:cancel", paths::concert(id)), &reason_body(&reason))?,
    };
    Ok(output.print(&concert, || details_with_schedules(&concert))?)
}

fn details_with_schedules(concert: &Value) -> String {
    format!("{}\n{}", details(concert), table(list(&concert["schedules"]), SCHEDULES))
}
