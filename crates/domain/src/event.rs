//! Events: facts for consumers outside the service. They carry no secrets: a token appears by its digest, never by its id.

use std::fmt;

use time::OffsetDateTime;

use crate::reservation::ReservationIds;
use crate::{
    CancelReason, ConcertId, ExpiryReason, Money, NewToken, Payment, PaymentId, QueueId, QueueToken, Reservation, ReservationId,
    ScheduleId, SeatNumber, TokenDigest, User, UserId, Version, Wallet, WalletEntry, Write,
};

/// A fact about a subject, at a version of the subject.
///
/// Events of one subject are published in the order of these versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The version of the subject's row after the commit that recorded the event. Several events of one commit may share it.
    pub version: Version,
    /// The fact.
    pub fact: Fact,
}

/// A fact that the event log records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A user was registered.
    UserRegistered {
        /// The user.
        user: UserId,
    },
    /// A user joined a queue.
    QueueJoined {
        /// The digest of the user's token.
        token: TokenDigest,
        /// The queue.
        queue: QueueId,
        /// The user.
        user: UserId,
        /// The concert that the user joined for, if named.
        concert: Option<ConcertId>,
    },
    /// A user was admitted.
    TokenActivated {
        /// The digest of the user's token.
        token: TokenDigest,
        /// The queue.
        queue: QueueId,
        /// The user.
        user: UserId,
        /// The token's number in the queue.
        number: u64,
    },
    /// A waiting or active token ended.
    TokenExpired {
        /// The digest of the user's token.
        token: TokenDigest,
        /// The queue.
        queue: QueueId,
        /// The user.
        user: UserId,
        /// The token's number in the queue.
        number: u64,
        /// The reason.
        reason: ExpiryReason,
    },
    /// Seats were held for a user.
    SeatsHeld {
        /// The reservation.
        reservation: ReservationId,
        /// The schedule.
        schedule: ScheduleId,
        /// The user.
        user: UserId,
        /// The seats.
        seats: Vec<SeatNumber>,
        /// The first instant at which the hold has expired.
        expires_at: OffsetDateTime,
    },
    /// A reservation ended and its seats were freed.
    ReservationCancelled {
        /// The reservation.
        reservation: ReservationId,
        /// The schedule.
        schedule: ScheduleId,
        /// The user.
        user: UserId,
        /// The seats.
        seats: Vec<SeatNumber>,
        /// The reason.
        reason: CancelReason,
    },
    /// A wallet was charged.
    WalletCharged {
        /// The owner of the wallet.
        user: UserId,
        /// The amount.
        amount: Money,
        /// The balance after the charge.
        balance: Money,
    },
    /// A reservation was paid and its seats were sold.
    PaymentCompleted {
        /// The payment.
        payment: PaymentId,
        /// The reservation that was paid.
        reservation: ReservationId,
        /// The payer.
        user: UserId,
        /// The amount.
        amount: Money,
    },
    /// A payment was refunded.
    PaymentRefunded {
        /// The payment.
        payment: PaymentId,
        /// The reservation that had been paid.
        reservation: ReservationId,
        /// The payer.
        user: UserId,
        /// The amount.
        amount: Money,
    },
    /// A ticket was checked in at the entrance.
    TicketUsed {
        /// The reservation of the seat.
        reservation: ReservationId,
        /// The schedule.
        schedule: ScheduleId,
        /// The buyer.
        user: UserId,
        /// The seat.
        seat: SeatNumber,
        /// The operator or scanner who checked it in.
        checked_in_by: UserId,
    },
}

/// The subject of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum Subject {
    User(UserId),
    QueueToken(TokenDigest),
    Reservation(ReservationId),
    Wallet(UserId),
    Payment(PaymentId),
}

impl fmt::Display for Subject {
    /// Writes the kind and the id of the subject: `reservations/0197…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "users/{id}"),
            Self::QueueToken(digest) => write!(f, "queue-tokens/{digest}"),
            Self::Reservation(id) => write!(f, "reservations/{id}"),
            Self::Wallet(user) => write!(f, "wallets/{user}"),
            Self::Payment(id) => write!(f, "payments/{id}"),
        }
    }
}

impl Fact {
    /// All names that [`Fact::name`] returns: the catalogue of events.
    pub const NAMES: [&str; 10] = [
        "user.registered",
        "queue_token.created",
        "queue_token.activated",
        "queue_token.expired",
        "reservation.held",
        "reservation.cancelled",
        "wallet.charged",
        "payment.completed",
        "payment.refunded",
        "ticket.used",
    ];

