//! Statements over sets: any number of rows is written or read by one statement of constant text with one parameter, a JSON array.
//!
//! So a statement is prepared once per connection, and the number of rows is not limited by SQLite's maximum of bound parameters. In the
//! text, `jsonb_each(?1)` expands the array (faster than `json_each`, which serializes each element and parses it again), and `unhex(…,
//! '-')` converts a UUID's text to its 16 bytes. CROSS JOIN makes SQLite keep the order of the tables: the few wanted rows first.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement, Value};
use serde::Serialize;

/// Returns the statement `sql` with `values`.
pub(crate) fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

/// Returns `items` as the JSON array that a statement expands.
pub(crate) fn array<T: Serialize>(items: impl IntoIterator<Item = T>) -> Result<Value, DbErr> {
    let mut text = String::from("[");
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&serde_json::to_string(&item).map_err(|error| DbErr::Json(error.to_string()))?);
    }
    text.push(']');
    Ok(text.into())
}

/// Returns the rows that `sql` selects.
pub(crate) async fn find<R: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<R>, DbErr> {
    db.query_all_raw(statement(sql, values)).await?.iter().map(|row| R::from_query_result(row, "")).collect()
}

/// Writes `rows` by `sql`, each exactly once; runs no statement if there are none.
///
/// # Errors
/// [`DbErr::RecordNotUpdated`] if a row was not written.
pub(crate) async fn write<T: Serialize>(db: &impl ConnectionTrait, sql: &str, rows: &[T]) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let written = db.execute_raw(statement(sql, [array(rows)?])).await?.rows_affected();
    if usize::try_from(written) == Ok(rows.len()) { Ok(()) } else { Err(DbErr::RecordNotUpdated) }
}
