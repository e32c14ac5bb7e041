//! `frontrow events` and `frontrow event-readers`.

use clap::{Args, Subcommand};

use super::ServerArgs;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  frontrow events\n  frontrow events --after 1200 --limit 10\n  frontrow --json events --follow --reader mailer"
)]
pub(crate) struct Events {
    /// Show events after this position. Default: after the reader's position; without --reader all retained events, or with --follow only
    /// new ones.
    #[arg(long, value_name = "POSITION")]
    pub(crate) after: Option<u64>,
    /// Maximum number of events.
    #[arg(long, value_name = "N", default_value_t = 50, conflicts_with = "follow")]
    pub(crate) limit: usize,
    /// Wait for new events and show them, until interrupted.
    #[arg(long)]
    pub(crate) follow: bool,
    /// Read as this reader. The server stores its position and retains the events after it.
    #[arg(long, value_name = "NAME")]
    pub(crate) reader: Option<String>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EventReaders {
    /// List the readers of the event log and how far each is behind.
    #[command(after_help = "Example:\n  frontrow event-readers list")]
    List,
    /// Set the position of a reader.
    #[command(after_help = "Example:\n  frontrow event-readers move mailer 1200")]
    Move {
        /// Name of the reader; an unknown name registers a new reader.
        name: String,
        /// Position of the last event read.
        position: u64,
    },
    /// Delete a reader; events are no longer retained for it.
    #[command(after_help = "Example:\n  frontrow event-readers forget mailer")]
    Forget {
        /// Name of the reader.
        name: String,
    },
}
