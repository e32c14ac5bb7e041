//! Adds the rows that a statement over keys selects.

use adapters_sql::rows::{Row, add};
use domain::{Rows, ScheduleId, SeatNumber};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use crate::statement::{array, find};

/// Adds the rows of `ids`; runs no statement if there are none.
pub(super) async fn by_id<'a, I: Copy + Into<Uuid> + 'a, R: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    wanted: impl IntoIterator<Item = &'a I>,
    row: impl Fn(R) -> Row,
    rows: &mut Rows,
) -> Result<(), DbErr> {
    let mut wanted = wanted.into_iter().peekable();
    if wanted.peek().is_none() { Ok(()) } else { by(db, sql, [ids(wanted)?], row, rows).await }
}

/// Adds the rows that `sql` selects by `values`.
pub(super) async fn by<R: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
    row: impl Fn(R) -> Row,
    rows: &mut Rows,
) -> Result<(), DbErr> {
    find::<R>(db, sql, values).await?.into_iter().for_each(|found| add(rows, row(found)));
    Ok(())
}

pub(super) fn ids<'a, I: Copy + Into<Uuid> + 'a>(ids: impl IntoIterator<Item = &'a I>) -> Result<Value, DbErr> {
    array(ids.into_iter().map(|id| -> Uuid { (*id).into() }))
}

pub(super) fn seats<'a>(seats: impl IntoIterator<Item = &'a (ScheduleId, SeatNumber)>) -> Result<Value, DbErr> {
    array(seats.into_iter().map(|(schedule, number)| (schedule.0, number.get())))
}
