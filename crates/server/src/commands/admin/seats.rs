//! `frontrow seats`.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{document, schedules};
use crate::cli::{Seats, Which};
use crate::client::Client;
use crate::output::{Column, Output, list, table};

const ROWS: &[Column] = &[
    ("section", "/section"),
    ("row", "/name"),
    ("from", "/numbers/from"),
    ("to", "/numbers/to"),
    ("first place", "/first_place"),
    ("price", "/price"),
    ("accessible", "/accessible"),
    ("label", "/label"),
];

pub(super) fn run(client: &Client, verb: Seats, output: Output) -> anyhow::Result<()> {
    match verb {
        Seats::Map { schedule_id } => {
            let map = client.get(&map_of(schedule_id))?;
            Ok(output.tell(&map, || table(&rows(&map), ROWS))?)
        }
        Seats::LayOut { schedule_id, file } => Ok(output.one(&client.put(&map_of(schedule_id), &document(&file)?)?)?),
        Seats::Block(which) => Ok(output.one(&move_seats(client, which, "block")?)?),
        Seats::Unblock(which) => Ok(output.one(&move_seats(client, which, "unblock")?)?),
    }
}

/// Where the seat map of a date is.
pub(super) fn map_of(schedule: Uuid) -> String {
    format!("{}/seat-map", schedules::path(schedule))
}

fn move_seats(client: &Client, which: Which, verb: &str) -> anyhow::Result<Value> {
    let numbers: BTreeSet<_> = which.seats.into_iter().flatten().collect();
    client.post(&format!("{}/seats:{verb}", schedules::path(which.schedule_id)), &json!({"seat_numbers": numbers, "reason": which.reason}))
}

/// The rows of all sections, each with its section's name, and its price unless it has one of its own.
fn rows(map: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for section in list(&map["sections"]) {
        for row in list(&section["rows"]) {
            let mut row = row.clone();
            row["section"] = section["name"].clone();
            if row["price"].is_null() {
                row["price"] = section["price"].clone();
            }
            rows.push(row);
        }
    }
    rows
}
