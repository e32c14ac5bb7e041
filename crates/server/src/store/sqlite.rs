//! `sqlite://PATH`, the embedded store.

use std::any::Any;
use std::path::Path;
use std::sync::Arc;

use adapters_sqlite::{ServeLock, SqliteFile, SqliteStore};
use anyhow::Context;
use application::SystemClock;
use application::ports::{Finding, PoolState};
use async_trait::async_trait;

use super::{BackupOutcome, BoxError, Connections, OpenStore, StoreDriver, StoreOptions, StoreUrl};

/// The driver of SQLite files. One process serves a file; others can open it at the same time.
pub(super) struct Sqlite;

#[async_trait]
impl StoreDriver for Sqlite {
    fn validate(&self, url: &StoreUrl) -> Result<(), String> {
        let path = url.path();
        if path.is_empty() || path.contains(['?', ':']) { Err("must be sqlite://PATH".to_owned()) } else { Ok(()) }
    }

    async fn exists(&self, url: &StoreUrl) -> Result<bool, BoxError> {
        Ok(Path::new(url.path()).exists())
    }

    async fn open(&self, url: &StoreUrl, _options: &StoreOptions) -> Result<OpenStore, BoxError> {
        let clock = Arc::new(SystemClock);
        let store = SqliteStore::open(url.path(), clock.clone()).await?;
        Ok(OpenStore::new(store.ports(), clock).with_connections(store))
    }

    /// The lock is released when the process exits.
    async fn lock(&self, url: &StoreUrl) -> Result<Box<dyn Any + Send>, BoxError> {
        Ok(Box::new(ServeLock::acquire(url.path())?))
    }

    async fn audit(&self, url: &StoreUrl, _options: &StoreOptions) -> Result<Vec<Finding>, BoxError> {
        Ok(SqliteFile::open(url.path()).await?.audit().await?)
    }

    async fn back_up(&self, url: &StoreUrl, file: &Path) -> Result<BackupOutcome, BoxError> {
        let store = SqliteFile::open(url.path()).await.context("database.url")?;
        Ok(BackupOutcome::Written { bytes: store.back_up(file).await? })
    }
}

#[async_trait]
impl Connections for SqliteStore {
    fn pools(&self) -> Vec<PoolState> {
        Self::pools(self).into()
    }

    async fn close(&self) -> Result<(), BoxError> {
        Ok(Self::close(self).await?)
    }
}
