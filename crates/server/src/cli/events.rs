//! `frontrow events` and `frontrow event-readers`.

use clap::{Args, Subcommand};

use super::ServerArgs;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  frontrow events\n  frontrow events --after 1200 --limit 10\n  frontrow --json events --follow --reader mailer"
)]
pub(crate) struct Events {
    /// Only those after this position; without it those that the reader hasn't read; without a reader all that are kept, or those from now on to
    /// follow.
    #[arg(long, value_name = "POSITION")]
    pub(crate) after: Option<u64>,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 50, conflicts_with = "follow")]
    pub(crate) limit: usize,
    /// Goes on with what happens, until it is told to stop.
    #[arg(long)]
    pub(crate) follow: bool,
    /// Reads as this reader: the server keeps up to where it has read, and for it the events after that.
    #[arg(long, value_name = "NAME")]
    pub(crate) reader: Option<String>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EventReaders {
    /// Lists the readers of the event log, and how far each is behind.
    #[command(after_help = "Example:\n  frontrow event-readers list")]
    List,
    /// Makes a reader go on after another position.
    #[command(after_help = "Example:\n  frontrow event-readers move mailer 1200")]
    Move {
        /// The reader's name; a new one is a new reader.
        name: String,
        /// Up to where it has read.
        position: u64,
    },
    /// Forgets a reader, so that no events are kept for it.
    #[command(after_help = "Example:\n  frontrow event-readers forget mailer")]
    Forget {
        /// The reader's name.
        name: String,
    },
}
