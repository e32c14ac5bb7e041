//! Whether a database has the schema that this release requires: an empty or partly copied one must not pass the audit.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbErr, Statement};
use thiserror::Error;

/// Selects the applied migrations.
const APPLIED: &str = "SELECT version AS name FROM seaql_migrations";
/// The table of the applied migrations.
const HISTORY: &str = "seaql_migrations";

/// The schema of a store that is up to date.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The names of its migrations.
    pub migrations: Vec<&'static str>,
    /// Its tables, indexes and triggers, each with its table; a table with itself.
    pub objects: BTreeMap<&'static str, &'static str>,
    /// Selects the `name` of all existing tables, indexes and triggers.
    pub existing: &'static str,
}

/// The reason why a database can't be used as it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SchemaError {
    /// It contains no part of a store.
    #[error("it contains no store")]
    Empty,
    /// It was created by an older release.
    #[error("its schema is older than this release, which needs {0}: run frontrow migrate")]
    Older(String),
    /// It was created by a newer release.
    #[error("its schema is newer than this release: it has {0}")]
    Newer(String),
}

impl Schema {
    /// Returns the parts of the schema that are missing in a database.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn missing(&self, db: &impl ConnectionTrait) -> Result<BTreeSet<&'static str>, DbErr> {
        let there = names(db, self.existing).await?;
        Ok(self.objects.keys().copied().chain([HISTORY]).filter(|name| !there.contains(*name)).collect())
    }

    /// Whether tables are `missing`, not only indexes or triggers.
    #[must_use]
    pub fn lacks_tables(&self, missing: &BTreeSet<&'static str>) -> bool {
        missing.iter().any(|name| *name == HISTORY || self.objects.get(name) == Some(name))
    }

    /// Checks that a database contains a store of this release, though perhaps a damaged one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn check(&self, db: &impl ConnectionTrait) -> Result<Result<(), SchemaError>, DbErr> {
        let there = names(db, self.existing).await?;
        if !self.objects.keys().any(|name| there.contains(*name)) {
            return Ok(Err(SchemaError::Empty));
        }
        if !there.contains(HISTORY) {
            // Damaged: the audit reports it.
            return Ok(Ok(()));
        }
        let applied = names(db, APPLIED).await?;
        let needed: Vec<&str> = self.migrations.iter().copied().filter(|name| !applied.contains(*name)).collect();
        let unknown: Vec<&str> = applied.iter().map(String::as_str).filter(|name| !self.migrations.contains(name)).collect();
        Ok(match (needed.is_empty(), unknown.is_empty()) {
            (_, false) => Err(SchemaError::Newer(unknown.join(", "))),
            (false, true) => Err(SchemaError::Older(needed.join(", "))),
            (true, true) => Ok(()),
        })
    }
}

async fn names(db: &impl ConnectionTrait, sql: &str) -> Result<BTreeSet<String>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}
