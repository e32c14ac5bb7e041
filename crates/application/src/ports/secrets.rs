//! The port of secrets.

use async_trait::async_trait;

use crate::ports::ReadError;

/// What nobody else may know, kept where the data is.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The secret that the built-in issuer signs with. The first call keeps `candidate`; every later one, of any process, MUST
    /// return what the first one kept.
    async fn issuer_secret(&self, candidate: [u8; 32]) -> Result<[u8; 32], ReadError>;
}
