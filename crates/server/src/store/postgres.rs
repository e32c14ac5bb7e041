//! `postgres://…`, the production store.

use std::path::Path;

use adapters_postgres::{PoolSize, PostgresDatabase, PostgresStore};
use application::ports::{Finding, PoolState};
use async_trait::async_trait;

use super::{BackupOutcome, BoxError, Connections, OpenStore, StoreDriver, StoreOptions, StoreUrl};

/// The default number of groups that are committed concurrently: while one waits for the disk, the other is decided.
pub(crate) const POSTGRES_LANES: usize = 2;

const FORM: &str = "must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password percent-encoded, like %40";
const BACKUP_ADVICE: &str = "a PostgreSQL store is backed up with PostgreSQL's own programs: pg_dump for a copy, \
    pg_basebackup and WAL archiving for point-in-time recovery; see docs/operations.md";

/// The driver of PostgreSQL databases. Any number of processes can serve one database.
pub(super) struct Postgres;

#[async_trait]
impl StoreDriver for Postgres {
    fn validate(&self, url: &StoreUrl) -> Result<(), String> {
        let is_absolute = url.as_str()[url.scheme().len()..].starts_with("://");
        if is_absolute && PostgresStore::understands(url.as_str()) { Ok(()) } else { Err(FORM.to_owned()) }
    }

    fn can_audit_a_copy(&self) -> bool {
        true
    }

    async fn exists(&self, url: &StoreUrl) -> Result<bool, BoxError> {
        Ok(PostgresStore::is_there(url.as_str()).await?)
    }

    async fn open(&self, url: &StoreUrl, options: &StoreOptions) -> Result<OpenStore, BoxError> {
        let StoreOptions { command_connections: commands, read_connections: reads, operator_timeout, .. } = *options;
        let store = PostgresStore::open(url.as_str(), PoolSize { commands, reads, operator_timeout }).await?;
        let store = match &options.audit_url {
            Some(url) => store.auditing(url.as_str())?,
            None => store,
        };
        Ok(OpenStore::new(store.ports(), store.clock()).with_lanes(POSTGRES_LANES).with_connections(store))
    }

    async fn audit(&self, url: &StoreUrl, options: &StoreOptions) -> Result<Vec<Finding>, BoxError> {
        let url = options.audit_url.as_ref().unwrap_or(url);
        Ok(PostgresDatabase::open(url.as_str()).await?.audit().await?)
    }

    async fn back_up(&self, _url: &StoreUrl, _file: &Path) -> Result<BackupOutcome, BoxError> {
        Ok(BackupOutcome::Unsupported(BACKUP_ADVICE.to_owned()))
    }
}

#[async_trait]
impl Connections for PostgresStore {
    fn pools(&self) -> Vec<PoolState> {
        Self::pools(self).into()
    }

    async fn close(&self) -> Result<(), BoxError> {
        Ok(Self::close(self).await?)
    }
}
