//! The store that the configuration names.

use std::any::Any;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use application::ports::Finding;

use super::{BackupOutcome, Drivers, OpenStore, StoreDriver, StoreOptions, StoreUrl};

/// The store that `database.url` names.
#[derive(Clone)]
pub(crate) struct ConfiguredStore {
    url: StoreUrl,
    driver: Arc<dyn StoreDriver>,
    options: StoreOptions,
}

impl fmt::Debug for ConfiguredStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfiguredStore").field("url", &self.url).field("options", &self.options).finish_non_exhaustive()
    }
}

impl ConfiguredStore {
    /// The store at `url`; nothing is opened.
    ///
    /// # Errors
    /// What the URL must be.
    pub(crate) fn new(url: &str, options: StoreOptions, drivers: &Drivers) -> Result<Self, String> {
        let (url, driver) = drivers.find(url)?;
        Ok(Self { url, driver, options })
    }

    /// Where it is.
    #[cfg(test)]
    pub(crate) fn url(&self) -> &StoreUrl {
        &self.url
    }

    /// Takes the right to serve it.
    pub(crate) async fn lock(&self) -> anyhow::Result<Box<dyn Any + Send>> {
        self.driver.lock(&self.url).await.map_err(anyhow::Error::from_boxed)
    }

    /// Opens it and brings its schema up to date.
    pub(crate) async fn open(&self) -> anyhow::Result<OpenStore> {
        let opened = self.driver.open(&self.url, &self.options).await;
        opened.map_err(anyhow::Error::from_boxed).context("the store that database.url names can't be opened")
    }

    /// Audits it as it is: nothing is created or brought up to date, and a store that isn't whole must not pass for a clean one.
    pub(crate) async fn audit(&self) -> anyhow::Result<Vec<Finding>> {
        self.must_be_persistent()?;
        self.driver.audit(&self.url, &self.options).await.map_err(anyhow::Error::from_boxed).context("database.url")
    }

    /// Copies it to `file`.
    pub(crate) async fn back_up(&self, file: &Path) -> anyhow::Result<BackupOutcome> {
        if let Err(error) = self.must_be_persistent() {
            return Ok(BackupOutcome::Unsupported(error.to_string()));
        }
        self.driver.back_up(&self.url, file).await.map_err(anyhow::Error::from_boxed)
    }

    /// Refuses to look at a store that isn't there: a wrong path or name must not pass for a clean store.
    pub(crate) async fn must_exist(&self) -> anyhow::Result<()> {
        self.must_be_persistent()?;
        if self.driver.exists(&self.url).await.map_err(anyhow::Error::from_boxed).context("database.url")? {
            Ok(())
        } else {
            bail!("database.url: there is no store at {}", self.url)
        }
    }

    /// Refuses what makes no sense on a store that ends with the process.
    pub(crate) fn must_be_persistent(&self) -> anyhow::Result<()> {
        if self.driver.is_persistent(&self.url) {
            Ok(())
        } else {
            bail!("database.url is {} — such a store belongs to its serving process alone", self.url)
        }
    }
}
