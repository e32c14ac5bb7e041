//! The clause about crashes detects stores that write too late.

use std::sync::{Arc, Mutex};

use adapter_conformance::Adapter;
use adapter_conformance::clauses::durability::{a_commit_survives_a_crash, a_commit_survives_a_restart_of_the_process};
use adapters_memory::MemoryStore;
use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;

/// A store that keeps its rows in memory and writes them to disk when it is closed.
#[derive(Default)]
struct WrittenOnClose(Mutex<Option<MemoryStore>>);

#[async_trait]
impl Adapter for WrittenOnClose {
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports {
        let store = MemoryStore::new(clock);
        *self.0.lock().unwrap() = Some(store.clone());
        store.ports()
    }

    async fn reopened(&self, _: Arc<StoppedClock>) -> Ports {
        self.0.lock().unwrap().as_ref().expect("`fresh` was called").ports()
    }

    async fn after_crash(&self, clock: Arc<StoppedClock>) -> Ports {
        self.fresh(clock).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_writes_on_close_survives_a_restart_of_the_process() {
    a_commit_survives_a_restart_of_the_process(&WrittenOnClose::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "a token")]
async fn a_store_that_writes_on_close_does_not_survive_a_crash() {
    a_commit_survives_a_crash(&WrittenOnClose::default()).await;
}
