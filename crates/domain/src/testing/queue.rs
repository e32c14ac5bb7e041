//! Queues.

use super::QUEUE;
use crate::queue::PolicyOverrides;
use crate::{Queue, QueueId, QueueState, Version, Versioned};

/// [`QUEUE`]: OPEN, with no policy of its own.
#[must_use]
pub fn a_queue() -> Versioned<Queue> {
    Versioned::new(Version(600), Queue::new(QUEUE, "main".into(), PolicyOverrides::default(), None))
}

impl Queue {
    /// The same queue under another id.
    #[must_use]
    pub fn with_id(self, id: QueueId) -> Self {
        Self::new(id, self.name().to_owned(), self.overrides(), self.message().map(str::to_owned)).restore(self.state())
    }

    /// The same queue with `overrides` of the policy.
    #[must_use]
    pub fn with_overrides(self, overrides: PolicyOverrides) -> Self {
        Self::new(self.id(), self.name().to_owned(), overrides, self.message().map(str::to_owned)).restore(self.state())
    }
}

impl Versioned<Queue> {
    /// The queue in `state`.
    #[must_use]
    pub fn with_state(self, state: QueueState) -> Self {
        Self { row: self.row.restore(state), ..self }
    }
}
