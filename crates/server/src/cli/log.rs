//! `frontrow log`.

use clap::Args;
use uuid::Uuid;

use super::ServerArgs;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  frontrow log\n  frontrow log --subject 0f207207-0000-7000-8000-0000000c1b01 --limit 10")]
pub(crate) struct Log {
    /// Show only entries about this queue, concert, schedule, reservation, payment or user.
    #[arg(long, value_name = "UUID")]
    pub(crate) subject: Option<Uuid>,
    /// Show only entries of this operator.
    #[arg(long, value_name = "UUID")]
    pub(crate) operator: Option<Uuid>,
    /// Maximum number of entries.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
