//! `frontrow export`: a concert as a file that can be imported.

use std::fs::File;
use std::io::Write;

use anyhow::Context;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{concerts, queues, seats};
use crate::cli::Export;
use crate::client::Client;
use crate::output::{self, list};
use crate::progress;

pub(super) fn run(client: &Client, export: &Export) -> anyhow::Result<()> {
    let file = exported(client, export.concert_id)?;
    match &export.file {
        None => Ok(output::print(&format!("{file:#}"))?),
        Some(path) => File::create_new(path)
            .and_then(|mut out| writeln!(out, "{file:#}"))
            .with_context(|| format!("{} can't be written", path.display())),
    }
}

fn exported(client: &Client, id: Uuid) -> anyhow::Result<Value> {
    let concert = client.get(&concerts::path(id))?;
    let queue = client.get(&queues::path(own_id(&concert["queue_id"])?))?;
    let found = list(&concert["schedules"]);
    let bar = progress::bar(found.len().try_into()?, "exporting")?;
    let mut schedules = Vec::new();
    for schedule in found {
        // What was cancelled would be on sale again.
        if schedule["cancelled_at"].is_null() {
            let mut new = only(schedule, &["id", "starts_at", "zone", "sale_opens_at", "sale_closes_at"]);
            new.insert("seat_map".into(), client.get(&seats::map_of(own_id(&schedule["id"])?))?);
            schedules.push(Value::from(new));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut exported = only(&concert, &["id", "name", "host", "queue_id", "max_seats_per_user"]);
    exported.insert("schedules".into(), schedules.into());
    let mut line = only(&queue, &["id", "name", "message"]);
    let overrides = only(&queue["overrides"], &["capacity", "batch", "active_seconds", "claim_seconds", "max_waiting"]);
    line.insert("policy".into(), overrides.into());
    Ok(json!({"queues": [line], "concerts": [exported]}))
}

fn own_id(id: &Value) -> anyhow::Result<Uuid> {
    id.as_str().and_then(|id| id.parse().ok()).context("the server answers without an id")
}

/// The members that can be said when it is made, unless they say nothing.
fn only(thing: &Value, members: &[&str]) -> Map<String, Value> {
    let said = members.iter().filter(|member| !thing[**member].is_null());
    said.map(|member| ((*member).to_owned(), thing[*member].clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    #[test]
    fn a_concert_is_exported_with_what_can_be_said_when_it_is_made() {
        let id = Uuid::nil();
        let schedule = json!({"id": id, "concert_id": id, "starts_at": "t", "zone": "z", "sale_opens_at": "o", "sale_closes_at": "c",
            "cancelled_at": null, "version": 3, "figures": {"seats": 50}});
        let mut cancelled = schedule.clone();
        cancelled["cancelled_at"] = "t".into();
        let concert = json!({"id": id, "name": "n", "host": "h", "queue_id": id, "max_seats_per_user": null, "version": 1,
            "schedules": [schedule, cancelled]});
        let queue = json!({"id": id, "name": "q", "state": "OPEN", "policy": {"capacity": 100, "batch": 50}, "message": null, "version": 9,
            "overrides": {"capacity": 100, "batch": null, "active_seconds": null, "claim_seconds": null, "max_waiting": null}});
        let map = json!({"sections": [{"name": "A", "rows": []}]});
        let answer = |value: &Value| ("200 OK", "", value.to_string());
        let fake = Fake::with(vec![answer(&concert), answer(&queue), answer(&map)]);
        let expected = json!({
            "queues": [{"id": id, "name": "q", "policy": {"capacity": 100}}],
            "concerts": [{"id": id, "name": "n", "host": "h", "queue_id": id, "schedules": [
                {"id": id, "starts_at": "t", "zone": "z", "sale_opens_at": "o", "sale_closes_at": "c", "seat_map": map}]}],
        });
        assert_eq!(exported(&fake.client(), id).unwrap(), expected);
        assert_eq!(fake.asked().len(), 3);
    }
}
