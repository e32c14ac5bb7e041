//! Events: what has happened, for those outside who want to know. They carry no secret: no token's id.

use time::OffsetDateTime;

use crate::reservation::Reservation;
use crate::{
    CancelReason, ExpiryReason, Money, Payment, PaymentId, QueueId, QueueToken, ReservationId, ScheduleId, SeatNumber, UserId, WalletEntry,
};

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Somebody is new here.
    UserRegistered {
        /// Who.
        user: UserId,
    },
    /// Somebody stands in line.
    QueueJoined {
        /// Where.
        queue: QueueId,
        /// Who.
        user: UserId,
    },
    /// Somebody has been let in.
    TokenActivated {
        /// Where.
        queue: QueueId,
        /// Who.
        user: UserId,
        /// Their number in the line.
        number: u64,
    },
    /// Somebody's admission, or wait, has ended.
    TokenExpired {
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

impl Event {
    pub(crate) const fn activated(token: &QueueToken) -> Self {
        Self::TokenActivated { queue: token.queue, user: token.user, number: token.number }
    }

    pub(crate) const fn expired(token: &QueueToken, reason: ExpiryReason) -> Self {
        Self::TokenExpired { queue: token.queue, user: token.user, number: token.number, reason }
    }

    pub(crate) fn held(reservation: &Reservation) -> Self {
        Self::SeatsHeld {
            reservation: reservation.id,
            schedule: reservation.schedule,
            user: reservation.user,
            seats: reservation.numbers().collect(),
            expires_at: reservation.expires_at,
        }
    }

    pub(crate) fn cancelled(reservation: &Reservation, reason: CancelReason) -> Self {
        Self::ReservationCancelled {
            reservation: reservation.id,
            schedule: reservation.schedule,
            user: reservation.user,
            seats: reservation.numbers().collect(),
            reason,
        }
    }

    pub(crate) const fn charged(entry: &WalletEntry) -> Self {
        Self::WalletCharged { user: entry.user, amount: entry.amount, balance: entry.balance }
    }

    pub(crate) const fn paid(payment: &Payment) -> Self {
        let Payment { id, reservation, user, amount, .. } = *payment;
        Self::PaymentCompleted { payment: id, reservation, user, amount }
    }

    pub(crate) const fn refunded(payment: &Payment) -> Self {
        let Payment { id, reservation, user, amount, .. } = *payment;
        Self::PaymentRefunded { payment: id, reservation, user, amount }
    }
}
