//! Reasons why the store can't respond.

use application::ports::{CommitError, ReadError};

use crate::corrupt::Corrupt;
use crate::engine::EngineError;

/// The engine has failed, or contains an invalid row.
#[derive(Debug)]
pub(crate) enum Fault {
    Engine(EngineError),
    Corrupt(Corrupt),
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<Corrupt> for Fault {
    fn from(corrupt: Corrupt) -> Self {
        Self::Corrupt(corrupt)
    }
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Engine(error) => Self::Unavailable(error.into()),
            Fault::Corrupt(corrupt) => corrupt.into(),
        }
    }
}

/// Returns `None` for an invalid row: housekeeping leaves it, for the audit to find.
pub(crate) fn unless_corrupt<T>(found: Result<Option<T>, Fault>) -> Result<Option<T>, Fault> {
    match found {
        Err(Fault::Corrupt(_)) => Ok(None),
        found => found,
    }
}

impl Fault {
    /// Converts it to an engine error, for opening the store.
    pub(crate) fn into_engine_error(self) -> EngineError {
        match self {
            Self::Engine(error) => error,
            Self::Corrupt(corrupt) => EngineError::failed(corrupt),
        }
    }

    /// Returns the error of each change of a group that failed as a whole.
    pub(crate) fn of_commit(&self) -> CommitError {
        match self {
            Self::Engine(EngineError::Failed(error)) => CommitError::Unavailable(error.to_string().into()),
            Self::Engine(EngineError::Unknown(error)) => CommitError::Unknown(error.to_string().into()),
            Self::Corrupt(corrupt) => CommitError::Rejected(corrupt.clone().into()),
        }
    }
}
