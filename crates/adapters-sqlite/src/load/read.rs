//! Reading the rows that loads name, and those that these lead to.

use std::collections::HashSet;

use adapters_sql::load::{Due, Found, Row, Wanted};
use adapters_sql::micros;
use adapters_sql::rows::key as key_row;
use application::ports::Load;
use domain::{QueueId, ScheduleId, SeatNumber};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::led::Led;
use crate::statement::{array, find};
use crate::statements::{concert, key, payment, queue, reservation, schedule, seat, token, user, wallet};

#[derive(FromQueryResult)]
struct Until {
    position: i64,
    until: Option<i64>,
}

/// Adds the rows that `wanted` and `due` name to `found`.
pub(super) async fn named(db: &impl ConnectionTrait, wanted: &Wanted<'_>, due: &[Due], found: &mut Found) -> Result<(), DbErr> {
    if !wanted.keys.is_empty() {
        let names = array(wanted.keys.iter().map(|scope| key_row::name(scope)))?;
        add(db, key::SELECT, [names], Row::Key, found).await?;
    }
    by_id(db, user::SELECT, &wanted.users, Row::User, found).await?;
    by_id(db, token::SELECT, &wanted.tokens, Row::Token, found).await?;
    by_id(db, concert::SELECT, &wanted.concerts, Row::Concert, found).await?;
    by_id(db, schedule::SELECT, &wanted.schedules, Row::Schedule, found).await?;
    by_id(db, schedule::SELECT_OF_CONCERTS, &wanted.with_dates, Row::Schedule, found).await?;
    by_id(db, queue::SELECT, &wanted.queues, Row::Queue, found).await?;
    by_id(db, wallet::SELECT, &wanted.wallets, Row::Wallet, found).await?;
    by_id(db, payment::SELECT, &wanted.payments, Row::Payment, found).await?;
    holds(db, wanted, due, found).await
}

/// Adds what the queues of ticks admit to; the dates themselves are led to.
pub(super) async fn offered(db: &impl ConnectionTrait, loads: &[Load], found: &mut Found) -> Result<(), DbErr> {
    let queue_of = |load: &Load| if let Load::Tick { queue, .. } = load { Some(*queue) } else { None };
    let queues: HashSet<QueueId> = loads.iter().filter_map(queue_of).collect();
    by_id(db, queue::OFFERED, &queues, Row::Offered, found).await
}

async fn holds(db: &impl ConnectionTrait, wanted: &Wanted<'_>, due: &[Due], found: &mut Found) -> Result<(), DbErr> {
    let mut reservations = wanted.reservations.clone();
    for due in due {
        if let Due::Holds(holds) = due {
            reservations.extend(holds);
        }
    }
    let names_none = reservations.is_empty() && wanted.holders.is_empty() && wanted.owners.is_empty() && wanted.payments.is_empty();
    if names_none && wanted.seats.is_empty() {
        return Ok(());
    }
    let values = [
        ids(&reservations)?,
        ids(&wanted.holders)?,
        seats(&wanted.seats)?,
        array(wanted.owners.iter().map(|(user, schedule)| (user.0, schedule.0)))?,
        ids(&wanted.payments)?,
    ];
    add(db, reservation::SELECT_WANTED, values, Row::Reservation, found).await
}

/// Adds the rows to which those found lead.
pub(super) async fn led(db: &impl ConnectionTrait, led: &Led, now: OffsetDateTime, found: &mut Found) -> Result<(), DbErr> {
    by_id(db, concert::SELECT, &led.concerts, Row::Concert, found).await?;
    by_id(db, schedule::SELECT, &led.schedules, Row::Schedule, found).await?;
    by_id(db, wallet::SELECT, &led.wallets, Row::Wallet, found).await?;
    by_id(db, queue::SELECT, &led.queues, Row::Queue, found).await?;
    by_id(db, queue::WAITING, &led.waiting, Row::Standing, found).await?;
    if !led.standings.is_empty() {
        add(db, queue::STANDINGS, [ids(&led.standings)?], Row::Standing, found).await?;
    }
    if !led.places.is_empty() {
        let places = array(led.places.iter().map(|(queue, user)| (queue.0, user.0)))?;
        add(db, token::SELECT_LIVE, [places], Row::Token, found).await?;
    }
    if !led.programmes.is_empty() {
        let concerts: Vec<_> = led.programmes.iter().copied().collect();
        for row in find::<Until>(db, reservation::SELECT_HELD_UNTIL, [ids(&concerts)?]).await? {
            let concert = usize::try_from(row.position).ok().and_then(|position| concerts.get(position));
            if let Some(concert) = concert.filter(|_| row.until.is_some_and(|until| micros(now) < until)) {
                found.add(Row::Held(concert.0));
            }
        }
    }
    if !led.moving.is_empty() {
        let moving: Vec<_> = led.moving.iter().copied().collect();
        let pairs = array(moving.iter().map(|(queue, concert)| (queue.0, concert.0)))?;
        for row in find::<Until>(db, token::SELECT_AWAITED_UNTIL, [pairs]).await? {
            let pair = usize::try_from(row.position).ok().and_then(|position| moving.get(position));
            if let Some((_, concert)) = pair.filter(|_| row.until.is_some_and(|until| micros(now) < until)) {
                found.add(Row::Awaited(concert.0));
            }
        }
    }
    if !led.seats.is_empty() {
        add(db, seat::SELECT, [seats(&led.seats)?], Row::Seat, found).await?;
    }
    Ok(())
}

async fn by_id<I: Copy + Into<Uuid>, R: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    wanted: &HashSet<I>,
    row: impl Fn(R) -> Row,
    found: &mut Found,
) -> Result<(), DbErr> {
    if wanted.is_empty() { Ok(()) } else { add(db, sql, [ids(wanted)?], row, found).await }
}

async fn add<R: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
    row: impl Fn(R) -> Row,
    found: &mut Found,
) -> Result<(), DbErr> {
    find::<R>(db, sql, values).await?.into_iter().for_each(|found_row| found.add(row(found_row)));
    Ok(())
}

fn ids<'a, I: Copy + Into<Uuid> + 'a>(ids: impl IntoIterator<Item = &'a I>) -> Result<Value, DbErr> {
    array(ids.into_iter().map(|id| -> Uuid { (*id).into() }))
}

fn seats<'a>(seats: impl IntoIterator<Item = &'a (ScheduleId, SeatNumber)>) -> Result<Value, DbErr> {
    array(seats.into_iter().map(|(schedule, number)| (schedule.0, number.get())))
}
