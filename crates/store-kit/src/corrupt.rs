//! Rows that make no sense.

use application::ports::ReadError;
use thiserror::Error;

/// A row that the schema let through and the domain doesn't know. It names the table and the column, never an id: a token's
/// is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{table}.{column}")]
pub struct Corrupt {
    table: &'static str,
    column: &'static str,
}

impl Corrupt {
    /// A row of `table` whose `column` makes no sense.
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

/// `rows` as things of the domain, if all of them make sense.
pub fn all<R, T>(rows: Vec<R>) -> Result<Vec<T>, ReadError>
where
    T: TryFrom<R>,
    Corrupt: From<T::Error>,
{
    rows.into_iter().map(|row| T::try_from(row).map_err(|error| Corrupt::from(error).into())).collect()
}
