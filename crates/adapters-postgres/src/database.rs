//! Connections: how they are opened, configured and closed.

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use adapters_sql::SchemaError;
use migrations::{MigrationError, POSTGRES};
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{self, Connection, PgConnection, PgPool, Postgres};
use sea_orm::{ConnectionTrait, DatabaseConnection, SqlxPostgresConnector};
use thiserror::Error;
use tokio::time::timeout;

use crate::locked_rows::LockedRows;

/// How long a task waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the check of a returned connection may take.
const PING_TIMEOUT: Duration = Duration::from_millis(300);
/// A connection that has been idle for longer is checked before it is used.
const IDLE_TOO_LONG: Duration = Duration::from_secs(30);
/// The server ends a statement after this time; operators' statements have a limit of their own.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a group of users' commands waits for a row that another transaction has locked. Groups wait for each other for the time of a
/// commit; a session that locks a row for longer delays all commands of the group.
const LOCK_TIMEOUT: Duration = Duration::from_millis(300);
/// A connection that takes so much longer is considered dead and closed.
const SILENCE: Duration = Duration::from_secs(3);
/// The maximum time to the response of a statement.
pub(crate) const TIMEOUT: Duration = STATEMENT_TIMEOUT.saturating_add(SILENCE);
/// The advisory lock for migrations: a number that no other application uses.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_lock(7020720700010001)";

/// For loads and commits. The wanted keys are few and have an index, regardless of the current statistics: so the plan is made once and
/// always goes from the keys to the index, in the order of the statement.
pub(crate) const PLANNED_ONCE: [(&str, &str); 9] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_material", "off"),
    ("enable_memoize", "off"),
    ("join_collapse_limit", "1"),
    ("jit", "off"),
];

/// The reason why a database can't be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The text isn't the URL of a PostgreSQL database.
    #[error("not the URL of a PostgreSQL database, such as postgres://user:password@host:5432/frontrow")]
    NotAUrl(#[source] sqlx::Error),
    /// The server can't be reached, or refuses the connection.
    #[error("the database can't be reached")]
    Unreachable(#[source] sqlx::Error),
    /// The server acknowledges commits that a crash may lose.
    #[error("synchronous_commit is {0} for this role or database: acknowledged commits could be lost; it must be on or remote_apply")]
    NotDurable(String),
    /// The schema can't be read or migrated.
    #[error("the schema can't be read or migrated")]
    Schema(#[source] MigrationError),
    /// It contains no store of this release.
    #[error("the database can't be used: {0}")]
    Unfit(SchemaError),
}

/// The number of connections of a store, and the time limit of operators' statements. Two more connections are used: one for operators'
/// commands, one for the health check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSize {
    /// For loads, commits and searches.
    pub commands: u32,
    /// For other reads.
    pub reads: u32,
    /// The server ends a statement of an operator's command after this time: laying out 50,000 seats takes longer than a statement of a
    /// user's request may.
    pub operator_timeout: Duration,
}

impl Default for PoolSize {
    fn default() -> Self {
        Self { commands: 6, reads: 4, operator_timeout: Duration::from_secs(30) }
    }
}

/// Connections for one purpose.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pub(crate) pool: PgPool,
    /// The maximum time to a response.
    timeout_after: Duration,
    /// The rows that commits on these connections recently found locked.
    pub(crate) locked_rows: LockedRows,
}

impl Connections {
    fn new(pool: PgPool, timeout_after: Duration) -> Self {
        Self { pool, timeout_after, locked_rows: LockedRows::default() }
    }

    /// Returns the result of `query`. If there is no response in time, the outcome is unknown, and the connection is closed.
    pub(crate) async fn within<T>(&self, query: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
        timeout(self.timeout_after, query).await.unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))
    }
}

/// The connection pools of a store whose schema is current.
pub(crate) struct Pools {
    /// For loads and commits: statements over sets that are planned once.
    pub(crate) commands: Connections,
    /// For the loads and commits of operators' commands.
    pub(crate) operators: Connections,
    /// For all other reads.
    pub(crate) reads: DatabaseConnection,
    /// Used only by the health check.
    pub(crate) health_check: Connections,
}

