//! The port of the pulse.

use async_trait::async_trait;

use crate::ports::ReadError;

/// Whether the store lives.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait HealthCheck: Send + Sync {
    /// Comes back when the store has answered, and fails if it says that it takes no writes, or doesn't keep what it acknowledges. It MUST NOT wait for
    /// the connections that commands and reads use: a crowd that keeps all of them busy is no dead store. Where a store can tell that it takes no writes
    /// only by writing, it MAY wait once a write has failed.
    async fn check(&self) -> Result<(), ReadError>;
}
