//! The SQLite store passes the conformance suite of persistence adapters.

use std::sync::{Arc, Mutex};

use adapter_conformance::{Adapter, adapter_conformance};
use adapters_sqlite::SqliteStore;
use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;
use tempfile::TempDir;

/// The folders of all stores that were created.
#[derive(Default)]
struct Sqlite(Mutex<Vec<TempDir>>);

impl Sqlite {
    fn last_file(&self) -> String {
        let folders = self.0.lock().unwrap();
        folders.last().expect("a store was created before").path().join("frontrow.db").to_str().unwrap().to_owned()
    }

    /// Copies the last store's database and its write-ahead log to a new folder, which becomes the last one.
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

adapter_conformance!(Sqlite::default, without sharing: "one process serves an SQLite file");
