//! What can be said of backups.

use std::path::PathBuf;

use clap::Args;

/// A backup to be made.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  frontrow backup /var/backups/frontrow-2026-11-28.db")]
pub(crate) struct Backup {
    /// The file to write; it must not exist.
    pub(crate) file: PathBuf,
}
