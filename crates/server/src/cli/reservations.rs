//! `frontrow reservations`.

use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use super::tickets::ListArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum Reservations {
    /// List the reservations of a schedule that have seats or were refunded, oldest first.
    #[command(after_help = "Examples:\n  frontrow reservations list 0f207207-0000-7000-8000-0000000c1b01 --seat 7\n  \
        frontrow reservations list 0f207207-0000-7000-8000-0000000c1b01 --status confirmed --csv > reservations.csv")]
    List(ReservationList),
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

#[derive(Debug, Args)]
pub(crate) struct ReservationList {
    #[command(flatten)]
    pub(crate) list: ListArgs,
    /// Only reservations with this status; cancelled ones were refunded.
    #[arg(long, value_enum)]
    pub(crate) status: Option<ReservationStatus>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ReservationStatus {
    /// The seats are held.
    Held,
    /// The seats are sold.
    Confirmed,
    /// The payment was refunded.
    Cancelled,
}

impl ReservationStatus {
    /// Returns the name in the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Held => "HELD",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}
