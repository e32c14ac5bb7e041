//! Writing a batch. The order is that of the references between the tables; within a table what ends comes before what
//! begins, so that a place that one row leaves can be taken by another in the same group.

use adapters_sql::commit::{Batch, Numbers};
use adapters_sql::micros;
use adapters_sql::rows::{log as log_row, reserved_seat as reserved_seat_row};
use sea_orm::{ConnectionTrait, DbErr};
use time::OffsetDateTime;

use super::numbers;
use crate::statement::{array, statement, write as write_rows};
use crate::statements::{
    audit_entry, concert, entry, key, log, payment, queue, reservation, reserved_seat, schedule, seat, token, user, wallet,
};

/// Writes all rows of `batch`, and the numbers that its joins were given.
pub(super) async fn write(db: &impl ConnectionTrait, batch: &Batch, numbers: &Numbers, now: OffsetDateTime) -> Result<(), DbErr> {
    write_catalogue(db, batch).await?;
    write_rows(db, queue::ADMIT, &batch.admissions).await?;
    numbers::write(db, numbers).await?;
    write_rows(db, user::INSERT, &batch.users).await?;
    write_rows(db, user::INSERT_SEARCH_KEYS, &batch.user_search_keys).await?;
    write_rows(db, token::UPDATE, &batch.tokens.old).await?;
    write_rows(db, token::INSERT, &batch.tokens.new).await?;
    // A payment's reservation is there already, and names its payment from now on: so payments come first.
    write_rows(db, payment::UPDATE, &batch.payments.old).await?;
    write_rows(db, payment::INSERT, &batch.payments.new).await?;
    write_reservations(db, batch).await?;
    write_rows(db, seat::UPDATE, &batch.seats.old).await?;
    write_rows(db, seat::INSERT, &batch.seats.new).await?;
    write_rows(db, wallet::UPDATE, &batch.wallets.old).await?;
    write_rows(db, wallet::INSERT, &batch.wallets.new).await?;
    write_rows(db, entry::INSERT, &batch.entries).await?;
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

/// What an operator makes or changes, and what is kept of it.
async fn write_catalogue(db: &impl ConnectionTrait, batch: &Batch) -> Result<(), DbErr> {
    write_rows(db, queue::UPDATE, &batch.queues.old).await?;
    write_rows(db, queue::INSERT, &batch.queues.new).await?;
    write_rows(db, queue::INSERT_ADMISSIONS, &batch.queues.new).await?;
    write_rows(db, queue::INSERT_COUNTERS, &batch.queues.new).await?;
    write_rows(db, concert::UPDATE, &batch.concerts.old).await?;
    write_rows(db, concert::INSERT, &batch.concerts.new).await?;
    write_rows(db, schedule::UPDATE, &batch.schedules.old).await?;
    write_rows(db, schedule::INSERT, &batch.schedules.new).await?;
    write_rows(db, audit_entry::INSERT, &batch.audit_entries).await
}

async fn write_reservations(db: &impl ConnectionTrait, batch: &Batch) -> Result<(), DbErr> {
    let reservations = &batch.reservations;
    write_rows(db, reservation::UPDATE, &reservations.old).await?;
    let ended: Vec<_> = reservations.old.iter().filter(|row| row.is_cancelled()).map(|row| row.id).collect();
    if !ended.is_empty() {
        // How many seats these have is the rows' secret, so they aren't counted.
        db.execute_raw(statement(reserved_seat::FREE, [array(ended)?])).await?;
    }
    write_rows(db, reservation::INSERT, &reservations.new).await?;
    let seats: Vec<_> = reservations.new.iter().flat_map(reserved_seat_row::new_of).collect();
    write_rows(db, reserved_seat::INSERT, &seats).await
}
