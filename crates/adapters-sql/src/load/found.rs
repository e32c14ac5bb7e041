//! The rows found for a batch of loads.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use domain::{
    Concert, ConcertId, KeyRecord, KeyScope, Payment, PaymentId, Queue, QueueId, QueueToken, Reservation, ReservationId, Schedule,
    ScheduleId, Seat, SeatNumber, TokenId, User, UserId, Versioned, Wallet,
};

use uuid::Uuid;

use super::holds::Holds;
use crate::corrupt::Corrupt;
use crate::rows::{concert, key, payment, queue, reservation, schedule, seat, token, user, wallet};

/// Rows by key. One that makes no sense fails only the loads that meet it.
pub type Rows<K, T> = HashMap<K, Result<T, Corrupt>>;

/// A row of any table.
pub enum Row {
    /// An idempotency record.
    Key(key::Model),
    /// A user.
    User(user::Model),
    /// A queue.
    Queue(queue::Model),
    /// How a queue stands.
    Standing(queue::Standing),
    /// What a queue admits to.
    Offered(queue::Offered),
    /// A token.
    Token(token::Model),
    /// A concert.
    Concert(concert::Model),
    /// A date.
    Schedule(schedule::Model),
    /// A seat.
    Seat(seat::Model),
    /// A reservation with its seats.
    Reservation(reservation::Row),
    /// A payment.
    Payment(payment::Model),
    /// A wallet.
    Wallet(wallet::Model),
    /// A concert of which something is HELD, within its deadline, for a date that isn't cancelled.
    Held(Uuid),
    /// A concert that a live token of its queue names.
    Awaited(Uuid),
}

/// The rows found for a batch of loads, each once, whichever load it was found for.
#[derive(Default)]
pub struct Found {
    pub(super) keys: Rows<KeyScope, Versioned<KeyRecord>>,
    pub(super) users: Rows<UserId, User>,
    pub(super) queues: Rows<QueueId, Versioned<Queue>>,
    pub(super) standings: HashMap<QueueId, queue::Standing>,
    /// Dates, and whether they have seats, of the concerts that queues admit to; empty: concerts without dates.
    pub(super) offered: HashMap<QueueId, Vec<(ScheduleId, bool)>>,
    pub(super) tokens: Rows<TokenId, Versioned<QueueToken>>,
    /// The live token of a user in a queue.
    pub(super) places: HashMap<(QueueId, UserId), TokenId>,
    pub(super) concerts: Rows<ConcertId, Versioned<Concert>>,
    pub(super) schedules: Rows<ScheduleId, Versioned<Schedule>>,
    pub(super) seats: Rows<(ScheduleId, Option<SeatNumber>), Versioned<Seat>>,
    /// Concerts of which something is held.
    pub(super) held: HashSet<ConcertId>,
    /// Concerts that a live token of their queue names.
    pub(super) awaited: HashSet<ConcertId>,
    pub(super) holds: Holds,
    pub(super) payments: Rows<PaymentId, Versioned<Payment>>,
    pub(super) wallets: Rows<UserId, Versioned<Wallet>>,
}

impl Found {
    /// Adds a row.
    pub fn add(&mut self, row: Row) {
        match row {
            Row::Key(row) => {
                // A key that isn't one can't have been asked for.
                if let Ok(scope) = key::scope(row.user_id, &row.route, &row.request_key) {
                    self.keys.insert(scope, row.try_into());
                }
            }
            Row::User(row) => insert(&mut self.users, UserId(row.id), row),
            Row::Queue(row) => insert(&mut self.queues, QueueId(row.id), row),
            Row::Standing(standing) => {
                self.standings.insert(QueueId(standing.queue_id), standing);
            }
            Row::Offered(row) => {
                let dates = self.offered.entry(QueueId(row.queue_id)).or_default();
                dates.extend(row.schedule_id.map(|date| (ScheduleId(date), row.has_seats)));
            }
            Row::Token(row) => {
                let id = TokenId(row.id);
                if row.is_live() {
                    self.places.insert((QueueId(row.queue_id), UserId(row.user_id)), id);
                }
                insert(&mut self.tokens, id, row);
            }
            Row::Concert(row) => insert(&mut self.concerts, ConcertId(row.id), row),
            Row::Schedule(row) => insert(&mut self.schedules, ScheduleId(row.id), row),
            Row::Held(concert) => {
                self.held.insert(ConcertId(concert));
            }
            Row::Awaited(concert) => {
                self.awaited.insert(ConcertId(concert));
            }
            Row::Seat(row) => insert(&mut self.seats, (ScheduleId(row.schedule_id), seat::seat_number(row.number)), row),
            Row::Reservation(row) => self.holds.add(row),
            Row::Payment(row) => insert(&mut self.payments, PaymentId(row.id), row),
            Row::Wallet(row) => insert(&mut self.wallets, UserId(row.user_id), row),
        }
    }

    /// The queue that admits to a concert, if that was found.
    pub fn queue_of(&self, concert: ConcertId) -> Option<QueueId> {
        sound(&self.concerts, &concert).map(|concert| concert.queue)
    }

    /// The token, if it was found and makes sense.
    pub fn token(&self, id: TokenId) -> Option<&QueueToken> {
        sound(&self.tokens, &id).map(|token| &token.row)
    }

    /// The date, if it was found and makes sense.
    pub fn schedule(&self, id: ScheduleId) -> Option<&Schedule> {
        sound(&self.schedules, &id).map(|schedule| &schedule.row)
    }

    /// The dates that a queue admits to, as far as they were found.
    pub fn offered(&self, queue: QueueId) -> impl Iterator<Item = ScheduleId> {
        self.offered.get(&queue).into_iter().flatten().map(|(date, _)| *date)
    }

    /// The payment, if it was found and makes sense.
    pub fn payment(&self, id: PaymentId) -> Option<&Payment> {
        sound(&self.payments, &id).map(|payment| &payment.row)
    }

    /// The reservation, if it was found and makes sense.
    pub fn reservation(&self, id: ReservationId) -> Option<&Reservation> {
        self.holds.get(id)?.as_ref().ok().map(|reservation| &reservation.row)
    }

    /// The reservations.
    pub fn holds(&self) -> &Holds {
        &self.holds
    }
}

fn insert<K, R, T>(rows: &mut Rows<K, T>, key: K, row: R)
where
    K: Eq + Hash,
    T: TryFrom<R>,
    Corrupt: From<T::Error>,
{
    rows.insert(key, T::try_from(row).map_err(Corrupt::from));
}

fn sound<'a, K: Eq + Hash, T>(rows: &'a Rows<K, T>, key: &K) -> Option<&'a T> {
    rows.get(key)?.as_ref().ok()
}
