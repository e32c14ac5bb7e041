//! `frontrow payments`.

use clap::Subcommand;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Payments {
    /// Refunds a payment whole.
    #[command(after_help = "Example:\n  frontrow payments refund 01a1fce7-828a-739f-9f9c-202dcdaa1038")]
    Refund {
        /// The payment's id.
        id: Uuid,
    },
}
