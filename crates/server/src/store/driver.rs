//! What opens the stores of a scheme.

use std::any::Any;
use std::path::Path;
use std::time::Duration;

use application::ports::Finding;
use async_trait::async_trait;

use super::{BoxError, OpenStore, StoreUrl};

/// Opens the stores of a URL scheme. [`Frontrow::store`](crate::Frontrow::store) registers it.
///
/// The two methods without a default are enough for a store that outlives its process and is served by one at a time. The default of [`Self::lock`] leaves it
/// to the store to refuse a second process.
#[async_trait]
pub trait StoreDriver: Send + Sync {
    /// Checks a URL of this scheme; nothing is opened. By default it has a path.
    ///
    /// # Errors
    /// What the URL must be, in words that follow the name of the key, like `must be redb://PATH`. It MUST NOT repeat the URL, which may hold a password.
    fn validate(&self, url: &StoreUrl) -> Result<(), String> {
        if url.path().is_empty() { Err(format!("must be {}://PATH", url.scheme())) } else { Ok(()) }
    }

    /// Whether the store outlives the process, so that other processes find it. By default it does; commands that make no sense on another are refused.
    fn is_persistent(&self, _url: &StoreUrl) -> bool {
        true
    }

    /// Whether the store is there. MUST NOT create or change anything: commands that need a store ask this, and a wrong path isn't to pass for an empty store.
    ///
    /// # Errors
    /// If that can't be found out.
    async fn exists(&self, url: &StoreUrl) -> Result<bool, BoxError>;

    /// Opens the store; creates it if it isn't there, and brings its schema up to date. Where the store allows more than one process, this MUST work beside
    /// one that serves it.
    ///
    /// # Errors
    /// If it can't be opened.
    async fn open(&self, url: &StoreUrl, options: &StoreOptions) -> Result<OpenStore, BoxError>;

    /// Takes the right to serve the store, before it is opened; the process keeps the value until it ends. By default everybody has it.
    ///
    /// # Errors
    /// If another process has it.
    async fn lock(&self, _url: &StoreUrl) -> Result<Box<dyn Any + Send>, BoxError> {
        Ok(Box::new(()))
    }

    /// Audits the store as it is. MUST NOT create it or bring its schema up to date: what is missing is a finding, or an error. By default the store is opened
    /// and asked, which is right if opening an existing store changes nothing that the audit would find.
    ///
    /// # Errors
    /// If there is no store, or it can't be read.
    async fn audit(&self, url: &StoreUrl, options: &StoreOptions) -> Result<Vec<Finding>, BoxError> {
        if !self.exists(url).await? {
            return Err(format!("there is no store at {url}").into());
        }
        let store = self.open(url, options).await?;
        let findings = store.ports.audit.audit().await;
        store.close().await;
        Ok(findings?)
    }

    /// Copies the store, as of one instant, to a new `file`, beside a process that serves it. MUST NOT overwrite a file. By default it can't.
    ///
    /// # Errors
    /// If there is no store, or no copy of it; then there is no new `file`.
    async fn back_up(&self, url: &StoreUrl, _file: &Path) -> Result<BackupOutcome, BoxError> {
        Ok(BackupOutcome::Unsupported(format!("a store of the scheme {} is backed up by other means than this command", url.scheme())))
    }
}

/// What became of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupOutcome {
    /// The copy is on the disk.
    Written {
        /// Its size.
        bytes: u64,
    },
    /// The store is backed up by other means: which, in words for the operator.
    Unsupported(String),
}

/// What the configuration says of stores of any scheme. A driver uses what fits its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreOptions {
    /// How many connections to keep for loads and commits: `database.command_connections`.
    pub command_connections: u32,
    /// How many connections to keep for other reads: `database.read_connections`.
    pub read_connections: u32,
    /// How long an operator's command may take: `operators.deadline_milliseconds`.
    pub order_timeout: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { command_connections: 6, read_connections: 4, order_timeout: Duration::from_secs(30) }
    }
}
