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

    /// Copies the last store's database and its write-ahead log into a folder that is the last from now on.
    fn copy_last_file(&self) {
        let (last, copy) = (self.last_file(), TempDir::new().unwrap());
        for suffix in ["", "-wal"] {
            std::fs::copy(format!("{last}{suffix}"), copy.path().join(format!("frontrow.db{suffix}"))).unwrap();
        }
        self.0.lock().unwrap().push(copy);
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

    async fn after_crash(&self, clock: Arc<StoppedClock>) -> Ports {
        self.copy_last_file();
        self.reopened(clock).await
    }

    fn soak(&self) -> u32 {
        testbed::soak()
    }
}

adapter_conformance!(Sqlite::default, without sharing: "one process serves a SQLite file");
