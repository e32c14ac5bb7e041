//! `frontrow backup`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  frontrow backup /var/backups/frontrow-2026-11-28.db")]
pub(crate) struct Backup {
    /// File to write; it must not exist yet.
    pub(crate) file: PathBuf,
}
