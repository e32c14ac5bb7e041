//! The rows that a store returns: a snapshot, with indexes for the lookups of needs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use thiserror::Error;
use time::OffsetDateTime;

use crate::admission::Admission;
use crate::loaded::ConcertUse;
use crate::{
    Concert, ConcertId, IdempotencyRecord, IdempotencyScope, Layout, LayoutHash, Payment, PaymentId, Queue, QueueId, QueueToken,
    Reservation, ReservationId, Schedule, ScheduleId, Seat, SeatNumber, Session, TokenId, User, UserId, Versioned, Wallet,
};

/// Rows with their versions, all read at one instant.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The time by the store's clock, not later than the end of the read.
    pub now: OffsetDateTime,
    pub(super) keys: HashMap<IdempotencyScope, Versioned<IdempotencyRecord>>,
    pub(super) users: HashMap<UserId, User>,
    pub(super) wallets: HashMap<UserId, Versioned<Wallet>>,
    pub(super) queues: HashMap<QueueId, Versioned<Queue>>,
    pub(super) queue_counts: HashMap<QueueId, QueueCounts>,
    /// The schedules of the concerts that each queue admits to, with whether they have seats.
    pub(super) offered: HashMap<QueueId, BTreeMap<ScheduleId, bool>>,
    pub(super) tokens: HashMap<TokenId, Versioned<QueueToken>>,
    pub(super) concerts: HashMap<ConcertId, Versioned<Concert>>,
    pub(super) uses: HashMap<ConcertId, ConcertUse>,
    pub(super) schedules: HashMap<ScheduleId, Versioned<Schedule>>,
    pub(super) seats: HashMap<(ScheduleId, SeatNumber), Versioned<Seat>>,
    pub(super) reservations: HashMap<ReservationId, Versioned<Reservation>>,
    pub(super) payments: HashMap<PaymentId, Versioned<Payment>>,
    pub(super) layouts: HashMap<LayoutHash, Layout>,
    /// The sessions of each user, by slot.
    pub(super) sessions: HashMap<UserId, BTreeMap<u8, Versioned<Session>>>,
    pub(super) tokens_in: HashMap<QueueId, BTreeSet<TokenId>>,
    pub(super) live_tokens: HashMap<(QueueId, UserId), TokenId>,
    pub(super) schedules_of: HashMap<ConcertId, BTreeSet<(OffsetDateTime, ScheduleId)>>,
    pub(super) reservations_under: HashMap<TokenId, BTreeSet<ReservationId>>,
    pub(super) reservations_of: HashMap<(UserId, ConcertId), BTreeSet<ReservationId>>,
    pub(super) unreadable: Vec<Unreadable>,
}

/// The admission row and the token counts of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueCounts {
    /// The admission row.
    pub admission: Versioned<Admission>,
    /// The number of waiting tokens.
    pub waiting: u32,
    /// The number of tokens whose row is ACTIVE, if counted: a [`QueueHead`](super::QueueHead) needs it if any user waits.
    pub active: Option<u32>,
}

/// A row that is invalid. It fails the needs that it belongs to, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct Unreadable {
    /// The keys of the row.
    pub lookup: Lookup,
    /// The reason why it is invalid.
    pub problem: String,
}

/// The keys by which needs look up a row that is unreadable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum Lookup {
    Key(IdempotencyScope),
    User(UserId),
    Wallet(UserId),
    Queue(QueueId),
    Token {
        id: TokenId,
        queue: QueueId,
        user: UserId,
    },
    Concert(ConcertId),
    Schedule {
        id: ScheduleId,
        concert: ConcertId,
    },
    /// A number of none is itself unreadable.
    Seat(ScheduleId, Option<SeatNumber>),
    Reservation {
        id: ReservationId,
        token: TokenId,
        user: UserId,
        concert: ConcertId,
    },
    Payment(PaymentId),
    /// A hash of none is itself unreadable.
    Layout(Option<LayoutHash>),
    /// A session of this user.
    Session(UserId),
}

/// A row that can be added to [`Rows`].
pub trait Loadable {
    /// Adds the row to `rows`.
    fn add_to(self, rows: &mut Rows);
}

impl Rows {
    /// Creates an empty set of rows, read at `now`.
    #[must_use]
    pub fn at(now: OffsetDateTime) -> Self {
        Self {
            now,
            keys: HashMap::new(),
            users: HashMap::new(),
            wallets: HashMap::new(),
            queues: HashMap::new(),
            queue_counts: HashMap::new(),
            offered: HashMap::new(),
            tokens: HashMap::new(),
            concerts: HashMap::new(),
            uses: HashMap::new(),
            schedules: HashMap::new(),
            seats: HashMap::new(),
            reservations: HashMap::new(),
            payments: HashMap::new(),
            layouts: HashMap::new(),
            sessions: HashMap::new(),
            tokens_in: HashMap::new(),
            live_tokens: HashMap::new(),
            schedules_of: HashMap::new(),
            reservations_under: HashMap::new(),
            reservations_of: HashMap::new(),
            unreadable: Vec::new(),
        }
    }

    /// Adds a row. Adding the same row again changes nothing.
    pub fn add(&mut self, row: impl Loadable) {
        row.add_to(self);
    }

    /// Adds several rows.
    pub fn add_all(&mut self, rows: impl IntoIterator<Item = impl Loadable>) {
        rows.into_iter().for_each(|row| self.add(row));
    }

    /// Replaces a wallet, and returns the previous one; none, and no change, if there is none.
    pub fn replace_wallet(&mut self, wallet: Versioned<Wallet>) -> Option<Versioned<Wallet>> {
        let known = self.wallets.get_mut(&wallet.user())?;
        Some(std::mem::replace(known, wallet))
    }

