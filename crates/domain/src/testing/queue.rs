//! Queues for tests.

use super::QUEUE;
use crate::queue::PolicyOverrides;
use crate::{Queue, QueueId, QueueState, Version, Versioned};

/// Returns [`QUEUE`]: OPEN, without a policy of its own.
#[must_use]
pub fn a_queue() -> Versioned<Queue> {
    Versioned::new(Version(600), Queue::new(QUEUE, "main".into(), PolicyOverrides::default(), None))
}

impl Queue {
    /// Returns the queue with another id.
    #[must_use]
    pub fn with_id(self, id: QueueId) -> Self {
        Self::new(id, self.name().to_owned(), self.overrides(), self.message().map(str::to_owned)).restore(self.state())
    }

    /// Returns the queue with `overrides` of the policy.
    #[must_use]
    pub fn with_overrides(self, overrides: PolicyOverrides) -> Self {
        Self::new(self.id(), self.name().to_owned(), overrides, self.message().map(str::to_owned)).restore(self.state())
    }
}

impl Versioned<Queue> {
    /// Returns the queue in `state`.
    #[must_use]
    pub fn with_state(self, state: QueueState) -> Self {
        Self { row: self.row.restore(state), ..self }
    }
}
