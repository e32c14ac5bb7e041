//! The port of housekeeping.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::ports::ReadError;

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Idempotency records past their retention.
    pub keys: u64,
    /// Events that were in the outbox long enough.
    pub events: u64,
    /// Ended tokens that nothing refers to.
    pub tokens: u64,
}

/// What is older than this is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Old {
    /// Events in the outbox.
    pub events: OffsetDateTime,
    /// Tokens that have ended.
    pub tokens: OffsetDateTime,
}

/// Forgetting what has been kept long enough.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Deletes, `at_most` of each sort, the idempotency records whose retention ended at or before the store's `now`, the events
    /// written before [`Old::events`], and the tokens that ended before [`Old::tokens`] by their row and under which no
    /// reservation was ever made. Numbers of deleted tokens MUST NOT be given again.
    async fn prune(&self, old: Old, at_most: u32) -> Result<Pruned, ReadError>;
}
