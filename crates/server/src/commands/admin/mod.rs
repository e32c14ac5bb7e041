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

use crate::cli::AdminCommand;
use crate::client::Client;
use crate::config::Settings;
use crate::output::Output;
use crate::text;

/// Asks the server for what was said.
pub(super) fn run(runtime: &Runtime, settings: &Settings, admin: AdminCommand, output: Output) -> anyhow::Result<ExitCode> {
    let client = runtime.block_on(access::to(admin.server(), settings))?;
    order(&client, admin, output)?;
    Ok(ExitCode::SUCCESS)
}

fn order(client: &Client, admin: AdminCommand, output: Output) -> anyhow::Result<()> {
    match admin {
        AdminCommand::Queues(asked) => queues::run(client, asked.verb, output),
        AdminCommand::Concerts(asked) => concerts::run(client, asked.verb, output),
        AdminCommand::Schedules(asked) => schedules::run(client, asked.verb, output),
        AdminCommand::Seats(asked) => seats::run(client, asked.verb, output),
        AdminCommand::Sale(sale) => sale::run(client, &sale, output),
        AdminCommand::Users(asked) => users::run(client, asked.verb, output),
        AdminCommand::Reservations(asked) => reservations::run(client, asked.verb, output),
        AdminCommand::Payments(asked) => payments::run(client, asked.verb, output),
        AdminCommand::Log(log) => log::run(client, &log, output),
        AdminCommand::Events(asked) => events::run(client, &asked, output),
        AdminCommand::EventReaders(asked) => event_readers::run(client, asked.verb, output),
        AdminCommand::Import(import) => import::run(client, &import.file, output),
        AdminCommand::Export(export) => export::run(client, &export),
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
