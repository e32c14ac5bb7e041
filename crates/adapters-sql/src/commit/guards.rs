//! The versions of the rows that a group relies on.

use std::collections::{BTreeSet, HashMap};

use domain::change::{Check, RowName};
use domain::{Change, ConcertId, KeyScope, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId, Version};
use time::OffsetDateTime;

use crate::instant::micros;

/// The versions, at the moment of the commit, of what the changes of a group name; who isn't there has none.
#[derive(Debug, Default)]
pub struct Guards {
    rows: HashMap<RowName, Version>,
    checks: HashMap<RowChecked, Version>,
    places: HashMap<(QueueId, UserId), TokenId>,
    held_until: HashMap<ConcertId, i64>,
    awaited_until: HashMap<(QueueId, ConcertId), i64>,
}

/// A row that is checked and not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum RowChecked {
    Queue(QueueId),
    Concert(ConcertId),
    Schedule(ScheduleId),
}

/// The names of the rows that a group relies on, table by table, each sorted: the order in which they are locked.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Names<'a> {
    pub queues: BTreeSet<QueueId>,
    pub concerts: BTreeSet<ConcertId>,
    pub schedules: BTreeSet<ScheduleId>,
    pub admissions: BTreeSet<QueueId>,
    pub users: BTreeSet<UserId>,
    pub tokens: BTreeSet<TokenId>,
    pub places: BTreeSet<(QueueId, UserId)>,
    pub seats: BTreeSet<(ScheduleId, SeatNumber)>,
    pub reservations: BTreeSet<ReservationId>,
    pub payments: BTreeSet<PaymentId>,
    pub wallets: BTreeSet<UserId>,
    pub keys: BTreeSet<&'a KeyScope>,
    /// Concerts of which nothing may be HELD.
    pub unheld: BTreeSet<ConcertId>,
    /// Queues and concerts of which no live token of the one may name the other.
    pub unawaited: BTreeSet<(QueueId, ConcertId)>,
}

impl Guards {
    /// Adds the version of a row that is written.
    pub fn add(&mut self, row: RowName, version: Version) {
        self.rows.insert(row, version);
    }

    /// Adds the version of a row that is checked.
    pub fn add_checked(&mut self, row: Check) {
        let (row, version) = checked(row);
        self.checks.insert(row, version);
    }

    /// Adds the user's live token in a queue.
    pub fn add_place(&mut self, queue: QueueId, user: UserId, token: TokenId) {
        self.places.insert((queue, user), token);
    }

    /// Adds until when, in microseconds, the last hold of a concert lives.
    pub fn add_held_until(&mut self, concert: ConcertId, until: i64) {
        self.held_until.insert(concert, until);
    }

    /// Adds until when, in microseconds, the last live token of a queue that names a concert lives.
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

    /// The version of a row that is written; none if there is no such row.
    pub fn version(&self, row: &RowName) -> Option<Version> {
        self.rows.get(row).copied()
    }

    /// The user's live token in the queue.
    pub fn occupant(&self, queue: QueueId, user: UserId) -> Option<TokenId> {
        self.places.get(&(queue, user)).copied()
    }

    /// Whether a row that isn't written still has its version.
    pub fn holds(&self, check: Check) -> bool {
        let (row, version) = checked(check);
        self.checks.get(&row) == Some(&version)
    }
}

const fn checked(check: Check) -> (RowChecked, Version) {
    match check {
        Check::Queue(id, version) => (RowChecked::Queue(id), version),
        Check::Concert(id, version) => (RowChecked::Concert(id), version),
        Check::Schedule(id, version) => (RowChecked::Schedule(id), version),
    }
}

impl<'a> Names<'a> {
    /// What `changes` rely on.
    pub fn of(changes: &'a [Change]) -> Self {
        let mut names = Self::default();
        for change in changes {
            names.add(change);
        }
        names
    }

    fn add(&mut self, change: &'a Change) {
        for check in &change.checks {
            match check {
                Check::Queue(id, _) => self.queues.extend([*id]),
                Check::Concert(id, _) => self.concerts.extend([*id]),
                Check::Schedule(id, _) => self.schedules.extend([*id]),
            }
        }
        self.queues.extend(change.queues.iter().map(|queue| queue.row.id));
        self.concerts.extend(change.concerts.iter().map(|concert| concert.row.id));
        self.schedules.extend(change.schedules.iter().map(|schedule| schedule.row.id));
        self.unheld.extend(change.unheld);
        self.unawaited.extend(change.unawaited);
        self.admissions.extend(change.admission.map(|(queue, _)| queue));
        self.users.extend(change.user.as_ref().map(|user| user.id));
        self.tokens.extend(change.tokens.iter().map(|token| token.row.id));
        self.tokens.extend(change.join.as_ref().map(|new| new.id));
        self.places.extend(change.join.as_ref().map(|new| (new.queue, new.user)));
        self.seats.extend(change.seats.iter().map(|seat| (seat.row.schedule, seat.row.number)));
        self.reservations.extend(change.reservations.iter().map(|reservation| reservation.row.id));
        self.payments.extend(change.payment.as_ref().map(|payment| payment.row.id));
        self.wallets.extend(change.wallet.as_ref().map(|wallet| wallet.row.user));
        self.keys.extend(change.key.as_ref().map(|key| &key.row.scope));
    }
}
