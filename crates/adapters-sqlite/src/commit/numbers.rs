//! Reads and writes the counters of queues.

use adapters_sql::commit::{Numbers, WaitingCounts};
use adapters_sql::rows::queue::Counter;
use domain::QueueId;
use sea_orm::{ConnectionTrait, DbErr};
use serde::Serialize;
use uuid::Uuid;

use crate::statement::{array, find, write as write_rows};
use crate::statements::queue;

/// The last number that a queue has assigned.
#[derive(Serialize)]
struct Last {
    queue_id: Uuid,
    last_number: i64,
}

/// Reads the counters of `queues`.
pub(super) async fn read(db: &impl ConnectionTrait, queues: &[QueueId]) -> Result<(Numbers, WaitingCounts), DbErr> {
    if queues.is_empty() {
        return Ok(<(Numbers, WaitingCounts)>::default());
    }
    let counters = find::<Counter>(db, queue::COUNTERS, [array(queues.iter().map(|queue| queue.0))?]).await?;
    let numbers = Numbers::after(counters.iter().map(|counter| (QueueId(counter.queue_id), counter.last_number)));
    let waiting = WaitingCounts::of(counters.iter().map(|counter| (QueueId(counter.queue_id), counter.waiting)));
    Ok((numbers, waiting))
}

/// Writes the last numbers.
pub(super) async fn write(db: &impl ConnectionTrait, numbers: &Numbers) -> Result<(), DbErr> {
    let counters: Vec<_> = numbers.last().map(|(queue, last)| Last { queue_id: queue.0, last_number: last }).collect();
    write_rows(db, queue::COUNT, &counters).await
}
