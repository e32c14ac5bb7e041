//! The rows found for a batch of loads.

use std::collections::HashMap;
use std::hash::Hash;

use domain::{
    Concert, ConcertId, KeyRecord, KeyScope, Payment, PaymentId, Queue, QueueId, QueueToken, Reservation, ReservationId, Schedule,
    ScheduleId, Seat, SeatNumber, TokenId, User, UserId, Versioned, Wallet,
};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use super::holds::Holds;
use super::led::Led;
use super::wanted::Wanted;
use crate::corrupt::Corrupt;
use crate::rows::{concert, key, payment, queue, reservation, schedule, seat, token, user, wallet};
use crate::statement::{array, find};

/// Rows by key. One that makes no sense fails only the loads that meet it.
pub(super) type Rows<K, T> = HashMap<K, Result<T, Corrupt>>;

/// The rows found for a batch of loads.
#[derive(Default)]
pub(super) struct Found {
    pub(super) keys: Rows<KeyScope, Versioned<KeyRecord>>,
    pub(super) users: Rows<UserId, User>,
    pub(super) queues: Rows<QueueId, Versioned<Queue>>,
    pub(super) standings: HashMap<QueueId, queue::Standing>,
    pub(super) tokens: Rows<TokenId, Versioned<QueueToken>>,
    pub(super) places: Rows<(QueueId, UserId), Versioned<QueueToken>>,
    pub(super) concerts: Rows<ConcertId, Versioned<Concert>>,
    pub(super) schedules: Rows<ScheduleId, Versioned<Schedule>>,
    pub(super) seats: Rows<(ScheduleId, Option<SeatNumber>), Versioned<Seat>>,
    pub(super) holds: Holds,
    pub(super) payments: Rows<PaymentId, Versioned<Payment>>,
    pub(super) wallets: Rows<UserId, Versioned<Wallet>>,
}

impl Found {
    /// Reads what the loads name.
    pub(super) async fn read(&mut self, db: &impl ConnectionTrait, wanted: &Wanted<'_>) -> Result<(), DbErr> {
        if !wanted.keys.is_empty() {
            let rows = find::<key::Model>(db, key::SELECT, [array(wanted.keys.iter().map(|scope| key::name(scope)))?]).await?;
            for row in rows {
                if let Ok(scope) = key::scope(row.user_id, &row.route, &row.request_key) {
                    self.keys.insert(scope, row.try_into());
                }
            }
        }
        read(db, &mut self.users, user::SELECT, &wanted.users, |row: &user::Model| UserId(row.id)).await?;
        read(db, &mut self.tokens, token::SELECT, &wanted.tokens, |row: &token::Model| TokenId(row.id)).await?;
        read(db, &mut self.concerts, concert::SELECT, &wanted.concerts, |row: &concert::Model| ConcertId(row.id)).await?;
        read(db, &mut self.schedules, schedule::SELECT, &wanted.schedules, |row: &schedule::Model| ScheduleId(row.id)).await?;
        read(db, &mut self.wallets, wallet::SELECT, &wanted.wallets, |row: &wallet::Model| UserId(row.user_id)).await?;
        read(db, &mut self.payments, payment::SELECT, &wanted.payments, |row: &payment::Model| PaymentId(row.id)).await?;
        self.read_holds(db, wanted).await
    }

    async fn read_holds(&mut self, db: &impl ConnectionTrait, wanted: &Wanted<'_>) -> Result<(), DbErr> {
        let names_none =
            wanted.reservations.is_empty() && wanted.holders.is_empty() && wanted.owners.is_empty() && wanted.payments.is_empty();
        if names_none && wanted.seats.is_empty() {
            return Ok(());
        }
        let values = [
            ids(&wanted.reservations)?,
            ids(&wanted.holders)?,
            seats(&wanted.seats)?,
            array(wanted.owners.iter().map(|(user, schedule)| (user.0, schedule.0)))?,
            ids(&wanted.payments)?,
        ];
        let rows = find::<reservation::Row>(db, reservation::SELECT_WANTED, values).await?;
        for row in rows {
            self.holds.add(row);
        }
        Ok(())
    }

    /// Reads what the rows found lead to.
    pub(super) async fn follow(&mut self, db: &impl ConnectionTrait, led: &Led) -> Result<(), DbErr> {
        read(db, &mut self.concerts, concert::SELECT, &led.concerts, |row: &concert::Model| ConcertId(row.id)).await?;
        read(db, &mut self.schedules, schedule::SELECT, &led.schedules, |row: &schedule::Model| ScheduleId(row.id)).await?;
        read(db, &mut self.wallets, wallet::SELECT, &led.wallets, |row: &wallet::Model| UserId(row.user_id)).await?;
        read(db, &mut self.queues, queue::SELECT, &led.queues, |row: &queue::Model| QueueId(row.id)).await?;
        if !led.standings.is_empty() {
            let rows = find::<queue::Standing>(db, queue::STANDINGS, [ids(&led.standings)?]).await?;
            self.standings.extend(rows.into_iter().map(|standing| (QueueId(standing.queue_id), standing)));
        }
        if !led.places.is_empty() {
            let places = array(led.places.iter().map(|(queue, user)| (queue.0, user.0)))?;
            let rows = find::<token::Model>(db, token::SELECT_LIVE, [places]).await?;
            self.places.extend(rows.into_iter().map(|row| ((QueueId(row.queue_id), UserId(row.user_id)), row.try_into())));
        }
        if !led.seats.is_empty() {
            let rows = find::<seat::Model>(db, seat::SELECT, [seats(&led.seats)?]).await?;
            self.seats.extend(rows.into_iter().map(|row| ((ScheduleId(row.schedule_id), seat::seat_number(row.number)), row.try_into())));
        }
        Ok(())
    }

    /// The queue that admits to a concert, if that was found.
    pub(super) fn queue_of(&self, concert: ConcertId) -> Option<QueueId> {
        self.concerts.get(&concert)?.as_ref().ok().map(|concert| concert.queue)
    }

    /// The reservation, if it was found and makes sense.
    pub(super) fn reservation(&self, id: ReservationId) -> Option<&Reservation> {
        self.holds.get(id)?.as_ref().ok().map(|reservation| &reservation.row)
    }
}

async fn read<I, R, T>(
    db: &impl ConnectionTrait,
    into: &mut Rows<I, T>,
    sql: &str,
    wanted: &std::collections::HashSet<I>,
    key: impl Fn(&R) -> I,
) -> Result<(), DbErr>
where
    I: Copy + Into<Uuid> + Eq + Hash,
    R: FromQueryResult,
    T: TryFrom<R>,
    Corrupt: From<T::Error>,
{
    if !wanted.is_empty() {
        let rows = find::<R>(db, sql, [ids(wanted)?]).await?;
        into.extend(rows.into_iter().map(|row| (key(&row), T::try_from(row).map_err(Corrupt::from))));
    }
    Ok(())
}

fn ids<'a, I: Copy + Into<Uuid> + 'a>(ids: impl IntoIterator<Item = &'a I>) -> Result<Value, DbErr> {
    array(ids.into_iter().map(|id| -> Uuid { (*id).into() }))
}

fn seats<'a>(seats: impl IntoIterator<Item = &'a (ScheduleId, SeatNumber)>) -> Result<Value, DbErr> {
    array(seats.into_iter().map(|(schedule, number)| (schedule.0, number.get())))
}
