//! The store that the configuration names.

use std::path::Path;
use std::sync::Arc;

use adapters_memory::MemoryStore;
use adapters_sqlite::SqliteStore;
use anyhow::{Context, bail};
use application::SystemClock;
use application::ports::{Clock, Ports};

use crate::config::DatabaseUrl;

/// The store's ports and its clock.
pub(crate) struct OpenStore {
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<dyn Clock>,
    /// How many groups it can commit at once.
    pub(crate) lanes: usize,
}

/// Opens the store and brings its schema up to date.
pub(crate) async fn open(url: &DatabaseUrl) -> anyhow::Result<OpenStore> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ports = match url {
        DatabaseUrl::Memory => Ports::of(&Arc::new(MemoryStore::new(clock.clone()))),
        DatabaseUrl::Sqlite(path) => {
            let store = SqliteStore::open(path, clock.clone()).await;
            Ports::of(&Arc::new(store.with_context(|| format!("the store {path} can't be opened"))?))
        }
    };
    // Both have one writer.
    Ok(OpenStore { ports, clock, lanes: 1 })
}

/// Refuses to look at a store that isn't there: a wrong path must not pass for a clean store.
pub(crate) fn must_exist(url: &DatabaseUrl) -> anyhow::Result<()> {
    must_outlive_the_process(url)?;
    match url {
        DatabaseUrl::Sqlite(path) if !Path::new(path).exists() => bail!("database.url: there is no store at {path}"),
        DatabaseUrl::Memory | DatabaseUrl::Sqlite(_) => Ok(()),
    }
}

/// Refuses what makes no sense on a store that ends with the process.
pub(crate) fn must_outlive_the_process(url: &DatabaseUrl) -> anyhow::Result<()> {
    match url {
        DatabaseUrl::Memory => bail!("database.url is memory: — such a store belongs to its serving process alone"),
        DatabaseUrl::Sqlite(_) => Ok(()),
    }
}
