//! Audits and copies a database file, with or without a running server. Nothing is created or migrated.

use std::sync::LazyLock;

use adapters_sql::{Schema, read_error};
use application::ports::{Finding, Invariant, ReadError};
use migrations::SQLITE;
use sea_orm::{DatabaseConnection, DbErr, FromQueryResult, TransactionTrait};

use crate::database::{DatabaseFile, OpenError};
use crate::statement::find;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    migrations: SQLITE.names().collect(),
    objects: SQLITE.objects(),
    existing: "SELECT name FROM sqlite_master WHERE type IN ('table', 'index', 'trigger')",
});

/// The number of faults that are counted is limited.
const INTEGRITY: &str = "PRAGMA integrity_check(1000)";

/// A database file that contains a store of this release, though perhaps a damaged one.
#[derive(Debug, Clone)]
pub struct SqliteFile {
    pub(crate) readers: DatabaseConnection,
}

impl SqliteFile {
    /// Opens the file given as a path, or as a URL like `sqlite://data/frontrow.db`, for reading.
    ///
    /// # Errors
    /// [`OpenError`], also if there is no such file, or it contains no store of this release.
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

    /// Checks each of [`Invariant::ALL`] on all rows, read at one instant.
    ///
    /// # Errors
    /// [`ReadError`] if the file can't be read.
    pub async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        audit(&self.readers).await.map_err(read_error)
    }
}

#[derive(FromQueryResult)]
struct Verdict {
    integrity_check: String,
}

/// Checks the invariants, and that pages, indexes and rows of the file are consistent: a file copied while the store was running may be
/// torn.
pub(crate) async fn audit(readers: &DatabaseConnection) -> Result<Vec<Finding>, DbErr> {
    let snapshot = readers.begin().await?;
    let mut findings = adapters_sql::audit(&snapshot, &SCHEMA).await?;
    let verdicts: Vec<Verdict> = find(&snapshot, INTEGRITY, []).await?;
    let faults = verdicts.iter().filter(|verdict| verdict.integrity_check != "ok").count();
    findings.push(Finding { invariant: Invariant::FileIsIntact, violations: faults.try_into().unwrap_or(u64::MAX) });
    snapshot.rollback().await?;
    Ok(findings)
}
