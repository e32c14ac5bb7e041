//! A database as an earlier version left it.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use testbed::{Cluster, Database};

use crate::StoreKind;

/// A copy of such a database; removed when dropped.
pub struct Restored {
    /// Its URL.
    pub url: String,
    _folder: Option<TempDir>,
    _database: Option<Database>,
}

impl Restored {
    /// Restores the database that the folder `fixture` has for `store`.
    #[must_use]
    pub fn new(fixture: &Path, store: StoreKind) -> Self {
        match store {
            StoreKind::Memory => panic!("a store in memory has no database"),
            StoreKind::Sqlite => {
                let folder = TempDir::new().unwrap();
                let file = folder.path().join("frontrow.db");
                std::fs::copy(fixture.join("sqlite.db"), &file).unwrap();
                Self { url: format!("sqlite://{}", file.display()), _folder: Some(folder), _database: None }
            }
            StoreKind::Postgres => {
                let database = Cluster::shared().create_database();
                let mut psql = Command::new(Cluster::program("psql").expect("psql is installed"));
                psql.args(["-Xq", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-d", &database.url, "-f"]).arg(fixture.join("postgres.sql"));
                let restored = psql.output().unwrap();
                assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
                Self { url: database.url.clone(), _folder: None, _database: Some(database) }
            }
        }
    }
}
