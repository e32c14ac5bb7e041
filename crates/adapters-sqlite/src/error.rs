//! The errors of SQLite, by their extended result codes.

use adapters_sql::is_fault;
use application::ports::CommitError;
use sea_orm::{DbErr, RuntimeErr};

/// The cause of an error of SQLite, as far as it is relevant to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A row with the same unique value exists.
    Unique,
    /// Any other constraint: a check, a reference, a trigger.
    Constraint,
    /// Another connection holds the lock.
    Busy,
    /// The statement doesn't fit the schema, a row is invalid, or the file is damaged.
    Fault,
    /// Anything else: the disk, the driver.
    Other,
}

/// Returns the cause of `error`, from <https://www.sqlite.org/rescode.html>.
pub(crate) fn cause(error: &DbErr) -> Cause {
    const BUSY: u32 = 5;
    const CONSTRAINT: u32 = 19;
    const PRIMARY_KEY: u32 = 1555;
    const UNIQUE: u32 = 2067;
    const ROW_ID: u32 = 2579;
    match extended_code(error) {
        Some(PRIMARY_KEY | UNIQUE | ROW_ID) => Cause::Unique,
        Some(code) if code & 0xff == CONSTRAINT => Cause::Constraint,
        Some(code) if code & 0xff == BUSY => Cause::Busy,
        Some(_) | None if is_fault(error) || matches!(error, DbErr::Type(_) | DbErr::TryIntoErr { .. } | DbErr::Json(_)) => Cause::Fault,
        Some(_) | None => Cause::Other,
    }
}

fn extended_code(error: &DbErr) -> Option<u32> {
    let (DbErr::Exec(RuntimeErr::SqlxError(source))
    | DbErr::Query(RuntimeErr::SqlxError(source))
    | DbErr::Conn(RuntimeErr::SqlxError(source))) = error
    else {
        return None;
    };
    source.as_database_error()?.code()?.parse().ok()
}

/// Returns the error of a change whose statement failed and was rolled back.
pub(crate) fn statement_error(error: DbErr) -> CommitError {
    match cause(&error) {
        Cause::Unique => CommitError::Conflict,
        Cause::Constraint | Cause::Fault => CommitError::Rejected(Box::new(error)),
        Cause::Busy | Cause::Other => CommitError::Unavailable(Box::new(error)),
    }
}

/// Returns the error of a change whose COMMIT failed: only a constraint or a lock guarantees that nothing was written.
pub(crate) fn commit_error(error: DbErr) -> CommitError {
    match cause(&error) {
        Cause::Unique | Cause::Constraint | Cause::Busy => statement_error(error),
        Cause::Fault | Cause::Other => CommitError::Unknown(Box::new(error)),
    }
}
