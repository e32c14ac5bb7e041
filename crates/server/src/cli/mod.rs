//! The arguments of the command line. `commands` runs the commands.

mod backup;
mod catalogue;
mod concerts;
mod config;
mod console;
mod events;
mod healthcheck;
mod log;
mod payments;
mod queues;
mod rehearse;
mod reservations;
mod sale;
mod schedules;
mod seats;
mod server;
mod tickets;
mod token;
mod users;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use backup::Backup;
pub(crate) use catalogue::{Export, Import};
pub(crate) use concerts::{Concerts, Listing};
pub(crate) use config::Config;
pub(crate) use console::Console;
pub(crate) use events::{EventReaders, Events};
pub(crate) use healthcheck::Healthcheck;
pub(crate) use log::Log;
pub(crate) use payments::Payments;
pub(crate) use queues::{Policy, Queues};
pub(crate) use rehearse::Rehearse;
pub(crate) use reservations::{ReservationStatus, Reservations};
pub(crate) use sale::Sale;
pub(crate) use schedules::{NewScheduleTimes, ScheduleTimes, Schedules};
pub(crate) use seats::{SeatSelection, Seats};
pub(crate) use server::{ServerArgs, ServerCommand};
pub(crate) use tickets::{ListArgs, TicketStatus, Tickets};
pub(crate) use token::{Role, Token};
pub(crate) use users::{UserList, Users};

/// Frontrow sells concert seats when demand exceeds the number of seats.
#[derive(Debug, Parser)]
#[command(
    name = "frontrow",
    version = crate::built::version(),
    max_term_width = 120,
    after_help = "Examples:\n  frontrow serve\n  frontrow config show\n  frontrow queues list\n\n\
        Exit codes: 0 on success, 1 on failure, 2 on invalid usage or configuration."
)]
pub(crate) struct Cli {
    /// Directory with default.toml and PROFILE.toml.
    #[arg(long, global = true, default_value = "config", value_name = "DIRECTORY")]
    pub(crate) config_dir: PathBuf,
    /// Configuration profile: NAME.toml overrides default.toml.
    #[arg(long, global = true, env = "FRONTROW_PROFILE", value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Print results and errors as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the REST API until SIGTERM or SIGINT.
    #[command(
        after_help = "Examples:\n  frontrow serve\n  FRONTROW__DATABASE__URL=memory: frontrow serve\n  frontrow --profile production serve"
    )]
    Serve,
    /// Migrate the schema of the configured store to the latest version.
    #[command(after_help = "Example:\n  FRONTROW__DATABASE__URL=postgres://frontrow:secret@localhost/frontrow frontrow migrate")]
    Migrate,
    /// Print an access token for the server of the configured store.
    Token(Token),
    /// Check the promises on all rows of the configured store; exit code 1 if one is broken.
    #[command(after_help = "Examples:\n  frontrow audit\n  frontrow audit --json")]
    Audit,
    /// Check the configured server, for a container's health check; exit code 1 if it is unhealthy.
    Healthcheck(Healthcheck),
    /// Copy the configured store to a file, even while a server is running; for SQLite, and other stores whose driver supports it.
    Backup(Backup),
    /// Simulate an on-sale with virtual users and check the promises; exit code 1 if one was broken.
    Rehearse(Box<Rehearse>),
    /// Show or check the configuration.
    #[command(subcommand)]
    Config(Config),
    /// Print the OpenAPI document.
    #[command(after_help = "Example:\n  frontrow openapi > openapi.json")]
    Openapi,
    /// Print shell completions.
    #[command(after_help = "Example:\n  frontrow completions bash > ~/.local/share/bash-completion/completions/frontrow")]
    Completions {
        /// Shell to print completions for.
        shell: Shell,
    },
    #[command(flatten)]
    Admin(Box<AdminCommand>),
}

/// The admin commands, which send requests to a running server.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Manage queues: policies, figures, pausing, closing, admission.
    Queues(ServerCommand<Queues>),
    /// Create, change and cancel concerts.
    Concerts(ServerCommand<Concerts>),
    /// Add, change, cancel and refund schedules of concerts.
    Schedules(ServerCommand<Schedules>),
    /// Manage seat maps, block and unblock seats.
    Seats(ServerCommand<Seats>),
    /// Show the live figures of a concert's schedules and queue.
    Sale(Sale),
    /// Search users, show their data, charge their wallets.
    Users(ServerCommand<Users>),
    /// List the reservations of a schedule, release holds.
    Reservations(ServerCommand<Reservations>),
    /// List the tickets of a schedule, check in tickets.
    Tickets(ServerCommand<Tickets>),
    /// Refund payments.
    Payments(ServerCommand<Payments>),
    /// Open the console in a browser, signed in as an operator.
    Console(Console),
    /// Show the audit log, newest entries first.
    Log(Log),
    /// Show the event log, oldest events first.
    Events(Events),
    /// Manage the readers of the event log.
    EventReaders(ServerCommand<EventReaders>),
    /// Create the queues and concerts in a file.
    Import(Import),
    /// Export a concert with its queue, schedules and seat maps to a file that can be imported.
    Export(Export),
}

impl AdminCommand {
    /// Returns the arguments that specify the server and the token.
    pub(crate) fn server(&self) -> &ServerArgs {
        match self {
            Self::Queues(command) => &command.server,
            Self::Concerts(command) => &command.server,
            Self::Schedules(command) => &command.server,
            Self::Seats(command) => &command.server,
            Self::Sale(sale) => &sale.server,
            Self::Users(command) => &command.server,
            Self::Reservations(command) => &command.server,
            Self::Tickets(command) => &command.server,
            Self::Payments(command) => &command.server,
            Self::Console(console) => &console.server,
            Self::Log(log) => &log.server,
            Self::Events(events) => &events.server,
            Self::EventReaders(command) => &command.server,
            Self::Import(import) => &import.server,
            Self::Export(export) => &export.server,
        }
    }
}

#[cfg(test)]
mod tests;
