//! The clause about crashes finds stores that write too late.

use std::sync::{Arc, Mutex};

use adapter_conformance::Adapter;
use adapter_conformance::clauses::durability::{what_is_committed_survives_a_crash, what_is_committed_survives_the_process};
use adapters_memory::MemoryStore;
use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;

/// A store whose rows are in memory and go to the disk when it is closed.
#[derive(Default)]
struct WrittenAtTheEnd(Mutex<Option<MemoryStore>>);

#[async_trait]
impl Adapter for WrittenAtTheEnd {
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports {
        let store = MemoryStore::new(clock);
        *self.0.lock().unwrap() = Some(store.clone());
        store.ports()
    }

    async fn reopened(&self, _: Arc<StoppedClock>) -> Ports {
        self.0.lock().unwrap().as_ref().expect("a store that was fresh once").ports()
    }

    async fn after_crash(&self, clock: Arc<StoppedClock>) -> Ports {
        self.fresh(clock).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_writes_when_it_is_closed_survives_its_process() {
    what_is_committed_survives_the_process(&WrittenAtTheEnd::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "a token")]
async fn a_store_that_writes_when_it_is_closed_does_not_survive_a_crash() {
    what_is_committed_survives_a_crash(&WrittenAtTheEnd::default()).await;
}
