//! Reading and writing the queues' counters.

use adapters_sql::commit::Numbers;
use adapters_sql::rows::queue::Counter;
use domain::{Change, QueueId};
use sea_orm::{ConnectionTrait, DbErr};

use crate::statement::{array, find, write as write_rows};
use crate::statements::queue;

/// The counters of the queues that `changes` join.
pub(super) async fn read(db: &impl ConnectionTrait, changes: &[Change]) -> Result<Numbers, DbErr> {
    let queues = Numbers::queues(changes);
    if queues.is_empty() {
        return Ok(Numbers::default());
    }
    let counters = find::<Counter>(db, queue::COUNTERS, [array(queues.iter().map(|queue| queue.0))?]).await?;
    Ok(Numbers::after(counters.into_iter().map(|counter| (QueueId(counter.queue_id), counter.last_number))))
}

/// Writes the counters down.
pub(super) async fn write(db: &impl ConnectionTrait, numbers: &Numbers) -> Result<(), DbErr> {
    let counters: Vec<_> = numbers.last().map(|(queue, last)| Counter { queue_id: queue.0, last_number: last }).collect();
    write_rows(db, queue::COUNT, &counters).await
}
