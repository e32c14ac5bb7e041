//! `frontrow sale`.

use clap::Args;
use uuid::Uuid;

use super::ServerArgs;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  frontrow sale 0f207207-0000-7000-8000-0000000c1b00\n  frontrow sale 0f207207-0000-7000-8000-0000000c1b00 --watch 5"
)]
pub(crate) struct Sale {
    /// ID of the concert.
    pub(crate) concert_id: Uuid,
    /// Refresh every SECONDS (2 if omitted) until interrupted.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(crate) watch: Option<u64>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
