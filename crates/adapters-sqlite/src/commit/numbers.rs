//! Queue numbers: gapless, in the order of commits.

use std::collections::{BTreeSet, HashMap};

use domain::{Change, QueueId};
use sea_orm::{ConnectionTrait, DbErr};

use crate::rows::queue::{self, Counter};
use crate::statement::{array, find, write};

/// The last numbers handed out in the queues of a group's joins.
#[derive(Debug)]
pub(super) struct Numbers(HashMap<QueueId, i64>);

impl Numbers {
    /// The counters of the queues that `changes` join.
    pub(super) async fn read(db: &impl ConnectionTrait, changes: &[Change]) -> Result<Self, DbErr> {
        let queues: BTreeSet<QueueId> = changes.iter().filter_map(|change| change.join.as_ref()).map(|new| new.queue).collect();
        if queues.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let counters = find::<Counter>(db, queue::COUNTERS, [array(queues.iter().map(|queue| queue.0))?]).await?;
        Ok(Self(counters.into_iter().map(|counter| (QueueId(counter.queue_id), counter.last_number)).collect()))
    }

    /// Whether there is such a queue among them.
    pub(super) fn has(&self, queue: QueueId) -> bool {
        self.0.contains_key(&queue)
    }

    /// The next number of `queue`.
    pub(super) fn next(&mut self, queue: QueueId) -> u64 {
        let last = self.0.entry(queue).or_default();
        *last += 1;
        last.unsigned_abs()
    }

    /// Writes the counters down.
    pub(super) async fn write(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        let counters: Vec<_> = self.0.iter().map(|(queue, last)| Counter { queue_id: queue.0, last_number: *last }).collect();
        write(db, queue::COUNT, &counters).await
    }
}
