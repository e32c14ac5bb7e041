//! Queue numbers: gapless, in the order of commits.

use std::collections::BTreeMap;

use domain::QueueId;

/// The last numbers that were assigned in the queues of a group's joins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers(BTreeMap<QueueId, i64>);

impl Numbers {
    /// Continues after the last number of each queue.
    pub fn after(last: impl IntoIterator<Item = (QueueId, i64)>) -> Self {
        Self(last.into_iter().collect())
    }

    /// Returns the next number of `queue`.
    pub fn next(&mut self, queue: QueueId) -> u64 {
        let last = self.0.entry(queue).or_default();
        *last += 1;
        last.unsigned_abs()
    }

    /// Returns the last number of each queue.
    pub fn last(&self) -> impl Iterator<Item = (QueueId, i64)> {
        self.0.iter().map(|(queue, last)| (*queue, *last))
    }
}
