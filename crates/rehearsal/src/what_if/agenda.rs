//! The agenda: what is going to happen, by time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use domain::ReservationId;
use time::OffsetDateTime;

/// A user, by their place in the crowd.
pub(super) type Who = u32;

/// What is going to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    /// A user joins the line.
    Join(Who),
    /// A user who was let in looks at the seats.
    Look(Who),
    /// A user asks for the seats that they have chosen.
    Hold(Who),
    /// A user pays.
    Pay(Who),
    /// A hold's deadline passes.
    Lapse(ReservationId),
}

/// Deeds by time; those of one moment in the order in which they were put down.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    deeds: BinaryHeap<Reverse<(OffsetDateTime, u64, Deed)>>,
    put: u64,
}

impl Agenda {
    pub(super) fn put(&mut self, at: OffsetDateTime, deed: Deed) {
        self.put += 1;
        self.deeds.push(Reverse((at, self.put, deed)));
    }

    /// When the next deed is.
    pub(super) fn next_at(&self) -> Option<OffsetDateTime> {
        self.deeds.peek().map(|Reverse((at, _, _))| *at)
    }

    pub(super) fn take(&mut self) -> Option<(OffsetDateTime, Deed)> {
        self.deeds.pop().map(|Reverse((at, _, deed))| (at, deed))
    }
}
