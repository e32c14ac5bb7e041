//! The query ports, on any database that SeaORM supports.

mod admin;
mod catalogue;
mod reservations;
mod sales;
mod tokens;
mod users;
mod wallets;

use std::time::Duration;

use application::ports::ReadError;
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, RuntimeErr, Statement, Value};
use tokio::time::timeout;
use uuid::Uuid;

/// Serves the query ports: catalogue, reservations, wallets, users, tokens, admin.
#[derive(Clone)]
pub struct Reads {
    db: DatabaseConnection,
    statements: ReadStatements,
    timeout_after: Duration,
}

/// The statements of the query ports in the dialect of a database.
#[derive(Debug, Clone, Copy)]
pub struct ReadStatements {
    /// The reservation with an id (1), with its seats as JSON.
    pub reservation: &'static str,
    /// The reservations with ids (1, a JSON array), with their seats as JSON.
    pub reservations_by_id: &'static str,
    /// The reservations of a user (1), highest id first, below an id (2) unless that is null, with a limit (3).
    pub reservations: &'static str,
    /// The live tokens of a queue (1) whose number is above another (2), by number, with a limit (3).
    pub live_tokens: &'static str,
    /// `admitted` and `no_shows` of a queue (1).
    pub queue_totals: &'static str,
    /// `schedule_id`, `offered`, `unsold`, `min_price` and `max_price` of each of schedules (1, a JSON array) that has seats that aren't
    /// BLOCKED: the number of all, that of AVAILABLE and HELD ones, and the prices of all.
    pub offered_seats: &'static str,
    /// `schedule_id`, `available`, `held`, `lapsed`, `reserved`, `blocked` and `revenue` of each of schedules (1, a JSON array) that has
    /// seats, at an instant (2).
    pub schedule_totals: &'static str,
    /// The HELD and CONFIRMED reservations of a schedule (1), with their seats as JSON, with a limit (2).
    pub live_reservations: &'static str,
    /// The reservations of a schedule (1), by id, after an id (2) unless that is null, with their seats as JSON, with a limit (3): those in
    /// the states HELD, CONFIRMED and CANCELLED with a payment (4 to 6, each 1 or 0); unless null, only those with a seat whose ticket was
    /// used or not (7, 1 or 0), and only those of users with a search key that has a prefix (8).
    pub reservations_of_schedule: &'static str,
    /// Like these (1 to 8), but only the reservation that has a seat (9) now.
    pub reservation_of_seat: &'static str,
    /// The number of those reservations, as `sum`.
    pub count_live_reservations: &'static str,
    /// Users with a search key that has a prefix (1), by id, after an id (2) unless that is null, with a limit (3).
    pub users_named: &'static str,
    /// The tokens of a user (1) that are live or have a reservation, last joined first, with a limit (2).
    pub tokens_of: &'static str,
    /// Audit entries of a subject (1) and of an operator (2), each unless null, highest id first, below an id (3) unless that is null,
    /// with a limit (4).
    pub audit_entries: &'static str,
}

impl std::fmt::Debug for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reads").finish_non_exhaustive()
    }
}

impl Reads {
    /// Reads from `db`. A query that takes longer than `timeout_after` fails: the connection may be dead.
    pub const fn new(db: DatabaseConnection, statements: ReadStatements, timeout_after: Duration) -> Self {
        Self { db, statements, timeout_after }
    }

    async fn within<T>(&self, query: impl Future<Output = Result<T, DbErr>>) -> Result<T, ReadError> {
        match timeout(self.timeout_after, query).await {
            Ok(read) => read.map_err(read_error),
            Err(elapsed) => Err(ReadError::Unavailable(Box::new(elapsed))),
        }
    }

    async fn find<R: FromQueryResult>(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Vec<R>, ReadError> {
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        let rows = self.within(self.db.query_all_raw(statement)).await?;
        rows.iter().map(|row| R::from_query_result(row, "")).collect::<Result<_, _>>().map_err(read_error)
    }
}

/// Returns ids as a JSON array.
fn json_ids(ids: impl Iterator<Item = Uuid>) -> Result<String, ReadError> {
    let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
    serde_json::to_string(&ids).map_err(|error| ReadError::Fault(Box::new(error)))
}

/// Returns `ids` with the last one repeated, so that lists have few different lengths: each length is a statement of its own, which the
/// connection keeps prepared.
fn repeated<I>(ids: &[I]) -> impl Iterator<Item = &I> {
    let more = ids.len().next_power_of_two().saturating_sub(ids.len());
    ids.iter().chain(ids.last().into_iter().cycle().take(more))
}

/// Returns the error that a reader gets.
pub fn read_error(error: DbErr) -> ReadError {
    match error {
        DbErr::Type(_) | DbErr::TryIntoErr { .. } | DbErr::Json(_) => ReadError::Corrupt(error.to_string()),
        error if is_fault(&error) => ReadError::Fault(Box::new(error)),
        error => ReadError::Unavailable(Box::new(error)),
    }
}

/// Whether the statement doesn't fit the schema, or the database is damaged: a retry doesn't help.
pub fn is_fault(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(source))
    | DbErr::Query(RuntimeErr::SqlxError(source))
    | DbErr::Conn(RuntimeErr::SqlxError(source))) = error
    else {
        return false;
    };
    source.as_database_error().and_then(DatabaseError::code).is_some_and(|code| is_fault_code(&code))
}

/// Whether an error code of a database is that of a fault. PostgreSQL's SQLSTATEs have five characters
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>), SQLite's extended result codes are numbers of up to four digits
/// (<https://www.sqlite.org/rescode.html>).
pub fn is_fault_code(code: &str) -> bool {
    if code.len() == 5 {
        // Cardinality, data, syntax and names; damaged data and indexes.
        return ["21", "22", "42", "XX001", "XX002"].iter().any(|class| code.starts_with(class));
    }
    // ERROR, INTERNAL, CORRUPT, TOOBIG, MISMATCH, MISUSE, RANGE, NOTADB.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 1 | 2 | 11 | 18 | 20 | 21 | 25 | 26))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_schema_is_a_fault_and_a_full_disk_is_not() {
        for fault in ["42P01", "42601", "22P02", "21000", "XX001", "1", "11", "267", "26"] {
            assert!(is_fault_code(fault), "{fault}");
        }
        // Disk full, too many connections, shutdown, cancelled, read-only, changed plan; busy, locked, disk, full, read-only.
        for transient in ["53100", "53300", "57P01", "57014", "25006", "0A000", "XX000", "5", "6", "10", "13", "8", "522", ""] {
            assert!(!is_fault_code(transient), "{transient}");
        }
    }
}
