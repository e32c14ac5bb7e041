//! The store passes the conformance suite of persistence adapters.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adapter_conformance::{Adapter, adapter_conformance};
use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;
use redb_store::Redb;
use store_kit::EmbeddedStore;
use store_kit::testing::check_engine;
use tempfile::TempDir;

/// A folder with one file per store.
struct Folder {
    folder: TempDir,
    stores: AtomicU32,
}

impl Folder {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), stores: AtomicU32::new(0) }
    }

    fn file(&self, number: u32) -> std::path::PathBuf {
        self.folder.path().join(format!("{number}.redb"))
    }
}

fn open(path: &Path, clock: Arc<StoppedClock>) -> Ports {
    EmbeddedStore::open(Redb::open(path).unwrap(), clock).unwrap().ports()
}

#[async_trait]
impl Adapter for Folder {
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports {
        open(&self.file(self.stores.fetch_add(1, Ordering::Relaxed)), clock)
    }

    async fn reopened(&self, clock: Arc<StoppedClock>) -> Ports {
        open(&self.file(self.stores.load(Ordering::Relaxed) - 1), clock)
    }

    /// A copy of the open file, without closing the store.
    async fn after_crash(&self, clock: Arc<StoppedClock>) -> Ports {
        let last = self.stores.load(Ordering::Relaxed);
        std::fs::copy(self.file(last - 1), self.file(last)).unwrap();
        self.stores.fetch_add(1, Ordering::Relaxed);
        open(&self.file(last), clock)
    }
}

#[test]
fn the_engine_is_valid() {
    let folder = Folder::new();
    check_engine(&Redb::open(&folder.file(0)).unwrap());
}

adapter_conformance!(Folder::new, without sharing: "one process at a time opens a file");
