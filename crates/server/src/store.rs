//! The store that the configuration names.

use std::path::Path;
use std::sync::Arc;

use adapters_memory::MemoryStore;
use adapters_postgres::{PoolSize, PostgresDatabase, PostgresStore};
use adapters_sqlite::{SqliteFile, SqliteStore};
use anyhow::{Context, bail};
use application::SystemClock;
use application::ports::{Audit, Clock, PoolState, Ports};
use secrecy::ExposeSecret;

use crate::config::{DatabaseUrl, Settings};

pub(crate) const NO_STORE_OF_ITS_OWN: &str = "database.url is memory: — such a store belongs to its serving process alone";

/// The lanes of a store with one writer.
const ONE_WRITER: usize = 1;
/// The lanes of a store that commits groups side by side: while one waits for the disk, the other decides.
pub(crate) const SIDE_BY_SIDE: usize = 2;

/// The store's ports and its clock.
pub(crate) struct OpenStore {
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<dyn Clock>,
    /// How many groups it can commit at once.
    pub(crate) lanes: usize,
    pub(crate) connections: Connections,
}

/// The store's connections; clones share them.
#[derive(Clone)]
pub(crate) enum Connections {
    /// It has none.
    None,
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

impl Connections {
    /// How they stand.
    pub(crate) fn pools(&self) -> Vec<PoolState> {
        match self {
            Self::None => ["commands", "reads", "pulse"].map(|name| PoolState { name, open: 0, idle: 0, at_most: 0 }).into(),
            Self::Sqlite(store) => store.pools().into(),
            Self::Postgres(store) => store.pools().into(),
        }
    }

    /// Closes them in good order: a database then needn't find out by itself that nobody is there any more.
    pub(crate) async fn close(self) {
        let closed = match &self {
            Self::None => Ok(()),
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        };
        if let Err(error) = closed {
            tracing::warn!(error = &error as &dyn std::error::Error, "the store's connections were not closed well");
        }
    }
}

/// Opens the store and brings its schema up to date.
pub(crate) async fn open(settings: &Settings) -> anyhow::Result<OpenStore> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match &settings.database {
        DatabaseUrl::Memory => {
            let ports = MemoryStore::new(clock.clone()).ports();
            Ok(OpenStore { ports, clock, lanes: ONE_WRITER, connections: Connections::None })
        }
        DatabaseUrl::Sqlite(path) => {
            let store = SqliteStore::open(path, clock.clone()).await.with_context(|| format!("the store {path} can't be opened"))?;
            Ok(OpenStore { ports: store.ports(), clock, lanes: ONE_WRITER, connections: Connections::Sqlite(store) })
        }
        DatabaseUrl::Postgres(url) => {
            let (commands, reads) = settings.connections;
            let size = PoolSize { commands, reads, order_timeout: settings.operators.deadline };
            let store = PostgresStore::open(url.expose_secret(), size).await;
            let store = store.context("the store that database.url names can't be opened")?;
            let (ports, clock) = (store.ports(), store.clock());
            Ok(OpenStore { ports, clock, lanes: SIDE_BY_SIDE, connections: Connections::Postgres(store) })
        }
    }
}

/// Who audits a store as it is: nothing is created or brought up to date, and a store that isn't whole must not pass for a clean one.
pub(crate) async fn auditor(url: &DatabaseUrl) -> anyhow::Result<Arc<dyn Audit>> {
    must_outlive_the_process(url)?;
    match url {
        DatabaseUrl::Sqlite(path) => Ok(Arc::new(SqliteFile::open(path).await.context("database.url")?)),
        DatabaseUrl::Postgres(url) => Ok(Arc::new(PostgresDatabase::open(url.expose_secret()).await.context("database.url")?)),
        DatabaseUrl::Memory => bail!(NO_STORE_OF_ITS_OWN),
    }
}

/// Refuses to look at a store that isn't there: a wrong path or name must not pass for a clean store.
pub(crate) async fn must_exist(url: &DatabaseUrl) -> anyhow::Result<()> {
    must_outlive_the_process(url)?;
    match url {
        DatabaseUrl::Sqlite(path) if !Path::new(path).exists() => bail!("database.url: there is no store at {path}"),
        DatabaseUrl::Postgres(url) if !PostgresStore::is_there(url.expose_secret()).await? => {
            bail!("database.url: there is no store in this database")
        }
        DatabaseUrl::Memory | DatabaseUrl::Sqlite(_) | DatabaseUrl::Postgres(_) => Ok(()),
    }
}

/// Refuses what makes no sense on a store that ends with the process.
pub(crate) fn must_outlive_the_process(url: &DatabaseUrl) -> anyhow::Result<()> {
    match url {
        DatabaseUrl::Memory => bail!(NO_STORE_OF_ITS_OWN),
        DatabaseUrl::Sqlite(_) | DatabaseUrl::Postgres(_) => Ok(()),
    }
}
