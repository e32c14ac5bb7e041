//! The store: its connections, its clock, and the command port.

use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use adapters_sql::{Reads, instant, read_error};
use application::ports::{Clock, CommitError, Committed, PoolState, Ports, ReadError, Store};
use async_trait::async_trait;
use domain::{Change, Need, Rows};
use sea_orm::DatabaseConnection;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{self, PgPool, Row};
use time::OffsetDateTime;
use tokio::task::JoinHandle;

use crate::audit_connections::AuditConnections;
use crate::clock::DatabaseClock;
use crate::commit;
use crate::database::{self, Connections, OpenError, PoolSize, Pools, TIMEOUT};
use crate::load;
use crate::statements::READ_STATEMENTS;

/// Frontrow's data in a PostgreSQL database. It serves all persistence ports. Any number of processes may serve one database.
///
/// Clones share the connections.
#[derive(Clone)]
pub struct PostgresStore {
    /// For loads and commits.
    pub(crate) commands: Connections,
    operators: Connections,
    pub(crate) reads: DatabaseConnection,
    pub(crate) health_check: Connections,
    /// Whether this process has assigned positions in the log: until then, it checks all events without positions.
    pub(crate) has_placed: Arc<AtomicBool>,
    /// For audits and ledger checks.
    pub(crate) audits: AuditConnections,
    time: Time,
}

/// The source of the time.
#[derive(Clone)]
enum Time {
    /// The database's clock, which this clock follows.
    Database(Arc<DatabaseClock>),
    /// A clock that a test can set.
    Given(Arc<dyn Clock>),
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the database with a URL like `postgres://user:password@host:5432/frontrow`, and migrates its schema. The store uses the
    /// database's clock.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(url: &str, size: PoolSize) -> Result<Self, OpenError> {
        let pools = Pools::open(url, size).await?;
        let sent = Instant::now();
        let now = read_clock(&pools.commands.pool).await.map_err(OpenError::Unreachable)?;
        let clock = DatabaseClock::new(now, sent, Instant::now());
        Ok(Self::over(pools, AuditConnections::to(url)?, Time::Database(Arc::new(clock))))
    }

    /// Like [`Self::open`], with `clock` instead of the database's: for tests that set it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_with_clock(url: &str, size: PoolSize, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Ok(Self::over(Pools::open(url, size).await?, AuditConnections::to(url)?, Time::Given(clock)))
    }

    fn over(Pools { commands, operators, reads, health_check }: Pools, audits: AuditConnections, time: Time) -> Self {
        Self { commands, operators, reads, health_check, has_placed: Arc::default(), audits, time }
    }

    /// Returns the store with audits that read the database at `url`, a standby of its own database. No connection is made.
    ///
    /// # Errors
    /// [`OpenError::NotAUrl`].
    pub fn auditing(self, url: &str) -> Result<Self, OpenError> {
        Ok(Self { audits: self.audits.auditing(url)?, ..self })
    }

    /// Returns the same store for operators' commands: on a dedicated connection, whose statements may take longer.
    fn for_operators(&self) -> Self {
        Self { commands: self.operators.clone(), ..self.clone() }
    }

    /// Whether `url` is the URL of a database; makes no connection.
    #[must_use]
    pub fn understands(url: &str) -> bool {
        PgConnectOptions::from_str(url).is_ok()
    }

    /// Whether the database contains a store. Nothing is changed.
    ///
    /// # Errors
    /// [`OpenError`] if it can't be determined.
    pub async fn is_there(url: &str) -> Result<bool, OpenError> {
        database::has_schema(url).await
    }

    /// Returns the store's clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        match &self.time {
            Time::Database(clock) => clock.clone(),
            Time::Given(clock) => clock.clone(),
        }
    }

    /// Returns the query ports.
    pub fn reads(&self) -> Reads {
        Reads::new(self.reads.clone(), READ_STATEMENTS, TIMEOUT)
    }

    /// Returns all persistence ports, served by this store.
    pub fn ports(&self) -> Ports {
        let (store, reads) = (Arc::new(self.clone()), Arc::new(self.reads()));
        Ports {
            store: store.clone(),
            operator_store: Arc::new(self.for_operators()),
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
            is_shared: true,
        }
    }

    /// Returns the state of its connection pools.
    #[must_use]
    pub fn pools(&self) -> [PoolState; 4] {
        let reads = self.reads.get_postgres_connection_pool();
        [
            ("commands", &self.commands.pool),
            ("operators", &self.operators.pool),
            ("reads", reads),
            ("health_check", &self.health_check.pool),
        ]
        .map(|(name, pool)| {
            let (open, at_most) = (pool.size() as usize, pool.options().get_max_connections() as usize);
            PoolState { name, open, idle: pool.num_idle(), at_most }
        })
    }

    /// Closes all connections, including those of clones. Committed changes are durable without it.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] if closing a connection fails.
    pub async fn close(&self) -> Result<(), ReadError> {
        self.health_check.pool.close().await;
        self.operators.pool.close().await;
        self.commands.pool.close().await;
        self.reads.close_by_ref().await.map_err(read_error)
    }

    /// Returns the reading of the given clock for statements; none: they use the database's clock.
    pub(crate) fn given_now(&self) -> Option<OffsetDateTime> {
        match &self.time {
            Time::Database(_) => None,
            Time::Given(clock) => Some(clock.now()),
        }
    }
}

/// Returns the reading of the database's clock.
async fn read_clock(pool: &PgPool) -> Result<OffsetDateTime, sqlx::Error> {
    let row = sqlx::query("SELECT clock_micros() AS now").fetch_one(pool).await?;
    instant(row.try_get("now")?, "clock", "now").map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Waits for `task`, which runs to its end even if the caller stops waiting; none if it panicked.
async fn finished<T>(task: JoinHandle<T>) -> Option<T> {
    let lost = |panic| tracing::error!(error = &panic as &dyn std::error::Error, "a task on the database panicked");
    task.await.map_err(lost).ok()
}

#[async_trait]
impl Store for PostgresStore {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        let (store, needs) = (self.clone(), needs.to_vec());
        let sent = Instant::now();
        let task = tokio::spawn(async move { load::load(&store.commands, store.given_now(), &needs).await });
        let lost = || Err(ReadError::Fault("the loading task ended".into()));
        let rows = finished(task).await.unwrap_or_else(lost)?;
        if let Time::Database(clock) = &self.time {
            clock.observe(rows.now, sent, Instant::now());
        }
        Ok(rows)
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let (store, group) = (self.clone(), changes.to_vec());
        let task = tokio::spawn(async move { commit::commit(&store.commands, store.given_now(), &group).await });
        let lost = || changes.iter().map(|_| Err(CommitError::Unknown("the committing task ended".into()))).collect();
        finished(task).await.unwrap_or_else(lost)
    }
}
