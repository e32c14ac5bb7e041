//! How long and how often everything is measured.

use std::time::Duration;

use clap::Args;

/// The plan of a run: every figure is measured in several short rounds, in turn with what it is compared with.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Plan {
    /// How often each figure is measured.
    #[arg(long, global = true, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
    /// How long a round of each figure takes.
    #[arg(long, global = true, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub(crate) seconds: u32,
    /// How many million rows of each kind the full store has.
    #[arg(long, global = true, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) millions: u32,
}

impl Plan {
    /// Returns how long a round of each figure takes.
    pub(crate) const fn duration(self) -> Duration {
        Duration::from_secs(self.seconds as u64)
    }
}
