//! The port of secrets.

use async_trait::async_trait;

use crate::ports::ReadError;

/// Secrets, stored with the data.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Returns the secret with which the built-in issuer signs. The first call keeps `candidate`; every later call, of any process, MUST
    /// return the secret that the first one kept.
    async fn issuer_secret(&self, candidate: [u8; 32]) -> Result<[u8; 32], ReadError>;
}
