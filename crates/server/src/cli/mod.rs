//! The command line: what can be said. `commands` does it.

mod backup;
mod catalogue;
mod concerts;
mod config;
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
mod token;
mod users;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use backup::Backup;
pub(crate) use catalogue::{Export, Import};
pub(crate) use concerts::Concerts;
pub(crate) use config::Config;
pub(crate) use events::{EventReaders, Events};
pub(crate) use healthcheck::Healthcheck;
pub(crate) use log::Log;
pub(crate) use payments::Payments;
pub(crate) use queues::{Policy, Queues};
pub(crate) use rehearse::Rehearse;
pub(crate) use reservations::Reservations;
pub(crate) use sale::Sale;
pub(crate) use schedules::{NewScheduleTimes, ScheduleTimes, Schedules};
pub(crate) use seats::{Seats, Which};
pub(crate) use server::{ServerArgs, ServerCommand};
pub(crate) use token::{Role, Token};
pub(crate) use users::{Listed, Users};

/// Frontrow sells concert seats to a crowd that is larger than the hall.
#[derive(Debug, Parser)]
#[command(
    name = "frontrow",
    version = crate::built::version(),
    max_term_width = 120,
    after_help = "Examples:\n  frontrow serve\n  frontrow config show\n  frontrow queues list\n\n\
        Exit codes: 0 well, 1 failed, 2 wrong usage or configuration."
)]
pub(crate) struct Cli {
    /// The folder with default.toml and PROFILE.toml.
    #[arg(long, global = true, default_value = "config", value_name = "FOLDER")]
    pub(crate) config_dir: PathBuf,
    /// Reads NAME.toml after default.toml.
    #[arg(long, global = true, env = "FRONTROW_PROFILE", value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Answers and errors as JSON, for programs.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves the REST API until it is told to stop (SIGTERM, SIGINT).
    #[command(
        after_help = "Examples:\n  frontrow serve\n  FRONTROW__DATABASE__URL=memory: frontrow serve\n  frontrow --profile production serve"
    )]
    Serve,
    /// Brings the schema of the configured store up to date.
    #[command(after_help = "Example:\n  FRONTROW__DATABASE__URL=postgres://frontrow:secret@localhost/frontrow frontrow migrate")]
    Migrate,
    /// Prints an access token that the configured store's server accepts.
    Token(Token),
    /// Checks on the configured store whether the promises hold; exit code 1 if one is broken.
    #[command(after_help = "Examples:\n  frontrow audit\n  frontrow audit --json")]
    Audit,
    /// Asks the configured server whether it lives, for a container's health check; exit code 1 if it doesn't answer well.
    Healthcheck(Healthcheck),
    /// Copies the configured store to another file, beside a running server. For SQLite, and other stores whose driver can.
    Backup(Backup),
    /// Plays an on-sale with a crowd of virtual users, and judges whether the promises held; exit code 1 if one was broken.
    Rehearse(Box<Rehearse>),
    /// Shows or checks the configuration.
    #[command(subcommand)]
    Config(Config),
    /// Prints the OpenAPI document.
    #[command(after_help = "Example:\n  frontrow openapi > openapi.json")]
    Openapi,
    /// Prints the completions for a shell.
    #[command(after_help = "Example:\n  frontrow completions bash > ~/.local/share/bash-completion/completions/frontrow")]
    Completions {
        /// For which shell.
        shell: Shell,
    },
    #[command(flatten)]
    Admin(Box<AdminCommand>),
}

/// The operator's desk: what a running server is asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Waiting lines: their policies, their figures, pausing and closing them.
    Queues(ServerCommand<Queues>),
    /// Concerts: making, changing and cancelling them.
    Concerts(ServerCommand<Concerts>),
    /// Dates of concerts: adding, moving, cancelling and refunding them.
    Schedules(ServerCommand<Schedules>),
    /// Seat maps, and seats that are kept from sale.
    Seats(ServerCommand<Seats>),
    /// Shows the live figures of all dates of a concert, and of its line.
    Sale(Sale),
    /// Who buys, and what is theirs.
    Users(ServerCommand<Users>),
    /// Releases holds.
    Reservations(ServerCommand<Reservations>),
    /// Refunds payments.
    Payments(ServerCommand<Payments>),
    /// Shows what operators did, newest first.
    Log(Log),
    /// Shows what has happened, oldest first.
    Events(Events),
    /// Who reads the events, and how far.
    EventReaders(ServerCommand<EventReaders>),
    /// Makes the queues and concerts of a file.
    Import(Import),
    /// Writes a concert with its queue, dates and seat maps as a file that can be imported.
    Export(Export),
}

impl AdminCommand {
    /// Which server is asked, as whom.
    pub(crate) fn server(&self) -> &ServerArgs {
        match self {
            Self::Queues(asked) => &asked.server,
            Self::Concerts(asked) => &asked.server,
            Self::Schedules(asked) => &asked.server,
            Self::Seats(asked) => &asked.server,
            Self::Sale(sale) => &sale.server,
            Self::Users(asked) => &asked.server,
            Self::Reservations(asked) => &asked.server,
            Self::Payments(asked) => &asked.server,
            Self::Log(log) => &log.server,
            Self::Events(events) => &events.server,
            Self::EventReaders(asked) => &asked.server,
            Self::Import(import) => &import.server,
            Self::Export(export) => &export.server,
        }
    }
}

#[cfg(test)]
mod tests;
