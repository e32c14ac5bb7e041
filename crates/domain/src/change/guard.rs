//! Guards: what a decision relied on beside the rows that it writes.

use crate::{ConcertId, QueueId, ScheduleId, Version};

/// What must still be so when a change is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// A queue's policy and state have the version that was read.
    Queue(QueueId, Version),
    /// A concert has the version that was read.
    Concert(ConcertId, Version),
    /// A date has the version that was read.
    Schedule(ScheduleId, Version),
    /// No reservation of this concert is HELD, within its deadline, for a date that isn't cancelled.
    NoLiveHold(ConcertId),
    /// No token of this queue that names this concert is WAITING, or ACTIVE and within its deadline.
    NoLiveToken(QueueId, ConcertId),
    /// No more than so many are WAITING in this queue once the change is committed, which takes a place there.
    Room(QueueId, u32),
}
