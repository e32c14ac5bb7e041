//! `frontrow reservations`.

use clap::Subcommand;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Reservations {
    /// Releases a user's hold.
    #[command(after_help = "Example:\n  frontrow reservations release 01a1fce7-825e-71e7-8ba7-3b9d9930aca0")]
    Release {
        /// The reservation's id.
        id: Uuid,
    },
}
