//! What PostgreSQL answers when it says no, told by SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use application::ports::{CommitError, ReadError};
use sea_orm::sqlx::Error;

/// Why a statement, or a transaction, is not committed, as far as it matters to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A guard of the statement failed: a version, a count, a deadline.
    Guard,
    /// There is such a row already.
    Unique,
    /// Any other constraint: a check, a reference, a trigger; or data that no column takes.
    Constraint,
    /// It lost to another transaction, or waited too long for one: a deadlock, a lock, a serialisation.
    Lost,
    /// It was told to stop, or the server can't write: it is sure that nothing is committed.
    Refused,
    /// It was never sent.
    Unsent,
    /// The connection broke, or the server went away, after it was sent.
    Unknown,
}

/// The cause of `error`.
pub(crate) fn cause(error: &Error) -> Cause {
    let Some(database) = error.as_database_error() else {
        return match error {
            Error::PoolTimedOut | Error::PoolClosed | Error::Configuration(_) | Error::Tls(_) => Cause::Unsent,
            _ => Cause::Unknown,
        };
    };
    match database.code().as_deref() {
        Some("FR001") => Cause::Guard,
        Some("23505") => Cause::Unique,
        Some("40001" | "40P01" | "55P03") => Cause::Lost,
        Some(code) if code.starts_with("23") || code.starts_with("22") => Cause::Constraint,
        // The server goes away, or the connection does: 57P01 may come after the commit and before its acknowledgement.
        Some(code) if code.starts_with("08") || code.starts_with("57P") => Cause::Unknown,
        Some(_) | None => Cause::Refused,
    }
}

/// What a reader is told.
pub(crate) fn read_error(error: Error) -> ReadError {
    match error {
        Error::ColumnDecode { .. } | Error::Decode(_) | Error::ColumnNotFound(_) | Error::TypeNotFound { .. } => {
            ReadError::Corrupt(error.to_string())
        }
        error => ReadError::Unavailable(Box::new(error)),
    }
}

/// What the members of a group are told whose transaction failed with `error`.
pub(crate) fn commit_error(error: &Error) -> CommitError {
    let told = || error.to_string().into();
    match cause(error) {
        Cause::Guard | Cause::Unique | Cause::Lost => CommitError::Conflict,
        Cause::Constraint => CommitError::Rejected(told()),
        Cause::Refused | Cause::Unsent => CommitError::Unavailable(told()),
        Cause::Unknown => CommitError::Unknown(told()),
    }
}
