//! A store of plain maps, in which nothing changes but by commits.

mod commit;
mod load;
mod small_halls;

use std::collections::BTreeMap;

use time::OffsetDateTime;

pub use commit::Conflict;
pub(super) use small_halls::{CONCERTS, QUEUES, SCHEDULES, SEATS_PER_SCHEDULE};

use crate::reservation::ReservationStatus;
use crate::{
    AuditEntry, AuditEntryId, Concert, ConcertId, EntryId, IdempotencyRecord, IdempotencyScope, Payment, PaymentId, Queue, QueueId,
    QueueToken, Reservation, ReservationId, Rules, Schedule, ScheduleId, Seat, SeatNumber, TokenId, TokenState, User, UserId, Version,
    Versioned, Wallet, WalletEntry,
};

/// The rows of a kind, by their key.
pub type Table<K, T> = BTreeMap<K, Versioned<T>>;

/// A queue, with what a store keeps apart from its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The queue's row.
    pub queue: Versioned<Queue>,
    /// The version under which it admits.
    pub admission: Version,
    /// The last number that it has given.
    pub last_number: u64,
}

/// A store in memory that judges the guards of a change as every store does: rows have the versions that the decision saw, or nothing is
/// written.
///
/// `ModelStore::default()` has two concerts with three schedules of five seats each, behind two queues, and tight limits: users get in each
/// other's way. A test may set the clock, the rules and every row.
#[derive(Debug, Clone)]
pub struct ModelStore {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The rules that commands are decided by.
    pub rules: Rules,
    /// Queues.
    pub queues: BTreeMap<QueueId, Line>,
    /// Concerts.
    pub concerts: Table<ConcertId, Concert>,
    /// Schedules.
    pub schedules: Table<ScheduleId, Schedule>,
    /// Users.
    pub users: BTreeMap<UserId, User>,
    /// Queue tokens.
    pub tokens: Table<TokenId, QueueToken>,
    /// Seats.
    pub seats: Table<(ScheduleId, SeatNumber), Seat>,
    /// Reservations.
    pub reservations: Table<ReservationId, Reservation>,
    /// Payments.
    pub payments: Table<PaymentId, Payment>,
    /// Wallets.
    pub wallets: Table<UserId, Wallet>,
    /// Wallet entries.
    pub entries: BTreeMap<EntryId, WalletEntry>,
    /// Idempotency records.
    pub keys: Table<IdempotencyScope, IdempotencyRecord>,
    /// What operators did.
    pub audit_entries: BTreeMap<AuditEntryId, AuditEntry>,
}

impl ModelStore {
    /// The tokens of `queue` that are ACTIVE by their rows, lapsed or not.
    pub fn active(&self, queue: QueueId) -> impl Iterator<Item = &Versioned<QueueToken>> {
        self.tokens.values().filter(move |token| token.queue() == queue && matches!(token.state(), TokenState::Active { .. }))
    }

    /// The tokens of `queue` that are WAITING.
    pub fn waiting(&self, queue: QueueId) -> impl Iterator<Item = &Versioned<QueueToken>> {
        self.tokens.values().filter(move |token| token.queue() == queue && token.state() == TokenState::Waiting)
    }

    /// The queue that admits to `schedule`.
    #[must_use]
    pub fn queue_of(&self, schedule: ScheduleId) -> Option<QueueId> {
        let concert = self.schedules.get(&schedule)?.concert();
        Some(self.concerts.get(&concert)?.queue())
    }

    /// What `reservation` is now.
    ///
    /// # Panics
    /// Unless the store has its schedule.
    #[must_use]
    pub fn status(&self, reservation: &Reservation) -> ReservationStatus {
        reservation.status(self.schedules[&reservation.schedule()].at(self.now))
    }

    /// The reservations that are HELD or CONFIRMED now.
    pub fn live_reservations(&self) -> impl Iterator<Item = &Versioned<Reservation>> {
        self.reservations.values().filter(|reservation| match self.status(reservation) {
            ReservationStatus::Held | ReservationStatus::Confirmed => true,
            ReservationStatus::Cancelled(_) => false,
        })
    }
}
