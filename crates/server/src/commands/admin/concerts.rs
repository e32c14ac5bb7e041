//! `frontrow concerts`.

use serde_json::{Value, json};

use super::body::{Body, reason_body};
use super::paths;
use super::schedules::SCHEDULES;
use crate::cli::{Concerts, Listing};
use crate::client::Client;
use crate::output::{Column, Output, details, list, table};

const CONCERTS: &[Column] =
    &[("id", "/id"), ("name", "/name"), ("host", "/host"), ("queue", "/queue_id"), ("seats a user", "/max_seats_per_user")];

pub(super) fn run(client: &Client, verb: Concerts, output: Output) -> anyhow::Result<()> {
    let concert = match verb {
        Concerts::List { limit } => return Ok(output.list(&client.list(paths::CONCERTS, &[], limit)?, CONCERTS)?),
        Concerts::Show { id } => client.get(&paths::concert(id))?,
        Concerts::Create { id, name, host, queue_id, max_seats_per_user, listing } => {
            let body = Body::default().with("id", id).with("name", Some(name)).with("host", Some(host)).with("queue_id", queue_id);
            let body = with_listing(body.with("max_seats_per_user", max_seats_per_user), listing);
            client.post(paths::CONCERTS, &body.into_value())?
        }
        Concerts::Set { id, name, host, queue_id, max_seats_per_user, listing } => {
            let body = Body::default().with("name", name).with("host", host).with("queue_id", queue_id);
            let body = with_listing(body.with("max_seats_per_user", max_seats_per_user), listing);
            client.change(&paths::concert(id), &body.into_changes()?)?
        }
        Concerts::Cancel { id, reason } => client.post(&format!("{}:cancel", paths::concert(id)), &reason_body(&reason))?,
    };
    Ok(output.print(&concert, || details_with_schedules(&concert))?)
}

fn with_listing(body: Body, listing: Listing) -> Body {
    let Listing { description, image_url, venue_name, venue_city, venue_zone, no_venue, publishes_at } = listing;
    let venue = venue_name.map(|name| json!({"name": name, "city": venue_city, "zone": venue_zone}));
    let venue = if no_venue { Some(Value::Null) } else { venue };
    body.with("description", description).with("image_url", image_url).with("venue", venue).with("publishes_at", publishes_at)
}

fn details_with_schedules(concert: &Value) -> String {
    format!("{}\n{}", details(concert), table(list(&concert["schedules"]), SCHEDULES))
}
