//! The reading ports, over any database that SeaORM speaks to.

mod bookings;
mod catalogue;
mod desk;
mod tokens;
mod users;
mod wallets;

use std::time::Duration;

use application::ports::ReadError;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, Statement, Value};
use tokio::time::timeout;

/// Serves the ports that read: catalogue, bookings, wallets, users, tokens, desk.
#[derive(Clone)]
pub struct Reads {
    db: DatabaseConnection,
    statements: ReadStatements,
    patience: Duration,
}

/// What a database says in its own words.
#[derive(Debug, Clone, Copy)]
pub struct ReadStatements {
    /// The reservation, with its seats as JSON, of an id (1).
    pub reservation: &'static str,
    /// The reservations of a user (1), the highest id first, below an id (2) unless that is null, so many (3).
    pub reservations: &'static str,
    /// The live tokens of a queue (1) whose number is above another (2), by number, so many (3).
    pub live_tokens: &'static str,
    /// `admitted` and `no_shows` of a queue (1).
    pub turnout: &'static str,
    /// The `sum` of what the sold seats of a date (1) cost.
    pub revenue: &'static str,
    /// The HELD and CONFIRMED reservations of a date (1), with their seats as JSON, so many (2).
    pub live_reservations: &'static str,
    /// How many of those there are, as `sum`.
    pub count_live_reservations: &'static str,
    /// Users with a search key that begins so (1), by id, after an id (2) unless that is null, so many (3).
    pub users_named: &'static str,
    /// The tokens of a user (1) that are live or have a reservation, the last joined first, so many (2).
    pub tokens_of: &'static str,
    /// Deeds to a thing (1) and of an operator (2), unless these are null, the highest id first, below an id (3) unless that is null, so
    /// many (4).
    pub deeds: &'static str,
}

impl std::fmt::Debug for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reads").finish_non_exhaustive()
    }
}

impl Reads {
    /// Reads from `db`, and gives a query up that takes longer than `patience`: its peer fell silent.
    pub const fn new(db: DatabaseConnection, statements: ReadStatements, patience: Duration) -> Self {
        Self { db, statements, patience }
    }

    async fn within<T>(&self, query: impl Future<Output = Result<T, DbErr>>) -> Result<T, ReadError> {
        match timeout(self.patience, query).await {
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

/// What a reader is told.
pub fn read_error(error: DbErr) -> ReadError {
    match error {
        DbErr::Type(_) | DbErr::TryIntoErr { .. } | DbErr::Json(_) => ReadError::Corrupt(error.to_string()),
        error => ReadError::Unavailable(Box::new(error)),
    }
}
