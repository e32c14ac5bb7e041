//! The driver that opens `database.url = "redb://PATH"`.

use std::path::Path;
use std::sync::Arc;

use application::SystemClock;
use async_trait::async_trait;
use frontrow::{BoxError, OpenStore, StoreDriver, StoreOptions, StoreUrl};
use store_kit::EmbeddedStore;

use crate::Redb;

/// Opens `redb://PATH`. redb itself refuses a second process.
#[derive(Debug)]
pub struct RedbDriver;

#[async_trait]
impl StoreDriver for RedbDriver {
    async fn exists(&self, url: &StoreUrl) -> Result<bool, BoxError> {
        Ok(Path::new(url.path()).exists())
    }

    async fn open(&self, url: &StoreUrl, _options: &StoreOptions) -> Result<OpenStore, BoxError> {
        let (path, clock) = (Path::new(url.path()), Arc::new(SystemClock));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let engine = Redb::open(path).map_err(|error| match error {
            redb::Error::DatabaseAlreadyOpen => "another process has the file open, such as a running server".into(),
            error => BoxError::from(error),
        })?;
        let store = EmbeddedStore::open(engine, clock.clone())?;
        Ok(OpenStore::new(store.ports(), clock))
    }
}
