//! `frontrow payments`.

use clap::Subcommand;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Payments {
    /// Refunds a payment whole.
    #[command(after_help = "Examples:\n  frontrow payments refund 01a1fce7-828a-739f-9f9c-202dcdaa1038\n  \
        frontrow payments refund 01a1fce7-828a-739f-9f9c-202dcdaa1038 --reason 'The stage was out of sight'")]
    Refund {
        /// The payment's id.
        id: Uuid,
        /// Why, for the audit log.
        #[arg(long)]
        reason: Option<String>,
    },
}
