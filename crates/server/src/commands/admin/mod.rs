//! The admin commands, which send requests to a running server.

mod access;
mod body;
mod concerts;
mod console;
mod document;
mod event_readers;
mod events;
mod export;
mod import;
mod key;
mod log;
mod paths;
mod payments;
mod queues;
mod reservations;
mod sale;
mod schedules;
mod seats;
mod tickets;
mod users;

use std::process::ExitCode;

use tokio::runtime::Runtime;

use crate::cli::AdminCommand;
use crate::client::Client;
use crate::config::Settings;
use crate::output::Output;

/// Runs an admin command on the specified server.
pub(super) fn run(runtime: &Runtime, settings: &Settings, admin: AdminCommand, output: Output) -> anyhow::Result<ExitCode> {
    let client = runtime.block_on(access::connect(admin.server(), settings))?;
    if let AdminCommand::Console(arguments) = &admin {
        console::run(&client, &access::base(&arguments.server, settings)?, arguments, output)?;
    } else {
        send(&client, admin, output)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn send(client: &Client, admin: AdminCommand, output: Output) -> anyhow::Result<()> {
    match admin {
        AdminCommand::Queues(command) => queues::run(client, command.verb, output),
        AdminCommand::Concerts(command) => concerts::run(client, command.verb, output),
        AdminCommand::Schedules(command) => schedules::run(client, command.verb, output),
        AdminCommand::Seats(command) => seats::run(client, command.verb, output),
        AdminCommand::Sale(sale) => sale::run(client, &sale, output),
        AdminCommand::Users(command) => users::run(client, command.verb, output),
        AdminCommand::Reservations(command) => reservations::run(client, command.verb, output),
        AdminCommand::Tickets(command) => tickets::run(client, command.verb, output),
        AdminCommand::Payments(command) => payments::run(client, command.verb, output),
        AdminCommand::Log(log) => log::run(client, &log, output),
        AdminCommand::Events(events) => events::run(client, &events, output),
        AdminCommand::EventReaders(command) => event_readers::run(client, command.verb, output),
        AdminCommand::Import(import) => import::run(client, &import.file, output),
        AdminCommand::Export(export) => export::run(client, &export),
        // Needs the address of the server, too.
        AdminCommand::Console(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
