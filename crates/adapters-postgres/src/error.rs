//! What PostgreSQL answers when it says no, told by SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use adapters_sql::is_fault_code;
use application::ports::{CommitError, ReadError};
use sea_orm::sqlx::Error;
use sea_orm::sqlx::error::DatabaseError;

/// Why a group is not committed, or isn't known to be.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nothing was sent.
    Unsent(Error),
    /// It was sent, and this came back, or nothing.
    Sent(Error),
}

/// What a failure means, as far as it matters to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A guard of the statement failed: a version, a count, a deadline.
    Guard,
    /// There is such a row already.
    Unique,
    /// Any other constraint: a check, a reference, a trigger; or data that no column takes; or a statement that the schema doesn't fit.
    Constraint,
    /// It waited too long for another's lock.
    Locked,
    /// It lost to another transaction: a deadlock, a serialisation.
    Lost,
    /// It is sure that nothing is committed: nothing was sent, or the server was told to stop it, or can't write.
    Refused,
    /// The connection broke, or the server went away, after it was sent.
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
            // The server goes away, or the connection does: 57P01 may come after the commit and before its acknowledgement.
            Some(code) if code.starts_with("08") || code.starts_with("57P") => Cause::Unknown,
            Some(_) | None => Cause::Refused,
        }
    }

    /// Whether the server can't write: after a failover the old connections lead to a standby.
    pub(crate) fn is_read_only(&self) -> bool {
        let (Self::Unsent(error) | Self::Sent(error)) = self;
        error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == "25006")
    }

    /// What the members of the group are told.
    pub(crate) fn told(&self) -> CommitError {
        let (Self::Unsent(error) | Self::Sent(error)) = self;
        let told = || error.to_string().into();
        match self.cause() {
            Cause::Guard | Cause::Unique | Cause::Locked | Cause::Lost => CommitError::Conflict,
            Cause::Constraint => CommitError::Rejected(told()),
            Cause::Refused => CommitError::Unavailable(told()),
            Cause::Unknown => CommitError::Unknown(told()),
        }
    }
}

/// What a reader is told.
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
