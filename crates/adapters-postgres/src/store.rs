//! The store: its connections and its clock, and the port of commands.

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

use crate::clock::DatabaseClock;
use crate::commit;
use crate::database::{self, Connections, OpenError, PoolSize, Pools, TIMEOUT};
use crate::load;
use crate::statements::READ_STATEMENTS;

/// Everything that Frontrow remembers, in a PostgreSQL database. It serves every port of persistence. Any number of
/// processes may serve one database.
///
/// Clones share the connections.
#[derive(Clone)]
pub struct PostgresStore {
    /// For loads and commits.
    pub(crate) commands: Connections,
    orders: Connections,
    pub(crate) reads: DatabaseConnection,
    pub(crate) health_check: Connections,
    /// Whether this process has given positions in the log: before that, it looks at all that has none.
    pub(crate) has_placed: Arc<AtomicBool>,
    time: Time,
}

/// Who tells the time.
#[derive(Clone)]
enum Time {
    /// The database; this clock follows it.
    Database(Arc<DatabaseClock>),
    /// A clock that somebody can move.
    Given(Arc<dyn Clock>),
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the database that a URL like `postgres://user:password@host:5432/frontrow` names, and brings its schema up to
    /// date. The database's clock is the store's.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(url: &str, size: PoolSize) -> Result<Self, OpenError> {
        let pools = Pools::open(url, size).await?;
        let asked = Instant::now();
        let now = ask(&pools.commands.pool).await.map_err(OpenError::Unreachable)?;
        let clock = DatabaseClock::new(now, asked, Instant::now());
        Ok(Self::over(pools, Time::Database(Arc::new(clock))))
    }

    /// As [`Self::open`], with `clock` in the place of the database's: for tests that move it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_with_clock(url: &str, size: PoolSize, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Ok(Self::over(Pools::open(url, size).await?, Time::Given(clock)))
    }

    fn over(Pools { commands, orders, reads, health_check }: Pools, time: Time) -> Self {
        Self { commands, orders, reads, health_check, has_placed: Arc::default(), time }
    }

    /// The same store for operators' commands: on a connection of their own, whose statements may take longer.
    fn for_orders(&self) -> Self {
        Self { commands: self.orders.clone(), ..self.clone() }
    }

    /// Whether `url` tells of a database; nobody is asked.
    #[must_use]
    pub fn understands(url: &str) -> bool {
        PgConnectOptions::from_str(url).is_ok()
    }

    /// Whether the database has a store in it. Nothing is changed.
    ///
    /// # Errors
    /// [`OpenError`] if it can't be asked.
    pub async fn is_there(url: &str) -> Result<bool, OpenError> {
        database::has_schema(url).await
    }

    /// The store's clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        match &self.time {
            Time::Database(clock) => clock.clone(),
            Time::Given(clock) => clock.clone(),
        }
    }

    /// The reading ports.
    pub fn reads(&self) -> Reads {
        Reads::new(self.reads.clone(), READ_STATEMENTS, TIMEOUT)
    }

    /// All ports of persistence, served by this store.
    pub fn ports(&self) -> Ports {
        let (store, reads) = (Arc::new(self.clone()), Arc::new(self.reads()));
        Ports {
            store: store.clone(),
            orders: Arc::new(self.for_orders()),
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
            log: store,
            is_shared: true,
        }
    }

    /// How its connections stand.
    #[must_use]
    pub fn pools(&self) -> [PoolState; 4] {
        let reads = self.reads.get_postgres_connection_pool();
        [("commands", &self.commands.pool), ("orders", &self.orders.pool), ("reads", reads), ("health_check", &self.health_check.pool)].map(
            |(name, pool)| {
                let (open, at_most) = (pool.size() as usize, pool.options().get_max_connections() as usize);
                PoolState { name, open, idle: pool.num_idle(), at_most }
            },
        )
    }

    /// Closes all connections, of clones too. What is committed is durable without it.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] if a connection doesn't close well.
    pub async fn close(&self) -> Result<(), ReadError> {
        self.health_check.pool.close().await;
        self.orders.pool.close().await;
        self.commands.pool.close().await;
        self.reads.close_by_ref().await.map_err(read_error)
    }

    /// The reading of the clock that statements are told; none: they ask the database's own.
    pub(crate) fn given_now(&self) -> Option<OffsetDateTime> {
        match &self.time {
            Time::Database(_) => None,
            Time::Given(clock) => Some(clock.now()),
        }
    }
}

/// What the database's clock says.
async fn ask(pool: &PgPool) -> Result<OffsetDateTime, sqlx::Error> {
    let row = sqlx::query("SELECT clock_micros() AS now").fetch_one(pool).await?;
    instant(row.try_get("now")?, "clock", "now").map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Waits for `task`, which runs to its end although the caller may be gone; none if it panicked.
async fn finished<T>(task: JoinHandle<T>) -> Option<T> {
    let lost = |panic| tracing::error!(error = &panic as &dyn std::error::Error, "work on the database was lost");
    task.await.map_err(lost).ok()
}

#[async_trait]
impl Store for PostgresStore {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        let (store, needs) = (self.clone(), needs.to_vec());
        let asked = Instant::now();
        let task = tokio::spawn(async move { load::load(&store.commands, store.given_now(), &needs).await });
        let lost = || Err(ReadError::Fault("the task that loads has ended".into()));
        let rows = finished(task).await.unwrap_or_else(lost)?;
        if let Time::Database(clock) = &self.time {
            clock.observe(rows.now, asked, Instant::now());
        }
        Ok(rows)
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let (store, group) = (self.clone(), changes.to_vec());
        let task = tokio::spawn(async move { commit::commit(&store.commands, store.given_now(), &group).await });
        let lost = || changes.iter().map(|_| Err(CommitError::Unknown("no answer".into()))).collect();
        finished(task).await.unwrap_or_else(lost)
    }
}
