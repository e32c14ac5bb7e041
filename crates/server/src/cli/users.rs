//! `frontrow users`.

use clap::{Args, Subcommand};
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// Lists the users whose name, or a word in it, begins so; neither case nor accents count. Without a beginning all of them.
    #[command(
        after_help = "Examples:\n  frontrow users search Ada\n  frontrow users search lovelace\n  frontrow users search --limit 1000"
    )]
    Search {
        /// The beginning of the name, or of any word in it.
        name: Option<String>,
        /// How many at most.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Shows a user and the wallet's balance.
    #[command(after_help = "Example:\n  frontrow users show 0f207207-0000-7000-8000-000000de3000")]
    Output {
        /// The user's id.
        id: Uuid,
    },
    /// Puts money into a user's wallet, in minor units of the currency.
    #[command(after_help = "Examples:\n  frontrow users charge 0f207207-0000-7000-8000-000000de3000 50000\n  \
        frontrow users charge 0f207207-0000-7000-8000-000000de3000 50000 --key receipt-4711 --reason 'Cash desk 2, receipt 4711'")]
    Charge {
        /// The user's id.
        id: Uuid,
        /// How many minor units.
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        amount: i64,
        /// Why, for the audit log.
        #[arg(long)]
        reason: Option<String>,
        /// The idempotency key; by default a new one. The same command with the same key charges once.
        #[arg(long)]
        key: Option<String>,
    },
    /// Lists a user's places in queues.
    #[command(after_help = "Example:\n  frontrow users tokens 0f207207-0000-7000-8000-000000de3000")]
    Tokens(Listed),
    /// Lists a user's reservations.
    #[command(after_help = "Example:\n  frontrow users reservations 0f207207-0000-7000-8000-000000de3000")]
    Reservations(Listed),
    /// Lists a user's payments.
    #[command(after_help = "Example:\n  frontrow users payments 0f207207-0000-7000-8000-000000de3000")]
    Payments(Listed),
    /// Lists the entries of a user's wallet.
    #[command(after_help = "Example:\n  frontrow users entries 0f207207-0000-7000-8000-000000de3000 --limit 10")]
    Entries(Listed),
}

#[derive(Debug, Args)]
pub(crate) struct Listed {
    /// The user's id.
    pub(crate) id: Uuid,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
}
