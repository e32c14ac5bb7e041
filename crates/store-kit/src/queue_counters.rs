//! The counters of a queue, kept so that tokens need not be counted again.

use domain::{QueueToken, TokenState};
use serde::{Deserialize, Serialize};

/// The counters of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QueueCounters {
    /// The version under which the queue admits.
    pub(crate) admission: i64,
    /// The last number that was assigned.
    pub(crate) last_number: u64,
    /// The number of tokens that were pruned.
    pub(crate) pruned: u64,
    pub(crate) waiting: u32,
    pub(crate) active: u32,
}

impl QueueCounters {
    /// The counters of a new queue.
    pub(crate) const NEW: Self = Self { admission: domain::Version::FIRST.0, last_number: 0, pruned: 0, waiting: 0, active: 0 };

    /// Counts a token that is new or has changed.
    pub(crate) fn add(&mut self, token: &QueueToken) {
        match token.state() {
            TokenState::Waiting => self.waiting = self.waiting.saturating_add(1),
            TokenState::Active { .. } => self.active = self.active.saturating_add(1),
            TokenState::Expired { .. } => {}
        }
    }

    /// Subtracts the previous state of a token.
    pub(crate) fn subtract(&mut self, token: &QueueToken) {
        match token.state() {
            TokenState::Waiting => self.waiting = self.waiting.saturating_sub(1),
            TokenState::Active { .. } => self.active = self.active.saturating_sub(1),
            TokenState::Expired { .. } => {}
        }
    }
}
