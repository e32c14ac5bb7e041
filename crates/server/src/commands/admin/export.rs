//! `frontrow export`: exports a concert to a file that can be imported.

use std::fs::File;
use std::io::Write;

use anyhow::Context;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::paths;
use crate::cli::Export;
use crate::client::Client;
use crate::output::{self, list};
use crate::progress;

pub(super) fn run(client: &Client, export: &Export) -> anyhow::Result<()> {
    let file = read_concert(client, export.concert_id)?;
    match &export.file {
        None => Ok(output::print(&format!("{file:#}"))?),
        Some(path) => File::create_new(path)
            .and_then(|mut out| writeln!(out, "{file:#}"))
            .with_context(|| format!("{} can't be written", path.display())),
    }
}

fn read_concert(client: &Client, id: Uuid) -> anyhow::Result<Value> {
    let concert = client.get(&paths::concert(id))?;
    let queue = client.get(&paths::queue(parse_id(&concert["queue_id"])?))?;
    let all_schedules = list(&concert["schedules"]);
    let bar = progress::bar(all_schedules.len().try_into()?, "exporting")?;
    let mut schedules = Vec::new();
    for schedule in all_schedules {
        // A cancelled schedule would be on sale again after the import.
        if schedule["cancelled_at"].is_null() {
            let mut new = members(schedule, &["id", "starts_at", "zone", "sale_opens_at", "sale_closes_at"]);
            new.insert("seat_map".into(), client.get(&paths::seat_map(parse_id(&schedule["id"])?))?);
            schedules.push(Value::from(new));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut exported =
        members(&concert, &["id", "name", "host", "queue_id", "max_seats_per_user", "description", "image_url", "venue", "publishes_at"]);
    exported.insert("schedules".into(), schedules.into());
    let mut exported_queue = members(&queue, &["id", "name", "message"]);
    let overrides = members(&queue["overrides"], &["capacity", "batch", "active_seconds", "claim_seconds", "max_waiting"]);
    exported_queue.insert("policy".into(), overrides.into());
    Ok(json!({"queues": [exported_queue], "concerts": [exported]}))
}

fn parse_id(id: &Value) -> anyhow::Result<Uuid> {
    id.as_str().and_then(|id| id.parse().ok()).context("the server returned no id")
}

/// Returns the members with these names, except null ones.
fn members(object: &Value, names: &[&str]) -> Map<String, Value> {
    let present = names.iter().filter(|name| !object[**name].is_null());
    present.map(|name| ((*name).to_owned(), object[*name].clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::FakeServer;

    #[test]
    fn a_concert_is_exported_with_the_members_that_can_be_imported() {
        let id = Uuid::nil();
        let schedule = json!({"id": id, "concert_id": id, "starts_at": "t", "zone": "z", "sale_opens_at": "o", "sale_closes_at": "c",
            "cancelled_at": null, "version": 3, "figures": {"seats": 50}});
        let mut cancelled = schedule.clone();
        cancelled["cancelled_at"] = "t".into();
        let concert = json!({"id": id, "name": "n", "host": "h", "queue_id": id, "max_seats_per_user": null, "version": 1,
            "description": "d", "image_url": null, "venue": {"name": "v", "city": "c", "zone": "z"}, "publishes_at": null,
            "schedules": [schedule, cancelled]});
        let queue = json!({"id": id, "name": "q", "state": "OPEN", "policy": {"capacity": 100, "batch": 50}, "message": null, "version": 9,
            "overrides": {"capacity": 100, "batch": null, "active_seconds": null, "claim_seconds": null, "max_waiting": null}});
        let map = json!({"sections": [{"name": "A", "rows": []}]});
        let response = |value: &Value| ("200 OK", "", value.to_string());
        let fake = FakeServer::with(vec![response(&concert), response(&queue), response(&map)]);
        let expected = json!({
            "queues": [{"id": id, "name": "q", "policy": {"capacity": 100}}],
            "concerts": [{"id": id, "name": "n", "host": "h", "queue_id": id, "description": "d",
                "venue": {"name": "v", "city": "c", "zone": "z"}, "schedules": [
                {"id": id, "starts_at": "t", "zone": "z", "sale_opens_at": "o", "sale_closes_at": "c", "seat_map": map}]}],
        });
        assert_eq!(read_concert(&fake.client(), id).unwrap(), expected);
        assert_eq!(fake.requests().len(), 3);
    }
}
