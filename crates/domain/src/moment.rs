//! Moments: instants at one schedule, at which the status of its seats and reservations is asked.

use time::OffsetDateTime;

/// An instant at one schedule. A hold of the schedule's seats counts until its deadline, and not at all once the schedule is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    now: OffsetDateTime,
    is_cancelled: bool,
}

impl Moment {
    /// Creates the instant `now` at a schedule that is or isn't cancelled.
    pub(crate) const fn new(now: OffsetDateTime, is_cancelled: bool) -> Self {
        Self { now, is_cancelled }
    }

    /// Returns whether a hold of a seat of the schedule, made until `deadline`, still counts.
    #[must_use]
    pub fn is_before(self, deadline: OffsetDateTime) -> bool {
        !self.is_cancelled && self.now < deadline
    }
}
