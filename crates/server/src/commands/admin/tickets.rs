//! `frontrow tickets`.

use std::io::{self, Write as _};

use anyhow::Context;
use serde_json::{Value, json};

use super::paths;
use crate::cli::{ListArgs, TicketStatus, Tickets};
use crate::client::{Client, is_broken_pipe};
use crate::output::{Column, Output, items, list, table};
use crate::text;

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("seat", "/seat/number"),
    ("label", "/seat/label"),
    ("status", "/status"),
    ("used at", "/used_at"),
    ("user", "/user_id"),
    ("name", "/user_name"),
];

pub(super) fn run(client: &Client, verb: Tickets, output: Output) -> anyhow::Result<()> {
    match verb {
        Tickets::List(tickets) => {
            let path = format!("{}/tickets", paths::schedule(tickets.list.schedule_id));
            print_list(client, &path, &tickets.list, tickets.status.map(TicketStatus::name), COLUMNS, output)
        }
        Tickets::CheckIn { code, schedule } => {
            let code = if code == "-" { text::read(io::stdin()).context("standard input can't be read")? } else { code };
            let mut body = json!({"code": code.trim()});
            if let Some(schedule) = schedule {
                body["schedule_id"] = json!(schedule);
            }
            Ok(output.object(&client.post("/v1/admin/tickets:check-in", &body)?)?)
        }
    }
}

/// Prints a list of a schedule, as a table or completely as CSV.
pub(super) fn print_list(
    client: &Client,
    path: &str,
    arguments: &ListArgs,
    status: Option<&str>,
    columns: &[Column],
    output: Output,
) -> anyhow::Result<()> {
    let filters = [("seat", arguments.seat.map(|seat| seat.to_string())), ("name", arguments.name.clone())];
    let filters = filters.into_iter().chain([("status", status.map(str::to_owned))]);
    let filters: Vec<_> = filters.filter_map(|(name, value)| Some((name, value?))).collect();
    if arguments.csv {
        let mut out = io::stdout().lock();
        let printed = client.download(path, &filters, "text/csv, application/problem+json", &mut out).and_then(|()| Ok(out.flush()?));
        return printed.or_else(|error| if is_broken_pipe(&error) { Ok(()) } else { Err(error) });
    }
    let found = client.list(path, &filters, arguments.limit)?;
    Ok(output.print(&found, || table(&items(&found).iter().map(with_seat_labels).collect::<Vec<_>>(), columns))?)
}

/// Returns an item with the labels of its seats as a list of texts.
fn with_seat_labels(item: &Value) -> Value {
    let mut item = item.clone();
    item["seat_labels"] = list(&item["seats"]).iter().map(|seat| seat["label"].clone()).collect();
    item
}
