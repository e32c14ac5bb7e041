//! The operator's desk: commands that ask a running server, one module a noun.

mod access;
mod body;
mod concerts;
mod event_readers;
mod events;
mod export;
mod import;
mod key;
mod log;
mod payments;
mod queues;
mod reservations;
mod sale;
mod schedules;
mod seats;
mod users;

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::cli::Desk;
use crate::client::Client;
use crate::config::Settings;
use crate::show::Show;
use crate::text;

/// Asks the server for what was said.
pub(super) fn run(runtime: &Runtime, settings: &Settings, desk: Desk, show: Show) -> anyhow::Result<ExitCode> {
    let client = runtime.block_on(access::to(desk.server(), settings))?;
    order(&client, desk, show)?;
    Ok(ExitCode::SUCCESS)
}

fn order(client: &Client, desk: Desk, show: Show) -> anyhow::Result<()> {
    match desk {
        Desk::Queues(asked) => queues::run(client, asked.verb, show),
        Desk::Concerts(asked) => concerts::run(client, asked.verb, show),
        Desk::Schedules(asked) => schedules::run(client, asked.verb, show),
        Desk::Seats(asked) => seats::run(client, asked.verb, show),
        Desk::Sale(sale) => sale::run(client, &sale, show),
        Desk::Users(asked) => users::run(client, asked.verb, show),
        Desk::Reservations(asked) => reservations::run(client, asked.verb, show),
        Desk::Payments(asked) => payments::run(client, asked.verb, show),
        Desk::Log(log) => log::run(client, &log, show),
        Desk::Events(asked) => events::run(client, &asked, show),
        Desk::EventReaders(asked) => event_readers::run(client, asked.verb, show),
        Desk::Import(import) => import::run(client, &import.file, show),
        Desk::Export(export) => export::run(client, &export),
    }
}

/// The JSON in a file, or on the standard input.
fn document(file: &Path) -> anyhow::Result<Value> {
    let read = if file == Path::new("-") { text::read(io::stdin()) } else { File::open(file).and_then(text::read) };
    let text = read.with_context(|| format!("{} can't be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))
}

#[cfg(test)]
mod tests;
