//! How a queue stands: what is counted, so that nobody need count again.

use domain::{QueueToken, TokenState};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// The version under which it admits.
    pub(crate) admission: i64,
    /// The last number handed out.
    pub(crate) last_number: u64,
    /// How many tokens have been forgotten.
    pub(crate) pruned: u64,
    pub(crate) waiting: u32,
    pub(crate) active: u32,
}

impl Line {
    /// That of a new queue.
    pub(crate) const NEW: Self = Self { admission: domain::Version::FIRST.0, last_number: 0, pruned: 0, waiting: 0, active: 0 };

    /// A token comes into the queue, or changes there.
    pub(crate) fn take_in(&mut self, token: &QueueToken) {
        match token.state() {
            TokenState::Waiting => self.waiting = self.waiting.saturating_add(1),
            TokenState::Active { .. } => self.active = self.active.saturating_add(1),
            TokenState::Expired { .. } => {}
        }
    }

    /// A token is no more as it was.
    pub(crate) fn take_out(&mut self, token: &QueueToken) {
        match token.state() {
            TokenState::Waiting => self.waiting = self.waiting.saturating_sub(1),
            TokenState::Active { .. } => self.active = self.active.saturating_sub(1),
            TokenState::Expired { .. } => {}
        }
    }
}
