//! Writes a batch. The order follows the references between the tables; within a table, rows that end are written before rows that begin,
//! so that a new row can take the unique value of one that ended in the same group.

use adapters_sql::commit::{Batch, Numbers};
use adapters_sql::micros;
use adapters_sql::rows::{log as log_row, reservation as reservation_row};
use sea_orm::{ConnectionTrait, DbErr};
use time::OffsetDateTime;

use super::numbers;
use crate::statement::{array, statement, write as write_rows};
use crate::statements::{
    audit_entry, concert, entry, key, layout, log, payment, queue, reservation, reserved_seat, schedule, seat, session, token, user, wallet,
};

/// Writes all rows of `batch`, and the last numbers of its joins.
pub(super) async fn write(db: &impl ConnectionTrait, batch: &Batch, numbers: &Numbers, now: OffsetDateTime) -> Result<(), DbErr> {
    write_catalogue(db, batch).await?;
    write_rows(db, queue::ADMIT, &batch.admissions).await?;
    numbers::write(db, numbers).await?;
    write_rows(db, user::INSERT, &batch.users).await?;
    write_rows(db, user::INSERT_SEARCH_KEYS, &batch.user_search_keys).await?;
    write_rows(db, token::UPDATE, &batch.tokens.old).await?;
    write_rows(db, token::INSERT, &batch.tokens.new).await?;
    // Payments come first: the reservation of a payment exists, and refers to the payment from now on.
    write_rows(db, payment::UPDATE, &batch.payments.old).await?;
    write_rows(db, payment::INSERT, &batch.payments.new).await?;
    write_reservations(db, batch).await?;
    write_rows(db, seat::UPDATE, &batch.seats.old).await?;
    write_rows(db, seat::INSERT, &batch.seats.new).await?;
    write_rows(db, wallet::UPDATE, &batch.wallets.old).await?;
    write_rows(db, wallet::INSERT, &batch.wallets.new).await?;
    write_rows(db, entry::INSERT, &batch.entries).await?;
    write_rows(db, session::UPDATE, &batch.sessions.old).await?;
    write_rows(db, session::INSERT, &batch.sessions.new).await?;
    write_rows(db, key::UPDATE, &batch.keys.old).await?;
    write_rows(db, key::INSERT, &batch.keys.new).await?;
    write_log(db, &batch.log, now).await
}

/// Adds the group's events to the log, if it has any.
async fn write_log(db: &impl ConnectionTrait, entry: &log_row::Entry, now: OffsetDateTime) -> Result<(), DbErr> {
    if !entry.has_events() {
        return Ok(());
    }
    let events = entry.events().map_err(|error| DbErr::Json(error.to_string()))?;
    let positions = entry.positions();
    db.execute_raw(statement(log::INSERT, [positions.into(), micros(now).into(), events.into()])).await?;
    db.execute_raw(statement(log::EXTEND, [positions.into()])).await?;
    Ok(())
}

/// Writes the rows that operators create or change, and their audit entries.
async fn write_catalogue(db: &impl ConnectionTrait, batch: &Batch) -> Result<(), DbErr> {
    write_rows(db, queue::UPDATE, &batch.queues.old).await?;
    write_rows(db, queue::INSERT, &batch.queues.new).await?;
    write_rows(db, queue::INSERT_ADMISSIONS, &batch.queues.new).await?;
    write_rows(db, queue::INSERT_COUNTERS, &batch.queues.new).await?;
    write_rows(db, concert::UPDATE, &batch.concerts.old).await?;
    write_rows(db, concert::INSERT, &batch.concerts.new).await?;
    if !batch.layouts.is_empty() {
        // A layout that exists already is not written again, so the rows aren't counted.
        db.execute_raw(statement(layout::INSERT, [array(&batch.layouts)?])).await?;
    }
    write_rows(db, schedule::UPDATE, &batch.schedules.old).await?;
    write_rows(db, schedule::INSERT, &batch.schedules.new).await?;
    write_rows(db, audit_entry::INSERT, &batch.audit_entries).await
}

async fn write_reservations(db: &impl ConnectionTrait, batch: &Batch) -> Result<(), DbErr> {
    let reservations = &batch.reservations;
    write_rows(db, reservation::UPDATE, &reservations.old).await?;
    let ended: Vec<_> = reservations.old.iter().filter(|row| row.is_cancelled()).map(|row| row.id).collect();
    if !ended.is_empty() {
        // The rows do not show how many seats these reservations have, so the updates aren't counted.
        db.execute_raw(statement(reserved_seat::FREE, [array(ended)?])).await?;
    }
    let used: Vec<_> = reservations.old.iter().flat_map(reservation_row::Row::used_seats).collect();
    write_rows(db, reserved_seat::USE, &used).await?;
    write_rows(db, reservation::INSERT, &reservations.new).await?;
    let seats: Vec<_> = reservations.new.iter().flat_map(reservation_row::Row::new_seats).collect();
    write_rows(db, reserved_seat::INSERT, &seats).await
}
