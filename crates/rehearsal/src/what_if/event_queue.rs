//! The queue of future events, by time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use domain::ReservationId;
use time::OffsetDateTime;

/// The start of every simulated sale.
pub(super) const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// A user, by their index in the crowd.
pub(super) type UserIndex = u32;

/// Returns `number` as an index of a collection.
pub(super) fn as_index(number: UserIndex) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A future event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A user joins the queue.
    Join(UserIndex),
    /// An admitted user views the seats.
    Look(UserIndex),
    /// A user requests a hold of the chosen seats.
    Hold(UserIndex),
    /// A user pays.
    Pay(UserIndex),
    /// A hold's deadline passes.
    Lapse(ReservationId),
}

/// Events by time; events at the same time are in the order of their insertion.
#[derive(Debug, Default)]
pub(super) struct EventQueue {
    events: BinaryHeap<Reverse<(OffsetDateTime, u64, Event)>>,
    last_sequence: u64,
}

impl EventQueue {
    pub(super) fn push(&mut self, at: OffsetDateTime, event: Event) {
        self.last_sequence += 1;
        self.events.push(Reverse((at, self.last_sequence, event)));
    }

    /// Returns the time of the next event.
    pub(super) fn next_at(&self) -> Option<OffsetDateTime> {
        self.events.peek().map(|Reverse((at, _, _))| *at)
    }

    pub(super) fn pop(&mut self) -> Option<(OffsetDateTime, Event)> {
        self.events.pop().map(|Reverse((at, _, event))| (at, event))
    }
}
