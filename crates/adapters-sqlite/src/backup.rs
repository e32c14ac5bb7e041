//! A consistent copy of a database file that is made while its server runs, without blocking or waiting for it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DbErr};
use thiserror::Error;

use crate::database::OpenError;
use crate::file::SqliteFile;
use crate::statement::statement;

/// Unlike SQLite's backup interface, it isn't restarted whenever another process commits.
const COPY: &str = "VACUUM INTO ?1";

/// The reason why there is no copy.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The target exists; it is not overwritten.
    #[error("{0:?} exists: a backup does not overwrite files")]
    Exists(PathBuf),
    /// The copy can't be written.
    #[error("{0:?} can't be written")]
    Io(PathBuf, #[source] io::Error),
    /// The database can't be copied.
    #[error("the database can't be copied to {0:?}")]
    Copy(PathBuf, #[source] DbErr),
    /// The copy isn't a valid store.
    #[error("the copy {0:?} can't be opened")]
    Broken(PathBuf, #[source] OpenError),
}

impl SqliteFile {
    /// Copies the database to `target`, as of one instant, and returns the size of the copy in bytes. The copy is durable before it gets
    /// its name, and only its owner may read it: it contains the issuer's secret.
    ///
    /// # Errors
    /// [`BackupError`]; `target` then does not exist, unless it existed before.
    pub async fn back_up(&self, target: &Path) -> Result<u64, BackupError> {
        if target.exists() {
            return Err(BackupError::Exists(target.to_owned()));
        }
        let unfinished = beside(target);
        let io = |error: io::Error| BackupError::Io(unfinished.clone(), error);
        create(&unfinished).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(unfinished.clone()),
            _ => io(error),
        })?;
        let copied = self.copy(&unfinished).await;
        if let Err(error) = copied {
            fs::remove_file(&unfinished).map_err(io)?;
            return Err(error);
        }
        let file = File::open(&unfinished).map_err(io)?;
        file.sync_all().map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        fs::rename(&unfinished, target).map_err(io)?;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| BackupError::Io(folder.to_owned(), error))?;
        Ok(size)
    }

    async fn copy(&self, to: &Path) -> Result<(), BackupError> {
        let name = to.to_str().ok_or_else(|| BackupError::Io(to.to_owned(), io::ErrorKind::InvalidFilename.into()))?;
        let copied = self.readers.execute_raw(statement(COPY, [name.into()])).await;
        copied.map_err(|error| BackupError::Copy(to.to_owned(), error))?;
        let copy = Self::open(name).await.map_err(|error| BackupError::Broken(to.to_owned(), error))?;
        copy.readers.close().await.map_err(|error| BackupError::Copy(to.to_owned(), error))
    }
}

/// Returns the name of an unfinished copy.
fn beside(target: &Path) -> PathBuf {
    let mut name = OsString::from(target);
    name.push(".unfinished");
    PathBuf::from(name)
}

fn create(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}
