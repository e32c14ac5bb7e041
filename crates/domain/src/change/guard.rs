//! Guards: what a decision relied on in addition to the rows that it writes.

use crate::{ConcertId, QueueId, ScheduleId, Version};

/// A condition that must still hold when a change is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// A queue's policy and state have the version that was read.
    Queue(QueueId, Version),
    /// A concert has the version that was read.
    Concert(ConcertId, Version),
    /// A schedule has the version that was read.
    Schedule(ScheduleId, Version),
    /// No reservation of this concert is HELD and within its deadline, for a schedule that isn't cancelled.
    NoLiveHold(ConcertId),
    /// No token of this queue that names this concert is WAITING, or ACTIVE and within its deadline.
    NoLiveToken(QueueId, ConcertId),
    /// At most this number of tokens are WAITING in this queue after the commit of the change, which adds one.
    MaxWaiting(QueueId, u32),
}
