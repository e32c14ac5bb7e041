//! `frontrow import` and `frontrow export`.

use std::path::PathBuf;

use clap::Args;
use uuid::Uuid;

use super::ServerArgs;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  frontrow import examples/hall-50.json\n\n\
    The file has the form {\"queues\": [...], \"concerts\": [...]}, with the members that the API accepts; a concert contains its schedules,\n\
    each with its seat map. Items whose id already exists are left unchanged, so a file can be imported again. Exit code 1 if any item failed.")]
pub(crate) struct Import {
    /// File to import, or - for standard input.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  frontrow export 0f207207-0000-7000-8000-0000000c1b00 club.json\n  frontrow export 0f207207-0000-7000-8000-0000000c1b00"
)]
pub(crate) struct Export {
    /// ID of the concert.
    pub(crate) concert_id: Uuid,
    /// File to write (default: standard output). An existing file is not overwritten.
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
