//! Payments: at most one per reservation.
//!
//! ```text
//!   COMPLETED ──── refund ────► CANCELLED
//! ```

use thiserror::Error;
use time::OffsetDateTime;

use crate::{Money, PaymentId, ReservationId, UserId};

/// A payment of a reservation; a reservation has at most one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    id: PaymentId,
    reservation: ReservationId,
    user: UserId,
    amount: Money,
    paid_at: OffsetDateTime,
    state: PaymentState,
}

/// The state of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentState {
    /// The payer was debited.
    Completed,
    /// The payment was refunded.
    Cancelled {
        /// The time of the refund.
        refunded_at: OffsetDateTime,
    },
}

/// The error for a refund of a payment that is already refunded; the payment is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the payment is cancelled: it can't be refunded")]
pub struct AlreadyRefunded;

impl Payment {
    /// Creates a COMPLETED payment.
    #[must_use]
    pub const fn new(id: PaymentId, reservation: ReservationId, user: UserId, amount: Money, paid_at: OffsetDateTime) -> Self {
        Self { id, reservation, user, amount, paid_at, state: PaymentState::Completed }
    }

    /// Returns the payment as stored: `self` with the state of its row.
    #[must_use]
    pub const fn restore(self, state: PaymentState) -> Self {
        Self { state, ..self }
    }

    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> PaymentId {
        self.id
    }

    /// Returns the reservation that it paid for.
    #[must_use]
    pub const fn reservation(&self) -> ReservationId {
        self.reservation
    }

    /// Returns the payer.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Returns the amount.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// Returns the time of the payment.
    #[must_use]
    pub const fn paid_at(&self) -> OffsetDateTime {
        self.paid_at
    }

    /// Returns the state.
    #[must_use]
    pub const fn state(&self) -> PaymentState {
        self.state
    }

    /// Refunds the payment.
    ///
    /// # Errors
    /// [`AlreadyRefunded`] if it has been refunded before.
    pub const fn refund(mut self, now: OffsetDateTime) -> Result<Self, AlreadyRefunded> {
        match self.state {
            PaymentState::Completed => {
                self.state = PaymentState::Cancelled { refunded_at: now };
                Ok(self)
            }
            PaymentState::Cancelled { .. } => Err(AlreadyRefunded),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);

    fn a_payment(state: PaymentState) -> Payment {
        let [id, reservation, user] = [1, 2, 3].map(Uuid::from_u128);
        Payment { id: id.into(), reservation: reservation.into(), user: user.into(), amount: Money::ZERO, paid_at: NOW, state }
    }

    #[test]
    fn a_payment_is_refunded_once() {
        let refunded = PaymentState::Cancelled { refunded_at: NOW };
        let before = PaymentState::Cancelled { refunded_at: datetime!(2026-11-20 20:00 UTC) };
        for (state, outcome) in [(PaymentState::Completed, Ok(refunded)), (before, Err(AlreadyRefunded))] {
            let payment = a_payment(state);
            assert_eq!(payment.clone().refund(NOW), outcome.map(a_payment));
            assert_eq!(payment, a_payment(state), "unchanged");
        }
    }
}
