//! `frontrow payments`.

use clap::Subcommand;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Payments {
    /// Refund a payment in full.
    #[command(after_help = "Examples:\n  frontrow payments refund 01a1fce7-828a-739f-9f9c-202dcdaa1038\n  \
        frontrow payments refund 01a1fce7-828a-739f-9f9c-202dcdaa1038 --reason 'Obstructed view of the stage'")]
    Refund {
        /// ID of the payment.
        id: Uuid,
        /// Reason, recorded in the audit log.
        #[arg(long)]
        reason: Option<String>,
    },
}
