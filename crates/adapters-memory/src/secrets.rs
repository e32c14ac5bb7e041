//! What nobody else may know.

use application::ports::{ReadError, Secrets};
use async_trait::async_trait;

use crate::MemoryStore;

#[async_trait]
impl Secrets for MemoryStore {
    async fn issuer_secret(&self, candidate: [u8; 32]) -> Result<[u8; 32], ReadError> {
        Ok(*self.state().issuer_secret.get_or_insert(candidate))
    }
}
