//! Statements over sets: however many rows, one statement of constant text with one parameter, a JSON array.
//!
//! So a statement is prepared once a connection, and no number of rows meets SQLite's limit of bound parameters. In
//! the text, `jsonb_each(?1)` unfolds the array (faster than `json_each`, which makes text of each
//! element and parses it again) and `unhex(…, '-')` turns a UUID's text into its 16 bytes. CROSS JOIN
//! tells SQLite to keep the order of the tables: the few wanted first.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement, Value};
use serde::Serialize;

/// The statement `sql` with `values`.
pub(crate) fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

/// `items` as the JSON array that a statement unfolds.
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

/// The rows that `sql` finds.
pub(crate) async fn find<R: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<R>, DbErr> {
    db.query_all_raw(statement(sql, values)).await?.iter().map(|row| R::from_query_result(row, "")).collect()
}

/// Writes `rows` by `sql`, each exactly once; nothing to write is no statement.
///
/// # Errors
/// [`DbErr::RecordNotUpdated`] if a row found no place to be written to.
pub(crate) async fn write<T: Serialize>(db: &impl ConnectionTrait, sql: &str, rows: &[T]) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let written = db.execute_raw(statement(sql, [array(rows)?])).await?.rows_affected();
    if usize::try_from(written) == Ok(rows.len()) { Ok(()) } else { Err(DbErr::RecordNotUpdated) }
}