    /// Returns the event's type as published. Its meaning never changes.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        let index = match self {
            Self::UserRegistered { .. } => 0,
            Self::QueueJoined { .. } => 1,
            Self::TokenActivated { .. } => 2,
            Self::TokenExpired { .. } => 3,
            Self::SeatsHeld { .. } => 4,
            Self::ReservationCancelled { .. } => 5,
            Self::WalletCharged { .. } => 6,
            Self::PaymentCompleted { .. } => 7,
            Self::PaymentRefunded { .. } => 8,
            Self::TicketUsed { .. } => 9,
        };
        Self::NAMES[index]
    }

    /// Returns the subject of the fact.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        match self {
            Self::UserRegistered { user } => Subject::User(*user),
            Self::QueueJoined { token, .. } | Self::TokenActivated { token, .. } | Self::TokenExpired { token, .. } => {
                Subject::QueueToken(*token)
            }
            Self::SeatsHeld { reservation, .. } | Self::ReservationCancelled { reservation, .. } | Self::TicketUsed { reservation, .. } => {
                Subject::Reservation(*reservation)
            }
            Self::WalletCharged { user, .. } => Subject::Wallet(*user),
            Self::PaymentCompleted { payment, .. } | Self::PaymentRefunded { payment, .. } => Subject::Payment(*payment),
        }
    }

    /// Returns the event whose subject has `version` after it.
    #[must_use]
    pub const fn at(self, version: Version) -> Event {
        Event { version, fact: self }
    }
}

impl Event {
    pub(crate) fn registered(user: &Write<User>) -> Self {
        Fact::UserRegistered { user: user.row.id }.at(user.version())
    }

    pub(crate) fn joined(place: &Write<NewToken>) -> Self {
        let NewToken { id, queue, user, concert, .. } = place.row;
        Fact::QueueJoined { token: id.digest(), queue, user, concert }.at(place.version())
    }

    pub(crate) fn activated(token: &Write<QueueToken>) -> Self {
        let NewToken { id, queue, user, .. } = token.row.place();
        Fact::TokenActivated { token: id.digest(), queue, user, number: token.row.number() }.at(token.version())
    }

    pub(crate) fn expired(token: &Write<QueueToken>, reason: ExpiryReason) -> Self {
        let NewToken { id, queue, user, .. } = token.row.place();
        Fact::TokenExpired { token: id.digest(), queue, user, number: token.row.number(), reason }.at(token.version())
    }

    pub(crate) fn held(reservation: &Write<Reservation>) -> Self {
        let ReservationIds { id, schedule, user, .. } = reservation.row.ids();
        let (seats, expires_at) = (reservation.row.numbers().collect(), reservation.row.expires_at());
        Fact::SeatsHeld { reservation: id, schedule, user, seats, expires_at }.at(reservation.version())
    }

    pub(crate) fn cancelled(reservation: &Write<Reservation>, reason: CancelReason) -> Self {
        let ReservationIds { id, schedule, user, .. } = reservation.row.ids();
        let seats = reservation.row.numbers().collect();
        Fact::ReservationCancelled { reservation: id, schedule, user, seats, reason }.at(reservation.version())
    }

    pub(crate) fn charged(wallet: &Write<Wallet>, entry: &WalletEntry) -> Self {
        Fact::WalletCharged { user: entry.user(), amount: entry.amount(), balance: entry.balance() }.at(wallet.version())
    }

    pub(crate) fn paid(payment: &Write<Payment>) -> Self {
        let (version, payment) = (payment.version(), &payment.row);
        let (reservation, user, amount) = (payment.reservation(), payment.user(), payment.amount());
        Fact::PaymentCompleted { payment: payment.id(), reservation, user, amount }.at(version)
    }

    pub(crate) fn refunded(payment: &Write<Payment>) -> Self {
        let (version, payment) = (payment.version(), &payment.row);
        let (reservation, user, amount) = (payment.reservation(), payment.user(), payment.amount());
        Fact::PaymentRefunded { payment: payment.id(), reservation, user, amount }.at(version)
    }

    pub(crate) fn ticket_used(reservation: &Write<Reservation>, seat: SeatNumber, checked_in_by: UserId) -> Self {
        let ReservationIds { id, schedule, user, .. } = reservation.row.ids();
        Fact::TicketUsed { reservation: id, schedule, user, seat, checked_in_by }.at(reservation.version())
    }
}
