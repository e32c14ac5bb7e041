//! The SQLite store keeps the contract of a persistence adapter.

use std::sync::{Arc, Mutex};

use adapter_conformance::{Adapter, adapter_conformance};
use adapters_sqlite::SqliteStore;
use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;
use tempfile::TempDir;

/// The folders of the stores that were fresh once.
#[derive(Default)]
struct Sqlite(Mutex<Vec<TempDir>>);

impl Sqlite {
    fn last_file(&self) -> String {
        let folders = self.0.lock().unwrap();
        folders.last().expect("a store that was fresh once").path().join("frontrow.db").to_str().unwrap().to_owned()
    }
}

#[async_trait]
impl Adapter for Sqlite {
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports {
        self.0.lock().unwrap().push(TempDir::new().unwrap());
        self.reopened(clock).await
    }

    async fn reopened(&self, clock: Arc<StoppedClock>) -> Ports {
        SqliteStore::open(&self.last_file(), clock).await.unwrap().ports()
    }

    fn soak(&self) -> u32 {
        testbed::soak()
    }
}

adapter_conformance!(Sqlite::default);
