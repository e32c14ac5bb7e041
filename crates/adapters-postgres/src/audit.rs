//! The audit of a running store, or of a database.

use std::str::FromStr as _;
use std::sync::LazyLock;
use std::time::Duration;

use adapters_sql::{Schema, read_error};
use application::ports::{Audit, Finding, Invariant, ReadError};
use async_trait::async_trait;
use migrations::POSTGRES;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::{AccessMode, ConnectionTrait, DatabaseConnection, DbErr, IsolationLevel, SqlxPostgresConnector, TransactionTrait};

use crate::PostgresStore;
use crate::database::OpenError;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    migrations: POSTGRES.names().collect(),
    objects: POSTGRES.objects(),
    existing: "
        SELECT relname::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'i')
        UNION
        SELECT t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal",
});

/// A database that contains a store of this release, though perhaps a damaged one. Nothing in it is changed.
#[derive(Debug, Clone)]
pub struct PostgresDatabase(DatabaseConnection);

impl PostgresDatabase {
    /// Connects to the database with the given URL, for reading.
    ///
    /// # Errors
    /// [`OpenError`], also if it contains no store of this release.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url).map_err(OpenError::NotAUrl)?.application_name("frontrow audit");
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(3)).connect_with(options).await;
        let database = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.map_err(OpenError::Unreachable)?);
        SCHEMA.check(&database).await.map_err(|error| OpenError::Schema(error.into()))?.map_err(OpenError::Unfit)?;
        Ok(Self(database))
    }
}

#[async_trait]
impl Audit for PostgresDatabase {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        audit(&self.0).await.map_err(read_error)
    }

    async fn drift(&self) -> Result<i64, ReadError> {
        drift(&self.0).await.map_err(read_error)
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
    let snapshot = reads.begin_with_config(None, Some(AccessMode::ReadOnly)).await?;
    // Three sums over tables that grow with each sale.
    snapshot.execute_unprepared("SET LOCAL statement_timeout = '1min'").await?;
    let drift = adapters_sql::drift(&snapshot).await?;
    snapshot.rollback().await?;
    Ok(drift)
}

async fn audit(reads: &DatabaseConnection) -> Result<Vec<Finding>, DbErr> {
    let snapshot = reads.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?;
    // Reading all rows of all tables may take longer than any other statement may.
    snapshot.execute_unprepared("SET LOCAL statement_timeout = '10min'; SET LOCAL work_mem = '128MB'").await?;
    let mut findings = adapters_sql::audit(&snapshot, &SCHEMA).await?;
    findings.push(Finding { invariant: Invariant::FileIsIntact, violations: 0 });
    snapshot.rollback().await?;
    Ok(findings)
}
