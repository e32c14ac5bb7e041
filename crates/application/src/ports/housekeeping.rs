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
}

/// Forgetting what has been kept long enough.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Deletes, `at_most` of each sort, the idempotency records whose retention ended at or before the store's `now`, and the
    /// events written before `events_before`.
    async fn prune(&self, events_before: OffsetDateTime, at_most: u32) -> Result<Pruned, ReadError>;
}
