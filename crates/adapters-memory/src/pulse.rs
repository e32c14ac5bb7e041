//! Whether the store lives.

use application::ports::{Pulse, ReadError};
use async_trait::async_trait;

use crate::MemoryStore;

#[async_trait]
impl Pulse for MemoryStore {
    async fn check(&self) -> Result<(), ReadError> {
        Ok(())
    }
}
