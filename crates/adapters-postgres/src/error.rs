//! The errors of PostgreSQL, by SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use adapters_sql::is_fault_code;
use application::ports::{CommitError, ReadError};
use sea_orm::sqlx::Error;
use sea_orm::sqlx::error::DatabaseError;

/// The reason why a group is not committed, or the outcome is unknown.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The statement was not sent.
    Unsent(Error),
    /// The statement was sent, and failed, or there was no response.
    Sent(Error),
}

/// The cause of a failure, as far as it is relevant to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A guard of the statement failed: a version, a count, a deadline.
    Guard,
    /// A row with the same unique value exists.
    Unique,
    /// Any other constraint: a check, a reference, a trigger; or a value that doesn't fit its column; or a statement that doesn't fit the
    /// schema.
    Constraint,
    /// It waited too long for the lock of another transaction.
    Locked,
    /// It failed because of another transaction: a deadlock or a serialization failure.
    Lost,
    /// Certainly nothing is committed: nothing was sent, or the server cancelled it, or can't write.
    Refused,
    /// The connection broke, or the server shut down, after the statement was sent.
    Unknown,
}

impl Failure {
    pub(crate) fn cause(&self) -> Cause {
        let Self::Sent(error) = self else { return Cause::Refused };
        let Some(database) = error.as_database_error() else { return Cause::Unknown };
        match database.code().as_deref() {
            Some("FR001") => Cause::Guard,
            Some("23505") => Cause::Unique,
            Some("55P03") => Cause::Locked,
            Some("40001" | "40P01") => Cause::Lost,
            Some(code) if code.starts_with("23") || is_fault_code(code) => Cause::Constraint,
            // The server shuts down, or the connection is lost: 57P01 may arrive after the commit and before its acknowledgement.
            Some(code) if code.starts_with("08") || code.starts_with("57P") => Cause::Unknown,
            Some(_) | None => Cause::Refused,
        }
    }

    /// Whether the server can't write: after a failover the old connections lead to a standby.
    pub(crate) fn is_read_only(&self) -> bool {
        let (Self::Unsent(error) | Self::Sent(error)) = self;
        error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == "25006")
    }

    /// Returns the error of the changes of the group.
    pub(crate) fn commit_error(&self) -> CommitError {
        let (Self::Unsent(error) | Self::Sent(error)) = self;
        let source = || error.to_string().into();
        match self.cause() {
            Cause::Guard | Cause::Unique | Cause::Locked | Cause::Lost => CommitError::Conflict,
            Cause::Constraint => CommitError::Rejected(source()),
            Cause::Refused => CommitError::Unavailable(source()),
            Cause::Unknown => CommitError::Unknown(source()),
        }
    }
}

/// Returns the error that a reader gets.
pub(crate) fn read_error(error: Error) -> ReadError {
    match error {
        Error::ColumnDecode { .. } | Error::Decode(_) | Error::ColumnNotFound(_) | Error::TypeNotFound { .. } => {
            ReadError::Corrupt(error.to_string())
        }
        error if error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| is_fault_code(&code)) => {
            ReadError::Fault(Box::new(error))
        }
        error => ReadError::Unavailable(Box::new(error)),
    }
}
