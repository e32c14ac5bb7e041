//! `frontrow import` and `frontrow export`.

use std::path::PathBuf;

use clap::Args;
use uuid::Uuid;

use super::ServerArgs;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  frontrow import examples/hall-50.json\n\n\
    The file is {\"queues\": [...], \"concerts\": [...]}, with the members that the API takes; a concert has its schedules, each with its\n\
    seat map. What has an id and exists already is left as it is, so a file can be imported again. Exit code 1 if anything failed.")]
pub(crate) struct Import {
    /// The file; - is the standard input.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  frontrow export 0f207207-0000-7000-8000-0000000c1b00 club.json\n  frontrow export 0f207207-0000-7000-8000-0000000c1b00"
)]
pub(crate) struct Export {
    /// The concert's id.
    pub(crate) concert_id: Uuid,
    /// Where to; by default it is printed. A file that exists is not overwritten.
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
