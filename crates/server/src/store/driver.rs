//! Store drivers.

use std::any::Any;
use std::path::Path;
use std::time::Duration;

use application::ports::Finding;
use async_trait::async_trait;

use super::{BoxError, OpenStore, StoreUrl};

/// A driver, which opens the stores of a URL scheme. [`Frontrow::store`](crate::Frontrow::store) registers it.
///
/// The two methods without a default suffice for a persistent store that is served by one process at a time. The default of [`Self::lock`]
/// leaves it to the store to refuse a second process.
#[async_trait]
pub trait StoreDriver: Send + Sync {
    /// Checks a URL of this scheme; opens nothing. By default a path is required.
    ///
    /// # Errors
    /// What the URL must be, phrased to follow the name of the key, like `must be redb://PATH`. It MUST NOT repeat the URL, which may
    /// contain a password.
    fn validate(&self, url: &StoreUrl) -> Result<(), String> {
        if url.path().is_empty() { Err(format!("must be {}://PATH", url.scheme())) } else { Ok(()) }
    }

    /// Whether the store outlives the process, so that other processes can open it. By default it does; otherwise, commands that require it
    /// are refused.
    fn is_persistent(&self, _url: &StoreUrl) -> bool {
        true
    }

    /// Whether audits can read a copy of the store: [`StoreOptions::audit_url`]. By default they can't, and the option is refused.
    fn can_audit_a_copy(&self) -> bool {
        false
    }

    /// Whether the store exists. MUST NOT create or change anything: commands that need a store call this, so that a wrong path isn't taken
    /// for an empty store.
    ///
    /// # Errors
    /// If this can't be determined.
    async fn exists(&self, url: &StoreUrl) -> Result<bool, BoxError>;

    /// Opens the store; creates it if it doesn't exist, and migrates its schema. If the store allows several processes, this MUST work
    /// while another process serves it.
    ///
    /// # Errors
    /// If it can't be opened.
    async fn open(&self, url: &StoreUrl, options: &StoreOptions) -> Result<OpenStore, BoxError>;

    /// Acquires the lock for serving the store, before opening it; the process keeps the value until it exits. By default there is no lock.
    ///
    /// # Errors
    /// If another process holds the lock.
    async fn lock(&self, _url: &StoreUrl) -> Result<Box<dyn Any + Send>, BoxError> {
        Ok(Box::new(()))
    }

    /// Audits the store without changing it. MUST NOT create it or migrate its schema: missing parts are findings or an error. By default
    /// it opens the store and calls the audit port, which is correct if opening an existing store changes nothing that the audit would
    /// find.
    ///
    /// # Errors
    /// If the store doesn't exist or can't be read.
    async fn audit(&self, url: &StoreUrl, options: &StoreOptions) -> Result<Vec<Finding>, BoxError> {
        if !self.exists(url).await? {
            return Err(format!("there is no store at {url}").into());
        }
        let store = self.open(url, options).await?;
        let findings = store.ports.audit.audit().await;
        store.close().await;
        Ok(findings?)
    }

    /// Copies a consistent snapshot of the store to a new `file`, while a process serves it. MUST NOT overwrite a file. By default backups
    /// are unsupported.
    ///
    /// # Errors
    /// If the store doesn't exist or can't be copied; `file` is then not created.
    async fn back_up(&self, url: &StoreUrl, _file: &Path) -> Result<BackupOutcome, BoxError> {
        Ok(BackupOutcome::Unsupported(format!("this command can't back up stores of the scheme {}", url.scheme())))
    }
}

/// The outcome of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupOutcome {
    /// The copy is on the disk.
    Written {
        /// Its size.
        bytes: u64,
    },
    /// The store requires another way to make backups, described for the operator.
    Unsupported(String),
}

/// The configuration of stores of any scheme. A driver uses the options that apply to its store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreOptions {
    /// The number of connections for loads and commits: `database.command_connections`.
    pub command_connections: u32,
    /// The number of connections for other reads: `database.read_connections`.
    pub read_connections: u32,
    /// The time limit of an operator's command: `operators.deadline_milliseconds`.
    pub operator_timeout: Duration,
    /// The copy of the store that audits read instead of the store itself, such as a standby: `database.audit_url`. It is set only if the
    /// driver [supports this](StoreDriver::can_audit_a_copy).
    pub audit_url: Option<StoreUrl>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { command_connections: 6, read_connections: 4, operator_timeout: Duration::from_secs(30), audit_url: None }
    }
}