impl Pools {
    pub(crate) async fn open(url: &str, size: PoolSize) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url).map_err(OpenError::NotAUrl)?.application_name("frontrow");
        let statement_timeout = |limit: Duration| ("statement_timeout", format!("{}ms", limit.as_millis()));
        let options = options.options([statement_timeout(STATEMENT_TIMEOUT)]).options([
            // Limits are set in the server: a client that stops waiting leaves its statement running.
            ("lock_timeout", "1s"),
            ("idle_in_transaction_session_timeout", "10s"),
            // The server detects clients that are gone.
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
            ("default_transaction_isolation", "read committed"),
        ]);
        migrate(&options).await?;
        let breaks = Breaks::default();
        let planned_once = options.clone().statement_cache_capacity(64).options(PLANNED_ONCE);
        let impatient = planned_once.clone().options([("lock_timeout", format!("{}ms", LOCK_TIMEOUT.as_millis()))]);
        let commands = for_statements(size.commands, &breaks).connect_with(impatient).await.map_err(OpenError::Unreachable)?;
        let patient = planned_once.options([statement_timeout(size.operator_timeout)]);
        let operators = for_statements(1, &breaks).connect_with(patient).await.map_err(OpenError::Unreachable)?;
        // This pool also accepts a standby, so that the health check can report one.
        let health_check = fit(pool(1, &breaks), &breaks).connect_with(options.clone()).await.map_err(OpenError::Unreachable)?;
        let reads = fit(writable(pool(size.reads, &breaks)), &breaks).connect_with(options).await.map_err(OpenError::Unreachable)?;
        Ok(Self {
            commands: Connections::new(commands, TIMEOUT),
            operators: Connections::new(operators, size.operator_timeout.saturating_add(SILENCE)),
            reads: SqlxPostgresConnector::from_sqlx_postgres_pool(reads),
            health_check: Connections::new(health_check, TIMEOUT),
        })
    }
}

/// Whether there is a schema.
pub(crate) async fn has_schema(url: &str) -> Result<bool, OpenError> {
    use sqlx::{ConnectOptions, Row};
    let options = PgConnectOptions::from_str(url).map_err(OpenError::NotAUrl)?;
    let mut connection = options.connect().await.map_err(OpenError::Unreachable)?;
    let row = sqlx::query("SELECT to_regclass('queue_tokens') IS NOT NULL AS there").fetch_one(&mut connection).await;
    let there = row.and_then(|row| row.try_get("there")).map_err(OpenError::Unreachable)?;
    connection.close().await.map_err(OpenError::Unreachable)?;
    Ok(there)
}

/// Migrates the schema of a database with durable commits. If several processes do so at once, one migrates and the others find the schema
/// migrated.
async fn migrate(options: &PgConnectOptions) -> Result<(), OpenError> {
    // Waiting for the migration of another process may take longer than other statements may.
    let patient = options.clone().options([("statement_timeout", "0"), ("lock_timeout", "10min")]);
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT).connect_with(patient).await;
    let pool = pool.map_err(OpenError::Unreachable)?;
    must_be_durable(&pool).await?;
    let database = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    let migrated = async {
        // Held by the only connection until it is closed. Each script is a transaction of its own, so that no table is locked longer than
        // its script takes.
        database.execute_unprepared(MIGRATION_LOCK).await?;
        POSTGRES.up(&database, None).await?;
        database.close().await?;
        Ok(())
    };
    migrated.await.map_err(OpenError::Schema)
}

/// Refuses a server that acknowledges commits that a crash may lose; warns about a server that a power failure may damage.
async fn must_be_durable(pool: &PgPool) -> Result<(), OpenError> {
    use sqlx::Row;
    const SETTINGS: &str = "SELECT current_setting('synchronous_commit') AS synchronous_commit,
        current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on' AS survives_power_cuts";
    let mut connection = pool.acquire().await.map_err(OpenError::Unreachable)?;
    let settings = sqlx::query(SETTINGS).fetch_one(&mut *connection).await.map_err(OpenError::Unreachable)?;
    if !settings.try_get("survives_power_cuts").map_err(OpenError::Unreachable)? {
        tracing::warn!("fsync or full_page_writes is off: a power failure may damage the database");
    }
    if is_durable(&mut connection).await.map_err(OpenError::Unreachable)? {
        Ok(())
    } else {
        Err(OpenError::NotDurable(settings.try_get("synchronous_commit").map_err(OpenError::Unreachable)?))
    }
}

/// Returns a pool for loads and commits. Each of its statements is a transaction of its own, so the check of a connection is a ping.
fn for_statements(size: u32, breaks: &Breaks) -> PoolOptions<Postgres> {
    let (heard, lifetimes) = (breaks.clone(), Lifetimes::default());
    writable(pool(size, breaks)).after_release(move |connection, meta| {
        let (breaks, is_old) = (heard.clone(), lifetimes.must_end(meta.age));
        Box::pin(async move { Ok(!is_old && breaks.recording(is_there(connection)).await?) })
    })
}

/// Returns a pool that closes returned connections that are not fit for use, or whose check fails or times out.
fn fit(pool: PoolOptions<Postgres>, breaks: &Breaks) -> PoolOptions<Postgres> {
    let (breaks, lifetimes) = (breaks.clone(), Lifetimes::default());
    pool.after_release(move |connection, meta| {
        let (breaks, is_old) = (breaks.clone(), lifetimes.must_end(meta.age));
        Box::pin(async move { Ok(!is_old && breaks.recording(is_fit(connection)).await?) })
    })
}

