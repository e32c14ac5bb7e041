//! The current versions of the rows that a group relies on.

use std::collections::HashMap;

use domain::change::{Guard, RowKey, RowWrite, Write};
use domain::{Change, ConcertId, IdempotencyScope, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId, Version};
use time::OffsetDateTime;

use crate::micros;

/// The versions, at the time of the commit, of the rows that the changes of a group refer to; a missing row has none.
#[derive(Debug, Default)]
pub struct CurrentVersions {
    rows: HashMap<RowKey, Version>,
    places: HashMap<(QueueId, UserId), TokenId>,
    held_until: HashMap<ConcertId, i64>,
    awaited_until: HashMap<(QueueId, ConcertId), i64>,
}

/// The keys of the rows that a group relies on, by table, each list sorted: the order in which they are locked.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "the field names are self-explanatory")]
pub struct GuardedKeys<'a> {
    pub queues: Vec<QueueId>,
    pub concerts: Vec<ConcertId>,
    pub schedules: Vec<ScheduleId>,
    pub admissions: Vec<QueueId>,
    pub users: Vec<UserId>,
    pub tokens: Vec<TokenId>,
    pub places: Vec<(QueueId, UserId)>,
    pub seats: Vec<(ScheduleId, SeatNumber)>,
    pub reservations: Vec<ReservationId>,
    pub payments: Vec<PaymentId>,
    pub wallets: Vec<UserId>,
    pub keys: Vec<&'a IdempotencyScope>,
    /// Sessions by user and slot.
    pub sessions: Vec<(UserId, u8)>,
    /// Queues with a join or a limit of waiting users.
    pub joined: Vec<QueueId>,
    /// Concerts that must not have HELD reservations.
    pub unheld: Vec<ConcertId>,
    /// Queues and concerts: no live token of the queue may name the concert.
    pub unawaited: Vec<(QueueId, ConcertId)>,
}

impl CurrentVersions {
    /// Adds the version of a row.
    pub fn add(&mut self, row: RowKey, version: Version) {
        self.rows.insert(row, version);
    }

    /// Adds the user's live token in a queue.
    pub fn add_live_token(&mut self, queue: QueueId, user: UserId, token: TokenId) {
        self.places.insert((queue, user), token);
    }

    /// Adds the latest deadline of the holds of a concert, in microseconds.
    pub fn add_held_until(&mut self, concert: ConcertId, until: i64) {
        self.held_until.insert(concert, until);
    }

    /// Adds the latest end, in microseconds, of the live tokens of a queue that name a concert.
    pub fn add_awaited_until(&mut self, queue: QueueId, concert: ConcertId, until: i64) {
        self.awaited_until.insert((queue, concert), until);
    }

    /// Whether a token of the queue that names the concert is WAITING, or ACTIVE and within its deadline at `now`.
    pub fn is_awaited(&self, queue: QueueId, concert: ConcertId, now: OffsetDateTime) -> bool {
        self.awaited_until.get(&(queue, concert)).is_some_and(|until| micros(now) < *until)
    }

    /// Whether a reservation of the concert is HELD and within its deadline at `now`.
    pub fn is_held(&self, concert: ConcertId, now: OffsetDateTime) -> bool {
        self.held_until.get(&concert).is_some_and(|until| micros(now) < *until)
    }

    /// Returns the version of a row; none if there is no such row.
    pub fn version(&self, row: &RowKey) -> Option<Version> {
        self.rows.get(row).copied()
    }

    /// Returns the user's live token in the queue.
    pub fn live_token(&self, queue: QueueId, user: UserId) -> Option<TokenId> {
        self.places.get(&(queue, user)).copied()
    }
}

impl<'a> GuardedKeys<'a> {
    /// Returns the keys of the rows that `changes` rely on.
    pub fn of(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let mut names = Self::default();
        for change in changes {
            names.add(change);
        }
        names.sort();
        names
    }

    fn sort(&mut self) {
        sort(&mut self.queues);
        sort(&mut self.concerts);
        sort(&mut self.schedules);
        sort(&mut self.admissions);
        sort(&mut self.users);
        sort(&mut self.tokens);
        sort(&mut self.places);
        sort(&mut self.seats);
        sort(&mut self.reservations);
        sort(&mut self.payments);
        sort(&mut self.wallets);
        sort(&mut self.keys);
        sort(&mut self.sessions);
        sort(&mut self.joined);
        sort(&mut self.unheld);
        sort(&mut self.unawaited);
    }

    fn add(&mut self, change: &'a Change) {
        for guard in &change.guards {
            match *guard {
                Guard::Queue(id, _) => self.queues.extend([id]),
                Guard::Concert(id, _) => self.concerts.extend([id]),
                Guard::Schedule(id, _) => self.schedules.extend([id]),
                Guard::NoLiveHold(concert) => self.unheld.extend([concert]),
                Guard::NoLiveToken(queue, concert) => self.unawaited.extend([(queue, concert)]),
                Guard::MaxWaiting(queue, _) => self.joined.extend([queue]),
            }
        }
        for write in &change.writes {
            match write {
                RowWrite::Queue(queue) => self.queues.extend([queue.row.id()]),
                RowWrite::Admission(admission) => self.admissions.extend([admission.row.queue()]),
                RowWrite::Concert(concert) => self.concerts.extend([concert.row.id()]),
                RowWrite::Schedule(schedule) => self.schedules.extend([schedule.row.id()]),
                RowWrite::User(user) => self.users.extend([user.row.id]),
                RowWrite::NewToken(Write { row: place, .. }) => {
                    self.tokens.extend([place.id]);
                    self.places.extend([(place.queue, place.user)]);
                    self.joined.extend([place.queue]);
                }
                RowWrite::Token(token) => self.tokens.extend([token.row.id()]),
                RowWrite::Seat(seat) => self.seats.extend([(seat.row.schedule(), seat.row.number())]),
                RowWrite::Reservation(reservation) => self.reservations.extend([reservation.row.id()]),
                RowWrite::Payment(payment) => self.payments.extend([payment.row.id()]),
                RowWrite::Wallet(wallet) => self.wallets.extend([wallet.row.user()]),
                RowWrite::Key(key) => self.keys.extend([&key.row.scope]),
                RowWrite::Session(session) => self.sessions.extend([(session.row.user(), session.row.slot())]),
                // Entries are unique by a constraint of the table: the second insert fails there. A layout that exists already has the
                // same content.
                RowWrite::WalletEntry(_) | RowWrite::AuditEntry(_) | RowWrite::Layout(_) => {}
            }
        }
    }
}

/// Sorts and deduplicates.
fn sort<N: Ord>(names: &mut Vec<N>) {
    names.sort_unstable();
    names.dedup();
}
