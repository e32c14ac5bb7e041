//! Freed capacity, which wakes the scheduler before its next tick.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use domain::{Change, Queue, QueueId, QueueToken, TokenState};
use tokio::sync::Notify;

use crate::ports::{Committed, Observer};

/// An observer that wakes the scheduler when a commit frees capacity, so that users needn't wait for the next tick.
#[derive(Default)]
pub struct CapacityFreed {
    queues: Mutex<BTreeSet<QueueId>>,
    pub(super) wake: Notify,
}

impl CapacityFreed {
    pub(super) fn add(&self, queues: impl IntoIterator<Item = QueueId>) {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).extend(queues);
        self.wake.notify_one();
    }

    /// Returns the queues in which capacity was freed since the last call.
    pub(super) fn take(&self) -> BTreeSet<QueueId> {
        std::mem::take(&mut self.queues.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Observer for CapacityFreed {
    fn committed(&self, change: &Change, _: &Committed) {
        let ended = |state| matches!(state, TokenState::Expired { activated_at: Some(_), .. });
        let freed = change.rows::<QueueToken>().filter(|token| ended(token.row.state())).map(|token| token.row.queue());
        // A queue that an operator has changed may have more capacity, too.
        let freed: Vec<QueueId> = freed.chain(change.rows::<Queue>().map(|queue| queue.row.id())).collect();
        if !freed.is_empty() {
            self.add(freed);
        }
    }

    /// Does nothing: the next tick reads the rows.
    fn doubtful(&self, _: &Change) {}
}
