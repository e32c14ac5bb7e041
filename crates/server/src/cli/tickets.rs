//! `frontrow tickets`.

use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Tickets {
    /// List the tickets of a schedule, those of the oldest reservation first.
    #[command(after_help = "Examples:\n  frontrow tickets list 0f207207-0000-7000-8000-0000000c1b01 --name lovelace\n  \
        frontrow tickets list 0f207207-0000-7000-8000-0000000c1b01 --csv > tickets.csv")]
    List(TicketList),
    /// Check in a ticket by its code; exit code 1 if it doesn't admit its holder.
    #[command(after_help = "Examples:\n  frontrow tickets check-in AGQ7ZZ4CLZY6PC5HHOOZSMFAUAAAABY5X2MEMOS6QTOMBLHGBJTYEVQC\n  \
        frontrow tickets check-in - --schedule 0f207207-0000-7000-8000-0000000c1b01")]
    CheckIn {
        /// Code of the ticket, or - to read it from standard input.
        code: String,
        /// ID of the only schedule whose tickets are checked in.
        #[arg(long, value_name = "UUID")]
        schedule: Option<Uuid>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TicketList {
    #[command(flatten)]
    pub(crate) list: ListArgs,
    /// Only tickets with this status.
    #[arg(long, value_enum)]
    pub(crate) status: Option<TicketStatus>,
}

/// The arguments of lists of a schedule.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// ID of the schedule.
    pub(crate) schedule_id: Uuid,
    /// Number of the seat: who has it?
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seat: Option<u32>,
    /// Prefix of the user's name, or of any word in it.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Maximum number of items.
    #[arg(long, value_name = "N", default_value_t = 50, conflicts_with = "csv")]
    pub(crate) limit: usize,
    /// Print all items as CSV.
    #[arg(long)]
    pub(crate) csv: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TicketStatus {
    /// The ticket can be used.
    Valid,
    /// The ticket was used.
    Used,
    /// The ticket was refunded, or its schedule is cancelled.
    Void,
}

impl TicketStatus {
    /// Returns the name in the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Used => "USED",
            Self::Void => "VOID",
        }
    }
}
