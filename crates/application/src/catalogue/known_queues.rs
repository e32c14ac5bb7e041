//! The known queues: all of them, since they are few.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use domain::{Queue, QueueId, Versioned};

pub(super) struct KnownQueues {
    queues: ArcSwap<HashMap<QueueId, Arc<Versioned<Queue>>>>,
    /// Whether the rows must be read: at first, and after changes that may not have been applied.
    is_doubtful: AtomicBool,
}

impl KnownQueues {
    pub(super) fn new() -> Self {
        Self { queues: ArcSwap::default(), is_doubtful: AtomicBool::new(true) }
    }

    pub(super) fn get(&self, id: QueueId) -> Option<Arc<Versioned<Queue>>> {
        self.queues.load().get(&id).cloned()
    }

    /// Returns the ids of all known queues, in order.
    pub(super) fn ids(&self) -> Vec<QueueId> {
        let mut ids: Vec<QueueId> = self.queues.load().keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// Stores the queue, unless this or a newer version is known. Queues are never deleted.
    pub(super) fn keep(&self, queue: Versioned<Queue>) {
        if self.get(queue.id()).is_none_or(|known| known.version < queue.version) {
            let queue = Arc::new(queue);
            self.queues.rcu(|queues| {
                let is_current = |known: &Arc<Versioned<Queue>>| queue.version <= known.version;
                let mut queues = HashMap::clone(queues);
                if !queues.get(&queue.id()).is_some_and(is_current) {
                    queues.insert(queue.id(), queue.clone());
                }
                queues
            });
        }
    }

    pub(super) fn doubt(&self) {
        self.is_doubtful.store(true, Ordering::Release);
    }

    /// Returns whether the rows must be read. The caller does so, and reports a failure by [`Self::doubt`].
    pub(super) fn take_doubt(&self) -> bool {
        self.is_doubtful.swap(false, Ordering::AcqRel)
    }
}
