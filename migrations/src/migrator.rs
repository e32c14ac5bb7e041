//! Runs the scripts that a database lacks, and reverts those that it has.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, TransactionSession, TransactionTrait};
use thiserror::Error;

use crate::{objects, user_search_keys};

/// The records of applied migrations. The name and the columns are those of sea-orm-migration, which earlier releases used.
const CREATE_RECORDS: &str =
    "CREATE TABLE IF NOT EXISTS seaql_migrations (version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL)";

/// A step of the schema, up and down.
#[derive(Debug)]
pub(crate) struct Script {
    /// The number and name of its files.
    pub(crate) name: &'static str,
    /// The script that applies it.
    pub(crate) up: &'static str,
    /// The script that reverts it.
    pub(crate) down: &'static str,
    /// Rows to be written after the `up` script that SQL can't compute.
    pub(crate) fill: &'static [Fill],
}

/// Rows that only the domain can compute.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fill {
    /// The search keys of existing users.
    UserSearchKeys,
}

/// The scripts of one dialect, in order.
#[derive(Debug, Clone, Copy)]
pub struct Migrator {
    scripts: &'static [Script],
}

/// The schema can't be changed; scripts that ran before are kept.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// A newer release has changed the schema.
    #[error("the database has migration {0:?}, which this release does not know: it was written by a newer release")]
    Unknown(String),
    /// A script failed.
    #[error("migration {name} failed")]
    Script {
        /// The name of the script.
        name: &'static str,
        /// The error of the database.
        #[source]
        source: DbErr,
    },
    /// Another statement failed: the records of applied migrations, or a transaction.
    #[error("the database returned an error")]
    Database(#[from] DbErr),
}

impl Migrator {
    pub(crate) const fn new(scripts: &'static [Script]) -> Self {
        Self { scripts }
    }

    /// Returns the names of all scripts, in order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.scripts.iter().map(|script| script.name)
    }

    /// Returns the tables of the current schema, and their indexes and triggers, each with its table; a table with itself.
    #[must_use]
    pub fn objects(self) -> BTreeMap<&'static str, &'static str> {
        objects::created_by(self.scripts.iter().map(|script| script.up))
    }

    /// Runs the scripts that `database` lacks, at most `steps` of them. A script and its record are one transaction.
    ///
    /// # Errors
    /// [`MigrationError`]; scripts that ran before the failed one are kept, the failed one is rolled back.
    pub async fn up<C: ConnectionTrait + TransactionTrait>(self, database: &C, steps: Option<usize>) -> Result<(), MigrationError> {
        let applied = self.applied(database).await?;
        let missing = self.scripts.iter().filter(|script| !applied.contains(script.name));
        for script in missing.take(steps.unwrap_or(usize::MAX)) {
            let now = match database.get_database_backend() {
                DbBackend::Postgres => "extract(epoch FROM now())::bigint",
                _ => "unixepoch()",
            };
            let record = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{}', {now})", script.name);
            run(database, script.name, script.up, script.fill, &record).await?;
        }
        Ok(())
    }

    /// Reverts the scripts that `database` has, newest first, at most `steps` of them.
    ///
    /// # Errors
    /// Those of [`Self::up`].
    pub async fn down<C: ConnectionTrait + TransactionTrait>(self, database: &C, steps: Option<usize>) -> Result<(), MigrationError> {
        let applied = self.applied(database).await?;
        let present = self.scripts.iter().rev().filter(|script| applied.contains(script.name));
        for script in present.take(steps.unwrap_or(usize::MAX)) {
            let record = format!("DELETE FROM seaql_migrations WHERE version = '{}'", script.name);
            run(database, script.name, script.down, &[], &record).await?;
        }
        Ok(())
    }

    /// Returns the names of the scripts that `database` has.
    async fn applied<C: ConnectionTrait>(self, database: &C) -> Result<BTreeSet<String>, MigrationError> {
        database.execute_unprepared(CREATE_RECORDS).await?;
        let select = Statement::from_string(database.get_database_backend(), "SELECT version FROM seaql_migrations ORDER BY version");
        let rows = database.query_all_raw(select).await?;
        let applied = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<BTreeSet<String>, _>>()?;
        match applied.iter().find(|name| !self.scripts.iter().any(|script| script.name == *name)) {
            Some(unknown) => Err(MigrationError::Unknown(unknown.clone())),
            None => Ok(applied),
        }
    }
}

/// Runs `script`, `fills` and `record` in one transaction.
async fn run<C: TransactionTrait>(
    database: &C,
    name: &'static str,
    script: &str,
    fills: &[Fill],
    record: &str,
) -> Result<(), MigrationError> {
    let all = async {
        let transaction = database.begin().await?;
        transaction.execute_unprepared(script).await?;
        for fill in fills {
            match fill {
                Fill::UserSearchKeys => user_search_keys::fill(&transaction).await?,
            }
        }
        transaction.execute_unprepared(record).await?;
        transaction.commit().await
    };
    all.await.map_err(|source| MigrationError::Script { name, source })
}
