//! The memory store keeps the contract of a persistence adapter.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test: a panic is how it fails")]

use std::sync::{Arc, Mutex};

use adapter_conformance::{Adapter, adapter_conformance};
use adapters_memory::MemoryStore;
use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;

/// What nobody holds any more is gone: the store itself stands for the disk that outlives a process.
#[derive(Default)]
struct Memory(Mutex<Option<Arc<MemoryStore>>>);

#[async_trait]
impl Adapter for Memory {
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports {
        let store = Arc::new(MemoryStore::new(clock));
        *self.0.lock().unwrap() = Some(store.clone());
        Ports::of(&store)
    }

    async fn reopened(&self, _: Arc<StoppedClock>) -> Ports {
        Ports::of(self.0.lock().unwrap().as_ref().expect("a store that was fresh once"))
    }

    fn soak(&self) -> u32 {
        testbed::soak()
    }
}

adapter_conformance!(Memory::default);
