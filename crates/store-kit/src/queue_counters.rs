//! The counters of a queue, kept so that tokens need not be counted again.

use domain::change::Admission;
use domain::{ExpiryReason, QueueId, QueueToken, TokenState, Versioned};
use serde::{Deserialize, Serialize};

use crate::rows::queue::QueueCounts;

/// The counters of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QueueCounters {
    /// The version under which the queue admits.
    pub(crate) admission: i64,
    /// The highest number that was admitted. Format 1 had neither this nor the totals: see [`crate::upgrade`].
    #[serde(default)]
    pub(crate) last_admitted: i64,
    /// The number of admitted users.
    #[serde(default)]
    pub(crate) admitted: i64,
    /// The number of tokens that ended UNCLAIMED.
    #[serde(default)]
    pub(crate) no_shows: u64,
    /// The last number that was assigned.
    pub(crate) last_number: u64,
    /// The number of tokens that were pruned.
    pub(crate) pruned: u64,
    pub(crate) waiting: u32,
    pub(crate) active: u32,
}

impl QueueCounters {
    /// The counters of a new queue.
    pub(crate) const NEW: Self = Self {
        admission: domain::Version::FIRST.0,
        last_admitted: 0,
        admitted: 0,
        no_shows: 0,
        last_number: 0,
        pruned: 0,
        waiting: 0,
        active: 0,
    };

    /// Returns the rows of these counters that needs load.
    pub(crate) fn counts(&self, queue: QueueId) -> QueueCounts {
        QueueCounts {
            queue_id: queue.0,
            admission: self.admission,
            last_admitted: self.last_admitted,
            admitted: self.admitted,
            waiting: self.waiting.into(),
            active: Some(self.active.into()),
        }
    }

    /// Sets the admission row.
    pub(crate) fn set_admission(&mut self, admission: &Versioned<Admission>) {
        self.admission = admission.version.0;
        self.last_admitted = i64::try_from(admission.last_admitted()).unwrap_or(i64::MAX);
        self.admitted = i64::try_from(admission.admitted()).unwrap_or(i64::MAX);
    }

    /// Counts a token that is new or has changed.
    pub(crate) fn add(&mut self, token: &QueueToken) {
        match token.state() {
            TokenState::Waiting => self.waiting = self.waiting.saturating_add(1),
            TokenState::Active { .. } => self.active = self.active.saturating_add(1),
            TokenState::Expired { reason: ExpiryReason::Unclaimed, .. } => self.no_shows = self.no_shows.saturating_add(1),
            TokenState::Expired { .. } => {}
        }
    }

    /// Subtracts the previous state of a token.
    pub(crate) fn subtract(&mut self, token: &QueueToken) {
        match token.state() {
            TokenState::Waiting => self.waiting = self.waiting.saturating_sub(1),
            TokenState::Active { .. } => self.active = self.active.saturating_sub(1),
            TokenState::Expired { reason: ExpiryReason::Unclaimed, .. } => self.no_shows = self.no_shows.saturating_sub(1),
            TokenState::Expired { .. } => {}
        }
    }
}
