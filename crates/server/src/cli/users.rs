//! `frontrow users`.

use clap::{Args, Subcommand};
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// List the users whose name, or a word in it, starts with NAME, ignoring case and accents; without NAME all users.
    #[command(
        after_help = "Examples:\n  frontrow users search Ada\n  frontrow users search lovelace\n  frontrow users search --limit 1000"
    )]
    Search {
        /// Prefix of the name, or of any word in it.
        name: Option<String>,
        /// Maximum number of items.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Show a user and their wallet's balance.
    #[command(after_help = "Example:\n  frontrow users show 0f207207-0000-7000-8000-000000de3000")]
    Show {
        /// ID of the user.
        id: Uuid,
    },
    /// Charge a user's wallet.
    #[command(after_help = "Examples:\n  frontrow users charge 0f207207-0000-7000-8000-000000de3000 50000\n  \
        frontrow users charge 0f207207-0000-7000-8000-000000de3000 50000 --key receipt-4711 --reason 'Box office 2, receipt 4711'")]
    Charge {
        /// ID of the user.
        id: Uuid,
        /// Amount in minor units of the currency.
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        amount: i64,
        /// Reason, recorded in the audit log.
        #[arg(long)]
        reason: Option<String>,
        /// Idempotency key (default: generated). Repeating the command with the same key charges the wallet only once.
        #[arg(long)]
        key: Option<String>,
    },
    /// List a user's queue tokens.
    #[command(after_help = "Example:\n  frontrow users tokens 0f207207-0000-7000-8000-000000de3000")]
    Tokens(UserList),
    /// List a user's reservations.
    #[command(after_help = "Example:\n  frontrow users reservations 0f207207-0000-7000-8000-000000de3000")]
    Reservations(UserList),
    /// List a user's payments.
    #[command(after_help = "Example:\n  frontrow users payments 0f207207-0000-7000-8000-000000de3000")]
    Payments(UserList),
    /// List the entries of a user's wallet.
    #[command(after_help = "Example:\n  frontrow users entries 0f207207-0000-7000-8000-000000de3000 --limit 10")]
    Entries(UserList),
}

#[derive(Debug, Args)]
pub(crate) struct UserList {
    /// ID of the user.
    pub(crate) id: Uuid,
    /// Maximum number of items.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
}
