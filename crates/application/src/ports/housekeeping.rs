//! The port of housekeeping.

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::ports::ReadError;

/// Rows that are deleted after their retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prunable {
    /// Idempotency records whose retention ended at or before the store's `now`.
    Keys,
    /// The log of commits before an instant, up to the position that all readers have passed, and of commits before another instant even if
    /// readers have not passed it.
    Log {
        /// The instant.
        before: OffsetDateTime,
        /// The other instant, which is not later.
        unread_before: OffsetDateTime,
    },
    /// Reservations that ended without a payment, expired or released, and whose deadline is before an instant, with their seats.
    /// Reservations that were ever paid are kept.
    Reservations {
        /// The instant.
        before: OffsetDateTime,
    },
    /// Tokens that ended before an instant by their row and that no reservation names.
    Tokens {
        /// The instant.
        before: OffsetDateTime,
    },
    /// Sessions that have ended, or whose deadline has passed, before an instant.
    Sessions {
        /// The instant.
        before: OffsetDateTime,
    },
    /// Users with a name that were created before an instant and have no wallet entry, no token, no reservation and no session, with their
    /// wallets and search keys. Only registrations have a name; users of external issuers are kept.
    Users {
        /// The instant. No access token of a user created before it may still be valid: a request of such a user could race with the
        /// deletion.
        before: OffsetDateTime,
    },
}

/// The result of a round of pruning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The number of deleted rows.
    pub rows: u64,
    /// Whether another round may find more rows: this one ended at its limit.
    pub more: bool,
}

/// Deletes rows after their retention.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Deletes up to `at_most` rows of `what`, and nothing else. Numbers of deleted tokens and positions of the log MUST NOT be reused. The
    /// lowest positions of the log MUST be deleted first. When it is repeated until [`Pruned::more`] is false, all rows that existed at the
    /// first round MUST be deleted, unless another process is pruning at the same time. A row that was kept only for rows that were deleted
    /// since MUST be deleted, too. A change that writes a row deleted since its load MUST be a conflict. The work of a round SHOULD NOT grow
    /// with the number of rows that remain.
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError>;

    /// Returns how long the oldest row that [`Self::prune`] of `what` would check is past its retention; zero if there is none. The work
    /// SHOULD NOT grow with the number of rows.
    async fn backlog(&self, what: Prunable) -> Result<Duration, ReadError>;
}
