//! Events: what has happened, for those outside who want to know. They carry no secret: a token's id is none of their business.

use std::fmt;

use time::OffsetDateTime;

use crate::reservation::Claim;
use crate::{
    CancelReason, ConcertId, ExpiryReason, Money, NewToken, Payment, PaymentId, QueueId, QueueToken, Reservation, ReservationId,
    ScheduleId, SeatNumber, TokenDigest, User, UserId, Version, Wallet, WalletEntry, Write,
};

/// A fact about a thing, its subject, at a version of it.
///
/// Events of one subject are told in the order of these versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The version that the subject's row has since.
    pub version: Version,
    /// What has happened.
    pub fact: Fact,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Somebody is new here.
    UserRegistered {
        /// Who.
        user: UserId,
    },
    /// Somebody stands in line.
    QueueJoined {
        /// Their token.
        token: TokenDigest,
        /// Where.
        queue: QueueId,
        /// Who.
        user: UserId,
        /// The concert for which, if they named one.
        concert: Option<ConcertId>,
    },
    /// Somebody has been let in.
    TokenActivated {
        /// Their token.
        token: TokenDigest,
        /// Where.
        queue: QueueId,
        /// Who.
        user: UserId,
        /// Their number in the line.
        number: u64,
    },
    /// Somebody's admission, or wait, has ended.
    TokenExpired {
        /// Their token.
        token: TokenDigest,
        /// Where.
        queue: QueueId,
        /// Who.
        user: UserId,
        /// Their number in the line.
        number: u64,
        /// Why.
        reason: ExpiryReason,
    },
    /// Seats are kept for somebody.
    SeatsHeld {
        /// The reservation.
        reservation: ReservationId,
        /// The date.
        schedule: ScheduleId,
        /// Whose it is.
        user: UserId,
        /// Which seats.
        seats: Vec<SeatNumber>,
        /// Until when.
        expires_at: OffsetDateTime,
    },
    /// Seats are free again.
    ReservationCancelled {
        /// The reservation.
        reservation: ReservationId,
        /// The date.
        schedule: ScheduleId,
        /// Whose it was.
        user: UserId,
        /// Which seats.
        seats: Vec<SeatNumber>,
        /// Why.
        reason: CancelReason,
    },
    /// Money has come in.
    WalletCharged {
        /// Whose wallet.
        user: UserId,
        /// How much.
        amount: Money,
        /// What is in it now.
        balance: Money,
    },
    /// Seats are sold.
    PaymentCompleted {
        /// The payment.
        payment: PaymentId,
        /// What was paid for.
        reservation: ReservationId,
        /// Who paid.
        user: UserId,
        /// How much.
        amount: Money,
    },
    /// A payment has gone back.
    PaymentRefunded {
        /// The payment.
        payment: PaymentId,
        /// What had been paid for.
        reservation: ReservationId,
        /// Who had paid.
        user: UserId,
        /// How much.
        amount: Money,
    },
}

/// What an event is about.
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
    /// What it is and which: `reservations/0197…`.
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
    /// All names that [`Fact::name`] gives: the catalogue of events.
    pub const NAMES: [&str; 9] = [
        "user.registered",
        "queue_token.created",
        "queue_token.activated",
        "queue_token.expired",
        "reservation.held",
        "reservation.cancelled",
        "wallet.charged",
        "payment.completed",
        "payment.refunded",
    ];

    /// The type of the event, as those outside know it. It never changes its meaning.
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
        };
        Self::NAMES[index]
    }

    /// What it is a fact about.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        match self {
            Self::UserRegistered { user } => Subject::User(*user),
            Self::QueueJoined { token, .. } | Self::TokenActivated { token, .. } | Self::TokenExpired { token, .. } => {
                Subject::QueueToken(*token)
            }
            Self::SeatsHeld { reservation, .. } | Self::ReservationCancelled { reservation, .. } => Subject::Reservation(*reservation),
            Self::WalletCharged { user, .. } => Subject::Wallet(*user),
            Self::PaymentCompleted { payment, .. } | Self::PaymentRefunded { payment, .. } => Subject::Payment(*payment),
        }
    }

    /// The event: its subject has `version` since.
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
        let Claim { id, schedule, user, .. } = reservation.row.claim();
        let (seats, expires_at) = (reservation.row.numbers().collect(), reservation.row.expires_at());
        Fact::SeatsHeld { reservation: id, schedule, user, seats, expires_at }.at(reservation.version())
    }

    pub(crate) fn cancelled(reservation: &Write<Reservation>, reason: CancelReason) -> Self {
        let Claim { id, schedule, user, .. } = reservation.row.claim();
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
}
