//! Invalid rows.

use application::ports::ReadError;
use thiserror::Error;

/// A row that satisfies the schema but is invalid for the domain. It names the table and the column, never an id: the id of a token is a
/// secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{table}.{column}")]
pub struct Corrupt {
    table: &'static str,
    column: &'static str,
}

impl Corrupt {
    /// Creates the error of a row of `table` whose `column` is invalid.
    pub const fn new(table: &'static str, column: &'static str) -> Self {
        Self { table, column }
    }
}

impl From<Corrupt> for ReadError {
    fn from(corrupt: Corrupt) -> Self {
        Self::Corrupt(corrupt.to_string())
    }
}

impl From<std::convert::Infallible> for Corrupt {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// Converts `rows` to domain types, if all of them are valid.
pub fn all<R, T>(rows: Vec<R>) -> Result<Vec<T>, ReadError>
where
    T: TryFrom<R>,
    Corrupt: From<T::Error>,
{
    rows.into_iter().map(|row| T::try_from(row).map_err(|error| Corrupt::from(error).into())).collect()
}
