//! An in-memory store of plain maps that only commits change.

mod commit;
mod load;
mod small_halls;

use std::collections::BTreeMap;

use time::OffsetDateTime;

pub use commit::Conflict;
pub(super) use small_halls::{CONCERTS, QUEUES, SCHEDULES, SEATS_PER_SCHEDULE};

use crate::admission::Admission;
use crate::reservation::ReservationStatus;
use crate::{
    AuditEntry, AuditEntryId, Concert, ConcertId, IdempotencyRecord, IdempotencyScope, Layout, LayoutHash, Payment, PaymentId, Queue,
    QueueId, QueueToken, Reservation, ReservationId, Rules, Schedule, ScheduleId, Seat, SeatNumber, Session, TokenId, TokenState, User,
    UserId, Versioned, Wallet, WalletEntry, WalletEntryId,
};

/// The rows of one kind, by key.
pub type Table<K, T> = BTreeMap<K, Versioned<T>>;

/// A queue, with the data that a store keeps separately from its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRows {
    /// The queue's row.
    pub queue: Versioned<Queue>,
    /// The admissions so far.
    pub admission: Versioned<Admission>,
    /// The number that was last assigned to a token.
    pub last_number: u64,
}

/// An in-memory store that checks the guards of a change as every store does: unless all rows have the versions that the decision read,
/// nothing is written.
///
/// `ModelStore::default()` has two concerts with three schedules of five seats each, two queues, and tight limits, so that users compete. A
/// test may set the clock, the rules and every row.
#[derive(Debug, Clone)]
pub struct ModelStore {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The rules for the decisions.
    pub rules: Rules,
    /// Queues.
    pub queues: BTreeMap<QueueId, QueueRows>,
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
    pub entries: BTreeMap<WalletEntryId, WalletEntry>,
    /// Idempotency records.
    pub keys: Table<IdempotencyScope, IdempotencyRecord>,
    /// Entries of the audit log.
    pub audit_entries: BTreeMap<AuditEntryId, AuditEntry>,
    /// Sessions.
    pub sessions: Table<(UserId, u8), Session>,
    /// The layouts.
    pub layouts: BTreeMap<LayoutHash, Layout>,
}

impl ModelStore {
    /// Returns the tokens of `queue` whose rows are ACTIVE, lapsed or not.
    pub fn active(&self, queue: QueueId) -> impl Iterator<Item = &Versioned<QueueToken>> {
        self.tokens.values().filter(move |token| token.queue() == queue && matches!(token.state(), TokenState::Active { .. }))
    }

    /// Returns the tokens of `queue` that are WAITING.
    pub fn waiting(&self, queue: QueueId) -> impl Iterator<Item = &Versioned<QueueToken>> {
        self.tokens.values().filter(move |token| token.queue() == queue && token.state() == TokenState::Waiting)
    }

    /// Returns the queue that admits users to `schedule`.
    #[must_use]
    pub fn queue_of(&self, schedule: ScheduleId) -> Option<QueueId> {
        let concert = self.schedules.get(&schedule)?.concert();
        Some(self.concerts.get(&concert)?.queue())
    }

    /// Returns the current status of `reservation`.
    ///
    /// # Panics
    /// Unless the store has its schedule.
    #[must_use]
    pub fn status(&self, reservation: &Reservation) -> ReservationStatus {
        reservation.status(self.schedules[&reservation.schedule()].at(self.now))
    }

    /// Returns the reservations that are HELD or CONFIRMED now.
    pub fn live_reservations(&self) -> impl Iterator<Item = &Versioned<Reservation>> {
        self.reservations.values().filter(|reservation| match self.status(reservation) {
            ReservationStatus::Held | ReservationStatus::Confirmed => true,
            ReservationStatus::Cancelled(_) => false,
        })
    }
}
