//! The port of the health check.

use async_trait::async_trait;

use crate::ports::ReadError;

/// A health check of the store.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait HealthCheck: Send + Sync {
    /// Returns when the store has responded, and fails if the store reports that it accepts no writes or may lose acknowledged commits. It
    /// MUST NOT wait for the connections that commands and reads use: high load on these doesn't mean that the store is down. If a store
    /// can only detect by a write that it accepts no writes, it MAY wait after a write has failed.
    async fn check(&self) -> Result<(), ReadError>;
}
