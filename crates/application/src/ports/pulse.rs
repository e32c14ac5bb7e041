//! The port of the pulse.

use async_trait::async_trait;

use crate::ports::ReadError;

/// Whether the store lives.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Pulse: Send + Sync {
    /// Comes back when the store has answered, and fails if it says that it takes no writes. It MUST NOT wait for the connections that commands and
    /// reads use: a crowd that keeps all of them busy is no dead store.
    async fn check(&self) -> Result<(), ReadError>;
}
