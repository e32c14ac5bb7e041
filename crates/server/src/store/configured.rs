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
    /// Finds the driver of the store at `url`; opens nothing.
    ///
    /// # Errors
    /// If the URL is invalid: what it must be.
    pub(crate) fn new(url: &str, options: StoreOptions, drivers: &Drivers) -> Result<Self, String> {
        let (url, driver) = drivers.find(url)?;
        Ok(Self { url, driver, options })
    }

    /// Has audits read the copy of the store at `url` instead of the store itself.
    ///
    /// # Errors
    /// If the URL is invalid, or the store doesn't support this: what the value must be.
    pub(crate) fn auditing(self, url: &str) -> Result<Self, String> {
        if !self.driver.can_audit_a_copy() {
            return Err(format!("must be empty: stores of the scheme {} can't be audited elsewhere", self.url.scheme()));
        }
        let url = StoreUrl::parse(url).filter(|url| url.scheme() == self.url.scheme());
        let url = url.ok_or_else(|| format!("must start with the scheme of database.url, {}:", self.url.scheme()))?;
        self.driver.validate(&url)?;
        Ok(Self { options: StoreOptions { audit_url: Some(url), ..self.options }, ..self })
    }

    /// Returns the URL of the store.
    #[cfg(test)]
    pub(crate) fn url(&self) -> &StoreUrl {
        &self.url
    }

    /// Acquires the lock for serving the store.
    pub(crate) async fn lock(&self) -> anyhow::Result<Box<dyn Any + Send>> {
        self.driver.lock(&self.url).await.map_err(anyhow::Error::from_boxed)
    }

    /// Opens the store and migrates its schema.
    pub(crate) async fn open(&self) -> anyhow::Result<OpenStore> {
        let opened = self.driver.open(&self.url, &self.options).await;
        opened.map_err(anyhow::Error::from_boxed).context("the store in database.url can't be opened")
    }

    /// Audits the store without creating or migrating it: an incomplete store must not pass the audit.
    pub(crate) async fn audit(&self) -> anyhow::Result<Vec<Finding>> {
        self.must_be_persistent()?;
        self.driver.audit(&self.url, &self.options).await.map_err(anyhow::Error::from_boxed).context("database.url")
    }

    /// Copies the store to `file`.
    pub(crate) async fn back_up(&self, file: &Path) -> anyhow::Result<BackupOutcome> {
        if let Err(error) = self.must_be_persistent() {
            return Ok(BackupOutcome::Unsupported(error.to_string()));
        }
        self.driver.back_up(&self.url, file).await.map_err(anyhow::Error::from_boxed)
    }

    /// Fails if the store doesn't exist: a wrong path or name must not be taken for an empty store.
    pub(crate) async fn must_exist(&self) -> anyhow::Result<()> {
        self.must_be_persistent()?;
        if self.driver.exists(&self.url).await.map_err(anyhow::Error::from_boxed).context("database.url")? {
            Ok(())
        } else {
            bail!("database.url: there is no store at {}", self.url)
        }
    }

    /// Fails if the store is lost when the process exits.
    pub(crate) fn must_be_persistent(&self) -> anyhow::Result<()> {
        if self.driver.is_persistent(&self.url) {
            Ok(())
        } else {
            bail!("database.url: the store {} exists only in its serving process", self.url)
        }
    }
}
