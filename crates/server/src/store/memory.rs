//! `memory:`, a store that is lost when the process exits.

use std::sync::Arc;

use adapters_memory::MemoryStore;
use application::SystemClock;
use async_trait::async_trait;

use super::{BoxError, OpenStore, StoreDriver, StoreOptions, StoreUrl};

/// The driver of memory stores. It opens an empty store each time.
pub(super) struct Memory;

#[async_trait]
impl StoreDriver for Memory {
    fn validate(&self, url: &StoreUrl) -> Result<(), String> {
        if url.as_str() == "memory:" { Ok(()) } else { Err("must be memory: without a path".to_owned()) }
    }

    fn is_persistent(&self, _url: &StoreUrl) -> bool {
        false
    }

    async fn exists(&self, _url: &StoreUrl) -> Result<bool, BoxError> {
        Ok(false)
    }

    async fn open(&self, _url: &StoreUrl, _options: &StoreOptions) -> Result<OpenStore, BoxError> {
        let clock = Arc::new(SystemClock);
        Ok(OpenStore::new(MemoryStore::new(clock.clone()).ports(), clock))
    }
}
