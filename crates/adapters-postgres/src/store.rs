//! The store: its connections and its clock, and the port of commands.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Instant;

use adapters_sql::{Reads, instant, read_error};
use application::ports::{Audit, Clock, CommitError, Committed, Finding, Load, PoolState, Ports, ReadError, Store};
use async_trait::async_trait;
use domain::{Change, Context};
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{self, PgPool, Row};
use sea_orm::{AccessMode, DatabaseConnection, DbErr, IsolationLevel, TransactionTrait};
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::clock::DatabaseClock;
use crate::commit::{self, Origin};
use crate::database::{self, OpenError, PoolSize, Pools, SILENCE};
use crate::load;
use crate::statements::READ_STATEMENTS;

/// Everything that Frontrow remembers, in a PostgreSQL database. It serves every port of persistence. Any number of
/// processes may serve one database.
///
/// Clones share the connections.
#[derive(Clone)]
pub struct PostgresStore {
    pub(crate) commands: PgPool,
    pub(crate) reads: DatabaseConnection,
    pub(crate) pulse: PgPool,
    /// Whose commits these are, for the change feed.
    pub(crate) instance: Uuid,
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
        f.debug_struct("PostgresStore").field("instance", &self.instance).finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the database that a URL like `postgres://user:password@host:5432/frontrow` names, and brings its schema up to
    /// date. The database's clock is the store's.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(url: &str, size: PoolSize) -> Result<Self, OpenError> {
        let Pools { commands, reads, pulse } = Pools::open(url, size).await?;
        let asked = Instant::now();
        let (now, instance) = ask(&commands).await.map_err(OpenError::Unreachable)?;
        let clock = DatabaseClock::new(now, asked, Instant::now());
        Ok(Self { commands, reads, pulse, instance, time: Time::Database(Arc::new(clock)) })
    }

    /// As [`Self::open`], with `clock` in the place of the database's: for tests that move it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_with_clock(url: &str, size: PoolSize, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let Pools { commands, reads, pulse } = Pools::open(url, size).await?;
        let (_, instance) = ask(&commands).await.map_err(OpenError::Unreachable)?;
        Ok(Self { commands, reads, pulse, instance, time: Time::Given(clock) })
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
        Reads::new(self.reads.clone(), READ_STATEMENTS, SILENCE)
    }

    /// All ports of persistence, served by this store.
    pub fn ports(&self) -> Ports {
        let (store, reads) = (Arc::new(self.clone()), Arc::new(self.reads()));
        Ports {
            store: store.clone(),
            catalogue: reads.clone(),
            bookings: reads.clone(),
            wallets: reads.clone(),
            users: reads.clone(),
            tokens: reads.clone(),
            desk: reads,
            secrets: store.clone(),
            programme: store.clone(),
            audit: store.clone(),
            housekeeping: store.clone(),
            pulse: store.clone(),
            feed: Some(store),
        }
    }

    /// How its connections stand.
    #[must_use]
    pub fn pools(&self) -> [PoolState; 3] {
        let reads = self.reads.get_postgres_connection_pool();
        [("commands", &self.commands), ("reads", reads), ("pulse", &self.pulse)].map(|(name, pool)| {
            let (open, at_most) = (pool.size() as usize, pool.options().get_max_connections() as usize);
            PoolState { name, open, idle: pool.num_idle(), at_most }
        })
    }

    /// Closes all connections, of clones too. What is committed is durable without it.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] if a connection doesn't close well.
    pub async fn close(&self) -> Result<(), ReadError> {
        self.pulse.close().await;
        self.commands.close().await;
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

/// What the database's clock says, and a name for this instance.
async fn ask(pool: &PgPool) -> Result<(OffsetDateTime, Uuid), sqlx::Error> {
    let row = sqlx::query("SELECT clock_micros() AS now, gen_random_uuid() AS instance").fetch_one(pool).await?;
    let now = instant(row.try_get("now")?, "clock", "now").map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok((now, row.try_get("instance")?))
}

/// Waits for `task`, which runs to its end although the caller may be gone; none if it panicked.
async fn finished<T>(task: JoinHandle<T>) -> Option<T> {
    let lost = |panic| tracing::error!(error = &panic as &dyn std::error::Error, "work on the database was lost");
    task.await.map_err(lost).ok()
}

#[async_trait]
impl Store for PostgresStore {
    async fn load(&self, loads: &[Load]) -> Vec<Result<Context, ReadError>> {
        let (store, wanted) = (self.clone(), loads.to_vec());
        let asked = Instant::now();
        let task = tokio::spawn(async move { load::load(&store.commands, store.given_now(), &wanted).await });
        let all = |error: &dyn Fn() -> ReadError| loads.iter().map(|_| Err(error())).collect();
        match finished(task).await {
            Some(Ok((now, contexts))) => {
                if let Time::Database(clock) = &self.time {
                    clock.observe(now, asked, Instant::now());
                }
                contexts
            }
            Some(Err(ReadError::Corrupt(what))) => all(&|| ReadError::Corrupt(what.clone())),
            Some(Err(ReadError::Unavailable(source))) => all(&|| ReadError::Unavailable(source.to_string().into())),
            Some(Err(ReadError::ReadOnly)) => all(&|| ReadError::ReadOnly),
            Some(Err(ReadError::Fault(source))) => all(&|| ReadError::Fault(source.to_string().into())),
            None => all(&|| ReadError::Fault("the task that loads has ended".into())),
        }
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let (store, group) = (self.clone(), changes.to_vec());
        let task = tokio::spawn(async move {
            let origin = Origin { now: store.given_now(), instance: store.instance };
            commit::commit(&store.commands, origin, &group).await
        });
        let unknown = || changes.iter().map(|_| Err(CommitError::Unknown("no answer".into()))).collect();
        finished(task).await.unwrap_or_else(unknown)
    }
}

#[async_trait]
impl Audit for PostgresStore {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        let reads = self.reads.clone();
        let audited = tokio::spawn(async move { audit(&reads).await }).await;
        audited.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }

    async fn drift(&self) -> Result<i64, ReadError> {
        let reads = self.reads.clone();
        let drift = tokio::spawn(async move { drift(&reads).await }).await;
        drift.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }
}

async fn drift(reads: &DatabaseConnection) -> Result<i64, DbErr> {
    use sea_orm::ConnectionTrait;
    let snapshot = reads.begin_with_config(None, Some(AccessMode::ReadOnly)).await?;
    // Three sums over tables that grow with every sale.
    snapshot.execute_unprepared("SET LOCAL statement_timeout = '1min'").await?;
    let drift = adapters_sql::drift(&snapshot).await?;
    snapshot.rollback().await?;
    Ok(drift)
}

async fn audit(reads: &DatabaseConnection) -> Result<Vec<Finding>, DbErr> {
    use sea_orm::ConnectionTrait;
    let snapshot = reads.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?;
    // All rows of all tables may take longer than any other statement may.
    snapshot.execute_unprepared("SET LOCAL statement_timeout = '10min'; SET LOCAL work_mem = '128MB'").await?;
    let findings = adapters_sql::audit(&snapshot).await?;
    snapshot.rollback().await?;
    Ok(findings)
}
