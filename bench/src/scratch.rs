//! A database for one run, removed afterwards.

use anyhow::Context;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use tempfile::TempDir;
use testbed::Cluster;

use crate::process::Process;
use crate::row::Store;

pub(crate) struct Scratch {
    pub(crate) store: Store,
    pub(crate) url: String,
    /// The database's process, if it is not the server itself.
    pub(crate) process: Option<Process>,
    _location: Location,
}

/// The resource that is removed on drop.
enum Location {
    Folder { _folder: TempDir },
    Database { _database: testbed::Database },
}

impl Scratch {
    /// Creates an empty database of `cluster`.
    pub(crate) fn postgres(cluster: &Cluster) -> Self {
        let database = cluster.create_database();
        Self {
            store: Store::Postgres,
            url: database.url.clone(),
            process: Process::of_cluster(cluster),
            _location: Location::Database { _database: database },
        }
    }

    /// Names a file that does not exist yet.
    pub(crate) fn sqlite() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("frontrow.db").display());
        Ok(Self { store: Store::Sqlite, url, process: None, _location: Location::Folder { _folder: folder } })
    }

    /// Opens one connection, which creates the file if necessary.
    pub(crate) async fn connect(&self) -> anyhow::Result<DatabaseConnection> {
        let url = match self.store {
            Store::Postgres => self.url.clone(),
            Store::Sqlite => format!("{}?mode=rwc", self.url),
        };
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Database::connect(options).await.with_context(|| format!("no connection to {}", self.url))
    }
}
