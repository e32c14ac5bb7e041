//! The audit of a running store, or of a database; and the check of the ledger, of which one instance makes each.
//!
//! Both use connections of their own. An audit may read a standby instead of the primary.

use std::sync::LazyLock;
use std::time::Duration;

use adapters_sql::{Schema, instant, micros, read_error};
use application::ports::{Audit, Finding, Invariant, LedgerCheck, ReadError};
use async_trait::async_trait;
use migrations::POSTGRES;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, FromQueryResult, IsolationLevel, Statement, TransactionTrait,
};
use time::OffsetDateTime;

use crate::audit_connections::{connect, options};
use crate::database::OpenError;
use crate::{PostgresStore, error};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    migrations: POSTGRES.names().collect(),
    objects: POSTGRES.objects(),
    existing: "
        SELECT relname::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'i')
        UNION
        SELECT t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal",
});

/// The last check.
const LAST_CHECK: &str = "SELECT at, drift FROM ledger_checks";
/// The last check, locked for the next one; no row while another process makes that.
const LOCK_CHECK: &str = "SELECT at, drift FROM ledger_checks FOR UPDATE SKIP LOCKED";
const RECORD_CHECK: &str = "UPDATE ledger_checks SET at = $1, drift = $2";

/// A database that contains a store of this release, though perhaps a damaged one. Nothing in it is changed.
#[derive(Debug, Clone)]
pub struct PostgresDatabase(DatabaseConnection);

impl PostgresDatabase {
    /// Connects to the database with the given URL, for reading. It may be a standby.
    ///
    /// # Errors
    /// [`OpenError`], also if it contains no store of this release.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let database = connect(options(url)?).await.map_err(OpenError::Unreachable)?;
        SCHEMA.check(&database).await.map_err(|error| OpenError::Schema(error.into()))?.map_err(OpenError::Unfit)?;
        Ok(Self(database))
    }

    /// Checks each of [`Invariant::ALL`] on all rows, read at one instant.
    ///
    /// # Errors
    /// [`ReadError`] if the database can't be read.
    pub async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        audit(&self.0).await.map_err(read_error)
    }
}

#[async_trait]
impl Audit for PostgresStore {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        let connection = connect(self.audits.audited.clone()).await.map_err(error::read_error)?;
        let findings = audit(&connection).await.map_err(read_error)?;
        connection.close().await.map_err(read_error)?;
        Ok(findings)
    }

    async fn check_ledger(&self, max_age: Duration) -> Result<Option<LedgerCheck>, ReadError> {
        let last = find_check(&self.reads, LAST_CHECK).await.map_err(read_error)?;
        if let Some(recent) = last.as_ref().and_then(|row| row.younger_than(max_age, self.clock().now())) {
            return Ok(Some(recent));
        }
        let connection = connect(self.audits.primary.clone()).await.map_err(error::read_error)?;
        let check = self.sum_ledger(&connection, max_age).await.map_err(read_error)?;
        connection.close().await.map_err(read_error)?;
        match check {
            Some(check) => Ok(Some(check)),
            // Another process is summing: its result comes later.
            None => Ok(last.and_then(|row| row.check())),
        }
    }
}

impl PostgresStore {
    /// Sums and records the sum, unless another process has done so meanwhile; none if another process is doing so. The row is locked until
    /// the sum is recorded.
    async fn sum_ledger(&self, connection: &DatabaseConnection, max_age: Duration) -> Result<Option<LedgerCheck>, DbErr> {
        let transaction = connection.begin().await?;
        let Some(last) = find_check(&transaction, LOCK_CHECK).await? else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let at = self.clock().now();
        if let Some(recent) = last.younger_than(max_age, at) {
            transaction.rollback().await?;
            return Ok(Some(recent));
        }
        let drift = adapters_sql::drift(&transaction).await?;
        let record = Statement::from_sql_and_values(DbBackend::Postgres, RECORD_CHECK, [micros(at).into(), drift.into()]);
        transaction.execute_raw(record).await?;
        transaction.commit().await?;
        Ok(Some(LedgerCheck { at, drift, is_new: true }))
    }
}

/// The row of `ledger_checks`, which is empty before the first check.
#[derive(FromQueryResult)]
struct CheckRow {
    at: Option<i64>,
    drift: Option<i64>,
}

impl CheckRow {
    fn check(&self) -> Option<LedgerCheck> {
        let at = instant(self.at?, "ledger_checks", "at").ok()?;
        Some(LedgerCheck { at, drift: self.drift?, is_new: false })
    }

    /// Returns the check unless it is older than `max_age`, or was made by a clock that has been set back since.
    fn younger_than(&self, max_age: Duration, now: OffsetDateTime) -> Option<LedgerCheck> {
        self.check().filter(|check| (now - check.at).unsigned_abs() < max_age)
    }
}

async fn find_check(db: &impl ConnectionTrait, sql: &str) -> Result<Option<CheckRow>, DbErr> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    row.map(|row| CheckRow::from_query_result(&row, "")).transpose()
}

async fn audit(connection: &DatabaseConnection) -> Result<Vec<Finding>, DbErr> {
    let snapshot = connection.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?;
    let mut findings = adapters_sql::audit(&snapshot, &SCHEMA).await?;
    findings.push(Finding { invariant: Invariant::FileIsIntact, violations: 0 });
    snapshot.rollback().await?;
    Ok(findings)
}