    /// Returns the rows with `row` added.
    #[must_use]
    pub fn with(mut self, row: impl Loadable) -> Self {
        self.add(row);
        self
    }

    /// Adds the standing of a queue. An earlier count of active tokens is kept if `standing` has none.
    pub fn add_queue_counts(&mut self, queue: QueueId, standing: QueueCounts) {
        let counted = self.queue_counts.get(&queue).and_then(|standing| standing.active);
        self.queue_counts.insert(queue, QueueCounts { active: standing.active.or(counted), ..standing });
    }

    /// Adds that the queue is a concert's own; and, if the concert has schedules, one of them, with whether it has seats that are free or
    /// may become free again.
    pub fn add_offer(&mut self, queue: QueueId, schedule: Option<(ScheduleId, bool)>) {
        self.offered.entry(queue).or_default().extend(schedule);
    }

    /// Adds that a reservation of the concert is held.
    pub fn add_held(&mut self, concert: ConcertId) {
        self.uses.entry(concert).or_default().held = true;
    }

    /// Adds that a live token of the concert's queue names the concert.
    pub fn add_awaited(&mut self, concert: ConcertId) {
        self.uses.entry(concert).or_default().awaited = true;
    }

    /// Adds a row that is unreadable.
    pub fn add_unreadable(&mut self, lookup: Lookup, problem: impl ToString) {
        self.unreadable.push(Unreadable { lookup, problem: problem.to_string() });
    }

    /// Returns the queue that admits users to a concert, if the concert was found.
    #[must_use]
    pub fn queue_of(&self, concert: ConcertId) -> Option<QueueId> {
        self.concerts.get(&concert).map(|concert| concert.queue())
    }

    /// Returns a token, if it was found.
    #[must_use]
    pub fn token(&self, id: TokenId) -> Option<&QueueToken> {
        self.tokens.get(&id).map(|token| &token.row)
    }

    /// Returns a schedule, if it was found.
    #[must_use]
    pub fn schedule(&self, id: ScheduleId) -> Option<&Schedule> {
        self.schedules.get(&id).map(|schedule| &schedule.row)
    }

    /// Returns a payment, if it was found.
    #[must_use]
    pub fn payment(&self, id: PaymentId) -> Option<&Payment> {
        self.payments.get(&id).map(|payment| &payment.row)
    }

    /// Returns the reservations that were found.
    pub fn reservations(&self) -> impl Iterator<Item = &Reservation> {
        self.reservations.values().map(|reservation| &reservation.row)
    }

    /// Returns the schedules of concerts that a queue admits to.
    pub fn offered(&self, queue: QueueId) -> impl Iterator<Item = ScheduleId> {
        self.offered.get(&queue).into_iter().flat_map(BTreeMap::keys).copied()
    }

    /// Fails if an unreadable row `is_needed`.
    pub(super) fn check(&self, is_needed: impl Fn(&Lookup) -> bool) -> Result<(), Unreadable> {
        match self.unreadable.iter().find(|row| is_needed(&row.lookup)) {
            Some(row) => Err(row.clone()),
            None => Ok(()),
        }
    }
}

impl Loadable for Versioned<IdempotencyRecord> {
    fn add_to(self, rows: &mut Rows) {
        rows.keys.insert(self.scope.clone(), self);
    }
}

impl Loadable for User {
    fn add_to(self, rows: &mut Rows) {
        rows.users.insert(self.id, self);
    }
}

impl Loadable for Versioned<Wallet> {
    fn add_to(self, rows: &mut Rows) {
        rows.wallets.insert(self.user(), self);
    }
}

impl Loadable for Versioned<Queue> {
    fn add_to(self, rows: &mut Rows) {
        rows.queues.insert(self.id(), self);
    }
}

impl Loadable for Versioned<QueueToken> {
    fn add_to(self, rows: &mut Rows) {
        index(&mut rows.tokens_in, self.queue(), self.id());
        if self.is_live() {
            rows.live_tokens.insert((self.queue(), self.user()), self.id());
        }
        rows.tokens.insert(self.id(), self);
    }
}

impl Loadable for Versioned<Concert> {
    fn add_to(self, rows: &mut Rows) {
        rows.concerts.insert(self.id(), self);
    }
}

impl Loadable for Versioned<Schedule> {
    fn add_to(self, rows: &mut Rows) {
        index(&mut rows.schedules_of, self.concert(), (self.starts_at(), self.id()));
        rows.schedules.insert(self.id(), self);
    }
}

impl Loadable for Versioned<Seat> {
    fn add_to(self, rows: &mut Rows) {
        rows.seats.insert((self.schedule(), self.number()), self);
    }
}

impl Loadable for Versioned<Reservation> {
    fn add_to(self, rows: &mut Rows) {
        index(&mut rows.reservations_under, self.token(), self.id());
        index(&mut rows.reservations_of, (self.user(), self.concert()), self.id());
        rows.reservations.insert(self.id(), self);
    }
}

impl Loadable for Versioned<Payment> {
    fn add_to(self, rows: &mut Rows) {
        rows.payments.insert(self.id(), self);
    }
}

impl Loadable for Versioned<Session> {
    fn add_to(self, rows: &mut Rows) {
        rows.sessions.entry(self.user()).or_default().insert(self.slot(), self);
    }
}

impl Loadable for Layout {
    fn add_to(self, rows: &mut Rows) {
        rows.layouts.insert(self.hash(), self);
    }
}

fn index<K: Eq + Hash, I: Ord>(index: &mut HashMap<K, BTreeSet<I>>, key: K, id: I) {
    index.entry(key).or_default().insert(id);
}
