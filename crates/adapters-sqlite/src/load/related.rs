//! The rows that the loaded rows refer to.

use std::collections::HashSet;

use adapters_sql::load::WantedKeys;
use adapters_sql::micros;
use adapters_sql::rows::{Row, add};
use domain::{ConcertId, Payment, Queue, QueueId, QueueToken, Rows, Schedule, ScheduleId, SeatNumber, UserId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::select::{by, by_id, ids, seats};
use crate::statement::{array, find};
use crate::statements::{concert, queue, reservation, schedule, seat, token, wallet};

#[derive(FromQueryResult)]
struct Until {
    position: i64,
    until: Option<i64>,
}

/// The keys of the rows that the loaded rows refer to, each once, by table.
#[derive(Default)]
pub(super) struct Related {
    queues: HashSet<QueueId>,
    /// Queues whose waiting users must be counted.
    waiting: HashSet<QueueId>,
    /// Users and queues whose live tokens are loaded.
    places: HashSet<(QueueId, UserId)>,
    wallets: HashSet<UserId>,
    concerts: HashSet<ConcertId>,
    schedules: HashSet<ScheduleId>,
    seats: HashSet<(ScheduleId, SeatNumber)>,
    /// Concerts for which it must be known whether they have holds.
    held: HashSet<ConcertId>,
    /// Concerts for which it must be known whether a live token of their queue names them.
    awaited: HashSet<(QueueId, ConcertId)>,
}

impl Related {
    /// Returns the keys in the rows found for `wanted`. References of an invalid row are not followed: the needs that it belongs to fail
    /// anyway.
    pub(super) fn by(wanted: &WantedKeys<'_>, rows: &Rows) -> Self {
        let mut related = Self { held: wanted.used.clone(), seats: wanted.seats.clone(), ..Self::default() };
        related.queues.extend(wanted.tokens.iter().filter_map(|token| rows.token(*token)).map(QueueToken::queue));
        for (user, concert) in &wanted.places {
            if let Some(queue) = concert.map_or(Some(Queue::DEFAULT), |concert| rows.queue_of(concert)) {
                related.queues.insert(queue);
                related.waiting.insert(queue);
                related.places.insert((queue, *user));
            }
        }
        related.wallets.extend(wanted.payments.iter().filter_map(|payment| rows.payment(*payment)).map(Payment::user));
        related.concerts.extend(wanted.schedules.iter().filter_map(|schedule| rows.schedule(*schedule)).map(Schedule::concert));
        related.schedules.extend(wanted.lines.iter().flat_map(|line| rows.offered(line.queue)));
        for reservation in rows.reservations() {
            related.concerts.insert(reservation.concert());
            related.schedules.insert(reservation.schedule());
            related.seats.extend(reservation.numbers().map(|number| (reservation.schedule(), number)));
        }
        related.awaited.extend(wanted.used.iter().filter_map(|concert| Some((rows.queue_of(*concert)?, *concert))));
        related
    }

    /// Adds these rows to `rows`.
    pub(super) async fn read(&self, db: &impl ConnectionTrait, rows: &mut Rows) -> Result<(), DbErr> {
        by_id(db, queue::SELECT, &self.queues, Row::Queue, rows).await?;
        by_id(db, queue::WAITING, &self.waiting, Row::QueueCounts, rows).await?;
        if !self.places.is_empty() {
            let places = array(self.places.iter().map(|(queue, user)| (queue.0, user.0)))?;
            by(db, token::SELECT_LIVE, [places], Row::Token, rows).await?;
        }
        by_id(db, wallet::SELECT, &self.wallets, Row::Wallet, rows).await?;
        by_id(db, concert::SELECT, &self.concerts, Row::Concert, rows).await?;
        by_id(db, schedule::SELECT, &self.schedules, Row::Schedule, rows).await?;
        if !self.seats.is_empty() {
            by(db, seat::SELECT, [seats(&self.seats)?], Row::Seat, rows).await?;
        }
        self.read_held(db, rows).await?;
        self.read_awaited(db, rows).await
    }

    async fn read_held(&self, db: &impl ConnectionTrait, rows: &mut Rows) -> Result<(), DbErr> {
        if self.held.is_empty() {
            return Ok(());
        }
        let concerts: Vec<_> = self.held.iter().copied().collect();
        for row in find::<Until>(db, reservation::SELECT_HELD_UNTIL, [ids(&concerts)?]).await? {
            if let Some(concert) = row.of(&concerts, rows) {
                add(rows, Row::Held(concert.0));
            }
        }
        Ok(())
    }

    async fn read_awaited(&self, db: &impl ConnectionTrait, rows: &mut Rows) -> Result<(), DbErr> {
        if self.awaited.is_empty() {
            return Ok(());
        }
        let pairs: Vec<_> = self.awaited.iter().copied().collect();
        let values = [array(pairs.iter().map(|(queue, concert)| (queue.0, concert.0)))?];
        for row in find::<Until>(db, token::SELECT_AWAITED_UNTIL, values).await? {
            if let Some((_, concert)) = row.of(&pairs, rows) {
                add(rows, Row::Awaited(concert.0));
            }
        }
        Ok(())
    }
}

impl Until {
    /// Returns the key in `keys` that this row belongs to, if its instant is in the future.
    fn of<T: Copy>(&self, keys: &[T], rows: &Rows) -> Option<T> {
        let found = usize::try_from(self.position).ok().and_then(|position| keys.get(position));
        found.copied().filter(|_| self.until.is_some_and(|until| micros(rows.now) < until))
    }
}
