//! Queues.

use super::QUEUE;
use crate::queue::PolicyOverrides;
use crate::{Queue, QueueState, Version, Versioned};

/// [`QUEUE`]: OPEN, with no policy of its own.
#[must_use]
pub fn a_queue() -> Versioned<Queue> {
    Versioned::new(Version(600), Queue::new(QUEUE, "main".into(), PolicyOverrides::default(), None))
}

impl Versioned<Queue> {
    /// The queue in `state`.
    #[must_use]
    pub fn with_state(self, state: QueueState) -> Self {
        Self { row: self.row.restore(state), ..self }
    }
}
