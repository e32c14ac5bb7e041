//! The rows that needs refer to.

use std::collections::HashSet;

use adapters_sql::load::WantedKeys;
use adapters_sql::micros;
use adapters_sql::rows::Row;
use adapters_sql::rows::key as key_row;
use domain::need::{LapsedHolds, QueueHead};
use domain::{ConcertId, QueueId, ReservationId, Rows};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::select::{by, by_id, ids, seats};
use crate::statement::{array, find};
use crate::statements::{concert, key, layout, payment, queue, reservation, schedule, seat, session, token, user, wallet};

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

/// Adds the rows of `wanted` to `rows`.
pub(super) async fn read(db: &impl ConnectionTrait, wanted: &WantedKeys<'_>, rows: &mut Rows) -> Result<(), DbErr> {
    if !wanted.keys.is_empty() {
        let names = array(wanted.keys.iter().map(|scope| key_row::name(scope)))?;
        by(db, key::SELECT, [names], Row::Key, rows).await?;
    }
    by_id(db, user::SELECT, &wanted.users, Row::User, rows).await?;
    by_id(db, wallet::SELECT, &wanted.users, Row::Wallet, rows).await?;
    by_id(db, token::SELECT, &wanted.tokens, Row::Token, rows).await?;
    by_id(db, queue::SELECT, &wanted.queues, Row::Queue, rows).await?;
    let concerts: HashSet<ConcertId> = wanted.concerts.union(&wanted.used).copied().collect();
    by_id(db, concert::SELECT, &concerts, Row::Concert, rows).await?;
    by_id(db, schedule::SELECT_OF_CONCERTS, &wanted.concerts, Row::Schedule, rows).await?;
    by_id(db, schedule::SELECT, &wanted.schedules, Row::Schedule, rows).await?;
    by_id(db, layout::SELECT_OF_SCHEDULES, &wanted.layouts, Row::Layout, rows).await?;
    by_id(db, session::SELECT, &wanted.sessions, Row::Session, rows).await?;
    by_id(db, payment::SELECT, &wanted.payments, Row::Payment, rows).await?;
    if !wanted.labels.is_empty() {
        let labels = array(wanted.labels.iter().map(|(schedule, label)| (schedule.0, *label)))?;
        by(db, seat::SELECT_LABELLED, [labels], Row::Seat, rows).await?;
    }
    read_queues(db, wanted, rows).await?;
    reservations(db, wanted, rows).await
}

async fn read_queues(db: &impl ConnectionTrait, wanted: &WantedKeys<'_>, rows: &mut Rows) -> Result<(), DbErr> {
    let queues: HashSet<QueueId> = wanted.lines.iter().map(|line| line.queue).collect();
    by_id(db, queue::SELECT, &queues, Row::Queue, rows).await?;
    by_id(db, queue::QUEUE_COUNTS, &queues, Row::QueueCounts, rows).await?;
    by_id(db, queue::OFFERED, &queues, Row::Offered, rows).await?;
    for QueueHead { queue, at_most } in &wanted.lines {
        let lapsed = [queue.0.into(), micros(rows.now).into(), (*at_most).into()];
        by(db, token::SELECT_LAPSED, lapsed, Row::Token, rows).await?;
        by(db, token::SELECT_FIRST_WAITING, [queue.0.into(), (*at_most).into()], Row::Token, rows).await?;
    }
    Ok(())
}

async fn reservations(db: &impl ConnectionTrait, wanted: &WantedKeys<'_>, rows: &mut Rows) -> Result<(), DbErr> {
    let mut named = wanted.reservations.clone();
    for lapsed in &wanted.lapsed {
        named.extend(lapsed_holds(db, lapsed, rows).await?);
    }
    let names_none = named.is_empty() && wanted.holders.is_empty() && wanted.owners.is_empty() && wanted.payments.is_empty();
    if names_none && wanted.seats.is_empty() {
        return Ok(());
    }
    let values = [
        ids(&named)?,
        ids(&wanted.holders)?,
        seats(&wanted.seats)?,
        array(wanted.owners.iter().map(|(user, schedule)| (user.0, schedule.0)))?,
        ids(&wanted.payments)?,
    ];
    by(db, reservation::SELECT_WANTED, values, Row::Reservation, rows).await
}

async fn lapsed_holds(db: &impl ConnectionTrait, need: &LapsedHolds, rows: &Rows) -> Result<Vec<ReservationId>, DbErr> {
    let LapsedHolds { at_most, longest } = *need;
    let mut found = find::<Id>(db, reservation::SELECT_LAPSED, [micros(rows.now).into(), at_most.into()]).await?;
    let left = at_most.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
    if left > 0 {
        let values = [micros(rows.now - longest).into(), micros(rows.now).into(), left.into()];
        found.extend(find::<Id>(db, reservation::SELECT_CANCELLED, values).await?);
    }
    Ok(found.into_iter().map(|row| ReservationId(row.id)).collect())
}
