//! The database file, and how its connections are opened.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use adapters_sql::SchemaError;
use migrations::{MigrationError, SQLITE};
use sea_orm::sqlx::ConnectOptions;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{Connection, Sqlite};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode, SqlxSqliteConnector};
use sea_orm::{TransactionOptions, TransactionTrait};
use thiserror::Error;

use crate::error::{Cause, cause};

/// How long a statement waits for the lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a task waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// The size that the write-ahead log is shrunk to: twice its usual size.
const WAL_LIMIT_BYTES: &str = "67108864";
/// How often opening is tried while other processes open the same new file.
const OPENINGS: u32 = 50;

/// The reason why a database can't be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// It isn't the name of a file; for a store in memory there is another adapter.
    #[error("{0:?} is not the name of an SQLite file")]
    NotAFile(String),
    /// The folder of the file can't be created.
    #[error("the folder {0:?} can't be created")]
    Folder(PathBuf, #[source] std::io::Error),
    /// There is no such file.
    #[error("there is no store at {0:?}")]
    Missing(PathBuf),
    /// The file contains no store of this release.
    #[error("the database {0:?} can't be used")]
    Unfit(PathBuf, #[source] SchemaError),
    /// The file can't be opened.
    #[error("the database {0:?} can't be opened")]
    Database(PathBuf, #[source] DbErr),
    /// The schema can't be migrated.
    #[error("the schema of the database {0:?} can't be migrated")]
    Schema(PathBuf, #[source] MigrationError),
}

/// The file of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatabaseFile(PathBuf);

impl DatabaseFile {
    /// Returns the file given as a path, or as a URL like `sqlite://data/frontrow.db`.
    pub(crate) fn named(name: &str) -> Result<Self, OpenError> {
        let not_a_file = || OpenError::NotAFile(name.to_owned());
        if !name.starts_with("sqlite:") {
            return if name.is_empty() || name.contains(":memory:") { Err(not_a_file()) } else { Ok(Self(name.into())) };
        }
        let options = SqliteConnectOptions::from_str(name).map_err(|_| not_a_file())?;
        let path = options.get_filename();
        let in_memory = name.contains(":memory:") || name.contains("mode=memory") || path.as_os_str().is_empty();
        if in_memory { Err(not_a_file()) } else { Ok(Self(path.to_owned())) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Creates the folder of the file.
    pub(crate) fn create_folder(&self) -> Result<(), OpenError> {
        let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.map_or(Ok(()), |folder| std::fs::create_dir_all(folder).map_err(|error| OpenError::Folder(folder.to_owned(), error)))
    }

    /// Opens the only connection that writes, and migrates the schema.
    pub(crate) async fn writer(&self) -> Result<DatabaseConnection, OpenError> {
        let options = self
            .options()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit is on the disk before it is acknowledged; on macOS fsync alone leaves it in the drive's cache.
            .synchronous(SqliteSynchronous::Full)
            .pragma("fullfsync", "on")
            // Pages: a page that many commits change is written back to the file once.
            .pragma("wal_autocheckpoint", "8000")
            // A log that grew during a long read shrinks to this size when it restarts.
            .pragma("journal_size_limit", WAL_LIMIT_BYTES);
        let mut openings = 0;
        loop {
            openings += 1;
            match connect(pool().max_connections(1).min_connections(1), options.clone()).await {
                // Switching a new file to WAL needs an exclusive lock, and SQLite does not wait for it.
                Err(error) if cause(&error) == Cause::Busy && openings < OPENINGS => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => return Err(OpenError::Database(self.0.clone(), error)),
                Ok(writer) => {
                    migrate(&writer).await.map_err(|error| OpenError::Schema(self.0.clone(), error))?;
                    return Ok(writer);
                }
            }
        }
    }

    /// Opens `size` connections that read.
    pub(crate) async fn readers(&self, size: u32) -> Result<DatabaseConnection, OpenError> {
        let options = self.options().read_only(true);
        connect(pool().max_connections(size).min_connections(size), options)
            .await
            .map_err(|error| OpenError::Database(self.0.clone(), error))
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.0)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "memory")
            .statement_cache_capacity(200)
            .row_buffer_size(4096)
            .disable_statement_logging()
    }
}

/// Begins a transaction that has the write lock from the start.
pub(crate) async fn begin_immediate(writer: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
    writer.begin_with_options(options).await
}

/// Commits `transaction` if `result` is `Ok`, and rolls it back otherwise.
pub(crate) async fn end<T>(transaction: DatabaseTransaction, result: Result<T, DbErr>) -> Result<T, DbErr> {
    match result {
        Ok(result) => transaction.commit().await.map(|()| result),
        Err(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
}

/// Migrates the schema. If several processes do so at once, one migrates and the others find the schema migrated.
async fn migrate(writer: &DatabaseConnection) -> Result<(), MigrationError> {
    let transaction = begin_immediate(writer).await?;
    SQLITE.up(&transaction, None).await?;
    Ok(transaction.commit().await?)
}

async fn connect(pool: PoolOptions<Sqlite>, options: SqliteConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let pool = pool.connect_with(options).await.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// Returns a pool that keeps its connections open. A connection that is returned inside a transaction, because neither COMMIT nor ROLLBACK
/// succeeded, is closed: its next writes would be acknowledged and lost.
fn pool() -> PoolOptions<Sqlite> {
    SqlitePoolOptions::new()
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                // Waits for a rollback that is still queued.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
}
