//! Changes: what a decision wants written, as plain data. A store makes a change durable whole or not at all.

use time::OffsetDateTime;

pub use crate::token::NewToken;
use crate::{
    Concert, ConcertId, Deed, Event, KeyRecord, KeyScope, Payment, PaymentId, Queue, QueueId, QueueToken, Reservation, ReservationId,
    Schedule, ScheduleId, Seat, SeatNumber, TokenId, User, UserId, Version, Versioned, Wallet, WalletEntry,
};

/// A row to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write<T> {
    /// The version that the row must still have; none: there must be no such row yet.
    pub expected: Option<Version>,
    /// The row from now on.
    pub row: T,
}

impl<T> Write<T> {
    /// A row that must not exist yet.
    pub const fn insert(row: T) -> Self {
        Self { expected: None, row }
    }

    /// A row in the place of `old`.
    pub const fn update(old: &Versioned<T>, row: T) -> Self {
        Self { expected: Some(old.version), row }
    }

    /// The version of the row once it is written.
    #[must_use]
    pub fn version(&self) -> Version {
        self.expected.map_or(Version::FIRST, Version::next)
    }
}

/// A row that a decision relied on and doesn't write: its version must still be the one that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// A queue's policy and state.
    Queue(QueueId, Version),
    /// A concert.
    Concert(ConcertId, Version),
    /// A date.
    Schedule(ScheduleId, Version),
}

/// What a decision wants written, all or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The earliest deadline that the decision relied on: at or after it the change must not be committed.
    pub not_after: Option<OffsetDateTime>,
    /// Rows that must not have changed.
    pub checks: Vec<Check>,
    /// The admission version of a queue, guarded and counted up.
    pub admission: Option<(QueueId, Version)>,
    /// A user to be created; their wallet comes with them in [`Self::wallet`].
    pub user: Option<User>,
    /// Tokens to be rewritten.
    pub tokens: Vec<Write<QueueToken>>,
    /// A place in a line, to which the store gives the next number.
    pub join: Option<NewToken>,
    /// So many may be WAITING in the line of the join once it is among them; none: any number.
    pub line_limit: Option<u32>,
    /// Queues, by an operator's hand.
    pub queues: Vec<Write<Queue>>,
    /// Concerts, by an operator's hand.
    pub concerts: Vec<Write<Concert>>,
    /// Dates, by an operator's hand.
    pub schedules: Vec<Write<Schedule>>,
    /// No reservation of this concert may be HELD, within its deadline, for a date that isn't cancelled.
    pub unheld: Option<ConcertId>,
    /// No token of this queue that names this concert may be WAITING, or ACTIVE and within its deadline.
    pub unawaited: Option<(QueueId, ConcertId)>,
    /// What an operator did by this change.
    pub deed: Option<Deed>,
    /// Seats.
    pub seats: Vec<Write<Seat>>,
    /// Reservations.
    pub reservations: Vec<Write<Reservation>>,
    /// A payment.
    pub payment: Option<Write<Payment>>,
    /// A wallet.
    pub wallet: Option<Write<Wallet>>,
    /// The line in that wallet's book.
    pub entry: Option<WalletEntry>,
    /// The idempotency record.
    pub key: Option<Write<KeyRecord>>,
    /// What has happened, for the outbox.
    pub events: Vec<Event>,
}

/// The name of a row that a change writes; two changes of one group share none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowName {
    /// A queue's admission version.
    Admission(QueueId),
    /// A user's place in a queue.
    Place(QueueId, UserId),
    /// A token.
    Token(TokenId),
    /// A seat.
    Seat(ScheduleId, SeatNumber),
    /// A reservation.
    Reservation(ReservationId),
    /// A payment.
    Payment(PaymentId),
    /// A user.
    User(UserId),
    /// A wallet.
    Wallet(UserId),
    /// An idempotency record.
    Key(KeyScope),
    /// A queue's policy and state.
    Queue(QueueId),
    /// A concert.
    Concert(ConcertId),
    /// A date.
    Schedule(ScheduleId),
}

impl Change {
    /// Lets the change lapse at `deadline` unless it lapses before.
    pub fn not_after(&mut self, deadline: OffsetDateTime) {
        self.not_after = Some(self.not_after.map_or(deadline, |old| old.min(deadline)));
    }

    /// The names of all rows that it writes.
    #[must_use]
    pub fn rows(&self) -> Vec<RowName> {
        let mut rows = Vec::new();
        rows.extend(self.admission.map(|(queue, _)| RowName::Admission(queue)));
        rows.extend(self.user.iter().map(|user| RowName::User(user.id)));
        rows.extend(self.tokens.iter().map(|token| RowName::Token(token.row.id)));
        rows.extend(self.join.iter().map(|new| RowName::Place(new.queue, new.user)));
        rows.extend(self.seats.iter().map(|seat| RowName::Seat(seat.row.schedule, seat.row.number)));
        rows.extend(self.reservations.iter().map(|reservation| RowName::Reservation(reservation.row.id)));
        rows.extend(self.payment.iter().map(|payment| RowName::Payment(payment.row.id)));
        rows.extend(self.wallet.iter().map(|wallet| RowName::Wallet(wallet.row.user)));
        rows.extend(self.key.iter().map(|key| RowName::Key(key.row.scope.clone())));
        rows.extend(self.queues.iter().map(|queue| RowName::Queue(queue.row.id)));
        rows.extend(self.concerts.iter().map(|concert| RowName::Concert(concert.row.id)));
        rows.extend(self.schedules.iter().map(|schedule| RowName::Schedule(schedule.row.id)));
        rows
    }
}
