//! The store: its connections, its clock, and the command port.

use std::sync::Arc;
use std::time::Duration;

use adapters_sql::{ReadStatements, Reads, read_error};
use application::ports::{Audit, Clock, CommitError, Committed, Finding, LedgerCheck, PoolState, Ports, ReadError, Store};
use async_trait::async_trait;
use domain::{Change, Need, Rows};
use sea_orm::DatabaseConnection;

use crate::database::{DatabaseFile, OpenError};
use crate::last_write::LastWrite;
use crate::statements::{admin, audit_entry, reservation, seat, token};
use crate::{commit, file, load};

/// The number of connections for loads, and of those for queries.
pub(crate) const READERS: u32 = 4;
/// The maximum duration of a query, including the wait for a connection.
const TIMEOUT: Duration = Duration::from_secs(20);

const READ_STATEMENTS: ReadStatements = ReadStatements {
    reservation: reservation::SELECT_ONE,
    reservations_by_id: reservation::SELECT_BY_ID,
    reservations: reservation::SELECT_PAGE,
    live_tokens: token::SELECT_AFTER,
    queue_totals: admin::QUEUE_TOTALS,
    schedule_totals: admin::SCHEDULE_TOTALS,
    offered_seats: seat::SELECT_OFFERED,
    live_reservations: reservation::SELECT_LIVE,
    reservations_of_schedule: reservation::SELECT_OF_SCHEDULE,
    reservation_of_seat: reservation::SELECT_OF_SEAT,
    count_live_reservations: admin::COUNT_LIVE,
    users_named: admin::USERS_NAMED,
    tokens_of: admin::TOKENS_OF,
    audit_entries: audit_entry::SELECT_PAGE,
};

/// Frontrow's data in one SQLite file. It serves all persistence ports.
///
/// Clones share the connections.
#[derive(Clone)]
pub struct SqliteStore {
    pub(crate) writer: DatabaseConnection,
    /// For loads alone, so that no query delays a command.
    pub(crate) loads: DatabaseConnection,
    /// For queries.
    pub(crate) readers: DatabaseConnection,
    /// Used only by the health check.
    pub(crate) health_check: DatabaseConnection,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) last_write: LastWrite,
    /// For the connections of audits and ledger checks, which are opened on demand.
    file: DatabaseFile,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the database given as a path, or as a URL like `sqlite://data/frontrow.db`; creates the file and its folder, and migrates the
    /// schema. Any number of processes may open a file, even at once; only one may serve it: see [`ServeLock`](crate::ServeLock).
    ///
    /// # Errors
    /// [`OpenError`]; the file may have been created then.
    pub async fn open(path_or_url: &str, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let file = DatabaseFile::named(path_or_url)?;
        file.create_folder()?;
        let writer = file.writer().await?;
        let (loads, readers, health_check) = (file.readers(READERS).await?, file.readers(READERS).await?, file.readers(1).await?);
        Ok(Self { writer, loads, readers, health_check, clock, last_write: LastWrite::default(), file })
    }

    /// Returns the query ports.
    pub fn reads(&self) -> Reads {
        Reads::new(self.readers.clone(), READ_STATEMENTS, TIMEOUT)
    }

    /// Returns all persistence ports, served by this store.
    pub fn ports(&self) -> Ports {
        let (store, reads) = (Arc::new(self.clone()), Arc::new(self.reads()));
        Ports {
            store: store.clone(),
            operator_store: store.clone(),
            catalogue: reads.clone(),
            reservations: reads.clone(),
            wallets: reads.clone(),
            users: reads.clone(),
            tokens: reads.clone(),
            admin: reads,
            secrets: store.clone(),
            audit: store.clone(),
            housekeeping: store.clone(),
            health_check: store.clone(),
            log: store.clone(),
            sales: store,
            is_shared: false,
        }
    }

    /// Returns the state of its connection pools: the writer, the readers of loads and of queries, and the health check.
    #[must_use]
    pub fn pools(&self) -> [PoolState; 4] {
        let pools = [("commands", &self.writer), ("loads", &self.loads), ("reads", &self.readers), ("health_check", &self.health_check)];
        pools.map(|(name, connections)| {
            let pool = connections.get_sqlite_connection_pool();
            let (open, at_most) = (pool.size() as usize, pool.options().get_max_connections() as usize);
            PoolState { name, open, idle: pool.num_idle(), at_most }
        })
    }

    /// Closes all connections, including those of clones. Committed changes are durable without it.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] if closing a connection fails.
    pub async fn close(&self) -> Result<(), ReadError> {
        self.health_check.close_by_ref().await.map_err(read_error)?;
        self.readers.close_by_ref().await.map_err(read_error)?;
        self.loads.close_by_ref().await.map_err(read_error)?;
        self.writer.close_by_ref().await.map_err(read_error)
    }
}

impl SqliteStore {
    /// Opens a connection that only the caller uses, for reads that may take long.
    async fn reader(&self) -> Result<DatabaseConnection, ReadError> {
        self.file.readers(1).await.map_err(|error| ReadError::Unavailable(Box::new(error)))
    }
}

/// Work runs in a task to its end, even if the caller stops waiting: a transaction that has begun is ended.
#[async_trait]
impl Store for SqliteStore {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        let (store, needs) = (self.clone(), needs.to_vec());
        let loaded = tokio::spawn(async move { load::load(&store.loads, store.clock.as_ref(), &needs).await }).await;
        loaded.unwrap_or_else(|_| Err(ReadError::Fault("the loading task ended".into())))
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let (store, group) = (self.clone(), changes.to_vec());
        let committed = tokio::spawn(async move {
            let results = commit::commit(&store.writer, store.clock.as_ref(), &group).await;
            store.last_write.record(&results);
            results
        });
        let committed = committed.await;
        let lost = |_| changes.iter().map(|_| Err(CommitError::Unknown("the committing task ended".into()))).collect();
        committed.unwrap_or_else(lost)
    }
}

#[async_trait]
impl Audit for SqliteStore {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        let reader = self.reader().await?;
        let findings = file::audit(&reader).await.map_err(read_error)?;
        reader.close().await.map_err(read_error)?;
        Ok(findings)
    }

    /// One process serves the file: each check is a new one.
    async fn check_ledger(&self, _: Duration) -> Result<Option<LedgerCheck>, ReadError> {
        let reader = self.reader().await?;
        let at = self.clock.now();
        let drift = adapters_sql::drift(&reader).await.map_err(read_error)?;
        reader.close().await.map_err(read_error)?;
        Ok(Some(LedgerCheck { at, drift, is_new: true }))
    }
}
