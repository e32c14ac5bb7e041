//! The agenda: what is going to happen, by time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use domain::ReservationId;
use time::OffsetDateTime;

/// A user, by their place in the crowd.
pub(super) type UserIndex = u32;

/// What is going to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A user joins the line.
    Join(UserIndex),
    /// A user who was let in looks at the seats.
    Look(UserIndex),
    /// A user asks for the seats that they have chosen.
    Hold(UserIndex),
    /// A user pays.
    Pay(UserIndex),
    /// A hold's deadline passes.
    Lapse(ReservationId),
}

/// Deeds by time; those of one moment in the order in which they were put down.
#[derive(Debug, Default)]
pub(super) struct EventQueue {
    events: BinaryHeap<Reverse<(OffsetDateTime, u64, Event)>>,
    put: u64,
}

impl EventQueue {
    pub(super) fn put(&mut self, at: OffsetDateTime, event: Event) {
        self.put += 1;
        self.events.push(Reverse((at, self.put, event)));
    }

    /// When the next deed is.
    pub(super) fn next_at(&self) -> Option<OffsetDateTime> {
        self.events.peek().map(|Reverse((at, _, _))| *at)
    }

    pub(super) fn take(&mut self) -> Option<(OffsetDateTime, Event)> {
        self.events.pop().map(|Reverse((at, _, event))| (at, event))
    }
}
