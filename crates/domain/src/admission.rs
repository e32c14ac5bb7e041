//! The admission row of a queue: how far the queue has advanced, and how many users it has admitted.
//!
//! Only ticks and operators' admissions write it, so that its version lets one of them through at a time. Joins, holds and payments don't
//! touch it.

use crate::QueueId;

/// The admissions of a queue so far.
///
/// Numbers are admitted in ascending order (P5), so every token with a number up to [`Self::last_admitted`] was admitted or has left, and
/// the next users to admit have higher numbers.
///
/// ```
/// # use domain::{Queue, change::Admission};
/// let admission = Admission::new(Queue::DEFAULT).admit(1).admit(4);
/// assert_eq!((admission.last_admitted(), admission.admitted()), (4, 2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    queue: QueueId,
    last_admitted: u64,
    admitted: u64,
}

impl Admission {
    /// Creates the row of a new queue, which has admitted no user.
    #[must_use]
    pub const fn new(queue: QueueId) -> Self {
        Self { queue, last_admitted: 0, admitted: 0 }
    }

    /// Returns the row as stored.
    #[must_use]
    pub const fn restore(queue: QueueId, last_admitted: u64, admitted: u64) -> Self {
        Self { queue, last_admitted, admitted }
    }

    /// Returns the queue.
    #[must_use]
    pub const fn queue(&self) -> QueueId {
        self.queue
    }

    /// Returns the highest number that was admitted; 0 if none was.
    #[must_use]
    pub const fn last_admitted(&self) -> u64 {
        self.last_admitted
    }

    /// Returns the number of users that were admitted, including those whose tokens were deleted since.
    #[must_use]
    pub const fn admitted(&self) -> u64 {
        self.admitted
    }

    /// Records the admission of the token with this number.
    #[must_use]
    pub fn admit(self, number: u64) -> Self {
        Self { last_admitted: self.last_admitted.max(number), admitted: self.admitted.saturating_add(1), ..self }
    }
}
