//! A database file as it is: audited and copied, beside a running server or without one. Nothing is created, and nothing brought up to date.

use std::sync::LazyLock;

use adapters_sql::{Schema, read_error};
use application::ports::{Audit, Finding, Invariant, ReadError};
use async_trait::async_trait;
use migrations::SQLITE;
use sea_orm::{DatabaseConnection, DbErr, FromQueryResult, TransactionTrait};

use crate::database::{DatabaseFile, OpenError};
use crate::statement::find;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    migrations: SQLITE.names().collect(),
    objects: SQLITE.objects(),
    existing: "SELECT name FROM sqlite_master WHERE type IN ('table', 'index', 'trigger')",
});

/// At most so many faults of a file are counted.
const INTEGRITY: &str = "PRAGMA integrity_check(1000)";

/// A database file that has a store of this release in it, though perhaps a damaged one.
#[derive(Debug, Clone)]
pub struct SqliteFile {
    pub(crate) readers: DatabaseConnection,
}

impl SqliteFile {
    /// Opens the file that a path, or a URL like `sqlite://data/frontrow.db`, names, to read it.
    ///
    /// # Errors
    /// [`OpenError`], also if there is no such file, or no store of this release in it.
    pub async fn open(path_or_url: &str) -> Result<Self, OpenError> {
        let file = DatabaseFile::named(path_or_url)?;
        if !file.path().is_file() {
            return Err(OpenError::Missing(file.path().to_owned()));
        }
        let readers = file.readers(1).await?;
        let checked = SCHEMA.check(&readers).await.map_err(|error| OpenError::Database(file.path().to_owned(), error))?;
        checked.map_err(|error| OpenError::Unfit(file.path().to_owned(), error))?;
        Ok(Self { readers })
    }
}

#[async_trait]
impl Audit for SqliteFile {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        audit(&self.readers).await.map_err(read_error)
    }

    async fn drift(&self) -> Result<i64, ReadError> {
        adapters_sql::drift(&self.readers).await.map_err(read_error)
    }
}

#[derive(FromQueryResult)]
struct Verdict {
    integrity_check: String,
}

/// Checks the invariants, and that pages, indexes and rows of the file fit together: a copy that was made while the store lived may be torn.
pub(crate) async fn audit(readers: &DatabaseConnection) -> Result<Vec<Finding>, DbErr> {
    let snapshot = readers.begin().await?;
    let mut findings = adapters_sql::audit(&snapshot, &SCHEMA).await?;
    let verdicts: Vec<Verdict> = find(&snapshot, INTEGRITY, []).await?;
    let faults = verdicts.iter().filter(|verdict| verdict.integrity_check != "ok").count();
    findings.push(Finding { invariant: Invariant::FileIsIntact, violations: faults.try_into().unwrap_or(u64::MAX) });
    snapshot.rollback().await?;
    Ok(findings)
}
