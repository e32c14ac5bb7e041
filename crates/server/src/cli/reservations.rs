//! `frontrow reservations`.

use clap::Subcommand;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Reservations {
    /// Release a user's hold.
    #[command(after_help = "Examples:\n  frontrow reservations release 01a1fce7-825e-71e7-8ba7-3b9d9930aca0\n  \
        frontrow reservations release 01a1fce7-825e-71e7-8ba7-3b9d9930aca0 --reason 'The buyer has called'")]
    Release {
        /// ID of the reservation.
        id: Uuid,
        /// Reason, recorded in the audit log.
        #[arg(long)]
        reason: Option<String>,
    },
}
