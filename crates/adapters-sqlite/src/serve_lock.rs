//! One serving process a file.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::PathBuf;

use thiserror::Error;

use crate::database::{DatabaseFile, OpenError};

/// The right to serve a database file: the operating system's lock on a file beside it, so it dies with the process. Who
/// only prints a token, audits or migrates needs none.
#[derive(Debug)]
pub struct ServeLock {
    _file: File,
}

/// Why a file can't be served.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process serves it.
    #[error("another process serves this database: it holds the lock on {0:?}")]
    Taken(PathBuf),
    /// The name is no file's, or its folder can't be created.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The lock's file can't be created or locked.
    #[error("{0:?} can't be locked")]
    Io(PathBuf, #[source] std::io::Error),
}

impl ServeLock {
    /// Takes the right to serve the database that `path_or_url` names, until the value is dropped.
    ///
    /// # Errors
    /// [`LockError::Taken`] if another process, or another value in this one, has it.
    pub fn acquire(path_or_url: &str) -> Result<Self, LockError> {
        let database = DatabaseFile::named(path_or_url)?;
        database.create_folder()?;
        // A file that exists may be reached through links: the lock lies beside the file itself.
        let file = std::fs::canonicalize(database.path()).unwrap_or_else(|_| database.path().to_owned());
        let mut name = OsString::from(file);
        name.push(".lock");
        let path = PathBuf::from(name);
        // The file stays when the lock goes: removing it would let two processes lock two files of one name.
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|error| LockError::Io(path.clone(), error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken(path)),
            Err(TryLockError::Error(error)) => Err(LockError::Io(path, error)),
        }
    }
}
