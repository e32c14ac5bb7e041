//! A commit, as the parts of the model see it.

use domain::change::Admission;
use domain::{AuditEntry, Change, NewToken};
use time::OffsetDateTime;

use crate::violation::Violation;

/// A committed change, its queue number, and its time.
pub(crate) struct Commit<'a> {
    pub(crate) change: &'a Change,
    /// The queue number of a join.
    pub(crate) number: Option<u64>,
    /// The time of the store's clock.
    pub(crate) now: OffsetDateTime,
    /// The latest time of the store's clock so far.
    pub(crate) latest: OffsetDateTime,
    /// Simulated time since the start of the run, in milliseconds; unaffected by clock jumps.
    pub(crate) at: u64,
}

impl Commit<'_> {
    /// Whether the change is an order of an operator.
    pub(crate) fn is_ordered(&self) -> bool {
        self.change.row::<AuditEntry>().is_some()
    }

    /// Whether the change admits users.
    pub(crate) fn is_admission(&self) -> bool {
        self.change.row::<Admission>().is_some()
    }

    /// The token that the change creates, with its queue number.
    pub(crate) fn place(&self) -> Option<(&NewToken, u64)> {
        self.change.row::<NewToken>().map(|place| &place.row).zip(self.number)
    }
}

/// Creates a violation.
pub(crate) fn broken(rule: &'static str, how: &'static str, what: String) -> Violation {
    Violation { rule, how, what }
}
