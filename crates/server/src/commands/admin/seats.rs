//! `frontrow seats`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document;
use super::paths;
use crate::cli::{SeatSelection, Seats};
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
            let map = client.get(&paths::seat_map(schedule_id))?;
            Ok(output.print(&map, || table(&rows(&map), ROWS))?)
        }
        Seats::LayOut { schedule_id, file } => Ok(output.object(&client.put(&paths::seat_map(schedule_id), &document::read(&file)?)?)?),
        Seats::Block(selection) => Ok(output.object(&change_seats(client, selection, "block")?)?),
        Seats::Unblock(selection) => Ok(output.object(&change_seats(client, selection, "unblock")?)?),
    }
}

fn change_seats(client: &Client, selection: SeatSelection, verb: &str) -> anyhow::Result<Value> {
    let numbers: BTreeSet<_> = selection.seats.into_iter().flatten().collect();
    let path = format!("{}/seats:{verb}", paths::schedule(selection.schedule_id));
    Ok(client.post(&path, &json!({"seat_numbers": numbers, "reason": selection.reason}))?)
}

/// Returns the rows of all sections, each with the name of its section, and with the section's price if it has none of its own.
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