/// Returns a pool that keeps all its connections open, so that none need be opened under load.
fn pool(size: u32, breaks: &Breaks) -> PoolOptions<Postgres> {
    let breaks = breaks.clone();
    PgPoolOptions::new()
        .max_connections(size)
        .min_connections(size)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(move |connection, meta| {
            let breaks = breaks.clone();
            Box::pin(async move {
                let is_doubtful = meta.idle_for > IDLE_TOO_LONG || breaks.includes(meta.idle_for);
                if is_doubtful { breaks.recording(is_there(connection)).await } else { Ok(true) }
            })
        })
}

/// Returns a pool that opens no connection to a standby, nor one whose commits could be lost: the settings of a role or database may have
/// changed.
fn writable(pool: PoolOptions<Postgres>) -> PoolOptions<Postgres> {
    let refused = |why: &str| Err(sqlx::Error::Protocol(why.to_owned()));
    pool.after_connect(move |connection, _| {
        Box::pin(async move {
            match (is_fit(connection).await?, is_durable(connection).await?) {
                (true, true) => log_no_statements(connection).await,
                (true, false) => refused(NOT_DURABLE),
                (false, _) => refused(READ_ONLY),
            }
        })
    })
}

/// Excludes the text of failed statements from the server's log, if this role may do so: a conflict is an error, and the text of a group's
/// statement has several kilobytes. `docs/operations.md` tells how to allow it to the role.
async fn log_no_statements(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    use sqlx::Executor;
    const QUIET: &str = "SELECT set_config('log_min_error_statement', 'panic', false)
        WHERE has_parameter_privilege('log_min_error_statement', 'SET')";
    connection.execute(sqlx::raw_sql(QUIET)).await.map(drop)
}

/// The lifetimes of the connections of a pool: a connection is replaced after an hour, but no two at the same time. They were opened
/// together, and would be reopened together under load.
#[derive(Debug, Clone, Default)]
struct Lifetimes(Arc<Mutex<Option<Instant>>>);

impl Lifetimes {
    const MAX: Duration = Duration::from_hours(1);
    /// The minimum time between the ends of two connections.
    const INTERVAL: Duration = Duration::from_secs(10);

    /// Whether a connection of this age must be closed now.
    fn must_end(&self, age: Duration) -> bool {
        if age < Self::MAX {
            return false;
        }
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_next = last.is_none_or(|last| last.elapsed() >= Self::INTERVAL);
        if is_next {
            *last = Some(Instant::now());
        }
        is_next
    }
}

/// The last time when a connection of any pool was found broken. Connections that were idle then may be broken, too: they are checked
/// before they are used, so that a restart of the server fails one request, not one per connection.
#[derive(Debug, Clone, Default)]
struct Breaks(Arc<Mutex<Option<Instant>>>);

impl Breaks {
    /// Whether a connection that has been idle for `idle` was idle at the last break.
    fn includes(&self, idle: Duration) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|last| last.elapsed() <= idle)
    }

    /// Returns the result of `test`. A connection whose test fails or times out is recorded as broken.
    async fn recording(&self, test: impl Future<Output = Result<bool, sqlx::Error>>) -> Result<bool, sqlx::Error> {
        let tested = timeout(PING_TIMEOUT, test).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        if tested.is_err() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        tested
    }
}

async fn is_there(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    connection.ping().await.map(|()| true)
}

const READ_ONLY: &str = "the server is read-only: it is a standby";
const NOT_DURABLE: &str = "synchronous_commit is neither on nor remote_apply: acknowledged commits could be lost";

/// Whether commits on this connection survive a crash and, with a synchronous standby, a failover.
pub(crate) async fn is_durable(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    use sqlx::{Executor, Row};
    const DURABLE: &str = "SELECT current_setting('synchronous_commit') IN ('on', 'remote_apply') AS durable";
    let row = connection.fetch_one(sqlx::raw_sql(DURABLE)).await?;
    Ok(row.try_get_unchecked::<&str, _>("durable").is_ok_and(|durable| durable == "t"))
}

/// Whether a connection may be used again: its server responds, it is outside of a transaction (a driver may leave one open whose BEGIN was
/// cancelled, and the next write on it would be acknowledged and lost), and it can write (after a failover old connections lead to a
/// standby). In the simple protocol, a statement outside of a transaction starts one of its own.
pub(crate) async fn is_fit(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    use sqlx::{Executor, Row};
    const FIT: &str = "SELECT now() = statement_timestamp() AND current_setting('transaction_read_only') = 'off' AS fit";
    let row = connection.fetch_one(sqlx::raw_sql(FIT)).await?;
    // The simple protocol returns text.
    Ok(row.try_get_unchecked::<&str, _>("fit").is_ok_and(|fit| fit == "t"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_connections_end_one_after_another() {
        let lifetimes = Lifetimes::default();
        let (young, old) = (Lifetimes::MAX / 2, Lifetimes::MAX);
        assert_eq!([young, old, old, old].map(|age| lifetimes.must_end(age)), [false, true, false, false]);
        *lifetimes.0.lock().unwrap() = Instant::now().checked_sub(Lifetimes::INTERVAL);
        assert_eq!([old, old].map(|age| lifetimes.must_end(age)), [true, false]);
    }
}
