//! The port of housekeeping.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::ports::ReadError;

/// Rows that are deleted once they have been kept long enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prunable {
    /// Idempotency records whose retention ended at or before the store's `now`.
    Keys,
    /// What the log tells of commits before an instant, as far as all readers have passed it, and of commits before another instant whether
    /// they have or not.
    Log {
        /// The instant.
        before: OffsetDateTime,
        /// The other, no later one.
        unread_before: OffsetDateTime,
    },
    /// Tokens that ended before an instant by their row, and under which no reservation was ever made.
    Tokens {
        /// The instant.
        before: OffsetDateTime,
    },
}

/// What a round of pruning came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many rows were deleted.
    pub rows: u64,
    /// Whether another round may find more: this one ended at its limit.
    pub more: bool,
}

/// Deleting what has been kept long enough.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Deletes some of `what`, `at_most` rows, and nothing else. Numbers of deleted tokens, and positions of the log, MUST NOT be given again. Of
    /// the log the lowest positions MUST go first. Repeated until [`Pruned::more`] is false, all rows
    /// that were there at the first round MUST be deleted. A round's work SHOULD NOT grow with the number of rows that stay.
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError>;
}
