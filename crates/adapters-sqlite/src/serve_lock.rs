//! One serving process per file.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::PathBuf;

use thiserror::Error;

use crate::database::{DatabaseFile, OpenError};

/// The exclusive right to serve a database file: a lock of the operating system on a file next to it, which ends with the process. Commands
/// that only print a token, audit or migrate do not need it.
#[derive(Debug)]
pub struct ServeLock {
    _file: File,
}

/// The reason why a file can't be served.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process serves it.
    #[error("another process serves this database: it holds the lock on {0:?}")]
    Taken(PathBuf),
    /// It isn't the name of a file, or its folder can't be created.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The lock file can't be created or locked.
    #[error("{0:?} can't be locked")]
    Io(PathBuf, #[source] std::io::Error),
}

impl ServeLock {
    /// Acquires the right to serve the database `path_or_url`, until the value is dropped.
    ///
    /// # Errors
    /// [`LockError::Taken`] if another process, or another value in this one, holds it.
    pub fn acquire(path_or_url: &str) -> Result<Self, LockError> {
        let database = DatabaseFile::named(path_or_url)?;
        database.create_folder()?;
        // An existing file may be reached through links: the lock file is next to the file itself.
        let file = std::fs::canonicalize(database.path()).unwrap_or_else(|_| database.path().to_owned());
        let mut name = OsString::from(file);
        name.push(".lock");
        let path = PathBuf::from(name);
        // The lock file is not removed with the lock: otherwise two processes could lock two files of the same name.
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|error| LockError::Io(path.clone(), error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken(path)),
            Err(TryLockError::Error(error)) => Err(LockError::Io(path, error)),
        }
    }
}
