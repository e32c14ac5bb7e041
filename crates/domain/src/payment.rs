//! Payments: the one payment of a reservation.
//!
//! ```text
//!   COMPLETED ──── refund ────► CANCELLED
//! ```

use thiserror::Error;
use time::OffsetDateTime;

use crate::{Money, PaymentId, ReservationId, UserId};

/// The one payment of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    id: PaymentId,
    reservation: ReservationId,
    user: UserId,
    amount: Money,
    paid_at: OffsetDateTime,
    state: PaymentState,
}

/// What has become of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentState {
    /// The money has gone over.
    Completed,
    /// The money has come back.
    Cancelled {
        /// When.
        refunded_at: OffsetDateTime,
    },
}

/// The payment has been refunded before; it is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("payment is cancelled: can't refund")]
pub struct AlreadyRefunded;

impl Payment {
    /// A payment that has gone over.
    #[must_use]
    pub const fn new(id: PaymentId, reservation: ReservationId, user: UserId, amount: Money, paid_at: OffsetDateTime) -> Self {
        Self { id, reservation, user, amount, paid_at, state: PaymentState::Completed }
    }

    /// A payment as a store kept it: `self` with the state of its row.
    #[must_use]
    pub const fn restore(self, state: PaymentState) -> Self {
        Self { state, ..self }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> PaymentId {
        self.id
    }

    /// What was paid for.
    #[must_use]
    pub const fn reservation(&self) -> ReservationId {
        self.reservation
    }

    /// Who paid.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// How much.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// When.
    #[must_use]
    pub const fn paid_at(&self) -> OffsetDateTime {
        self.paid_at
    }

    /// What has become of it.
    #[must_use]
    pub const fn state(&self) -> PaymentState {
        self.state
    }

    /// Gives the money back.
    ///
    /// # Errors
    /// [`AlreadyRefunded`] the second time.
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
    fn a_payment_goes_back_once() {
        let refunded = PaymentState::Cancelled { refunded_at: NOW };
        let before = PaymentState::Cancelled { refunded_at: datetime!(2026-11-20 20:00 UTC) };
        for (state, outcome) in [(PaymentState::Completed, Ok(refunded)), (before, Err(AlreadyRefunded))] {
            let payment = a_payment(state);
            assert_eq!(payment.clone().refund(NOW), outcome.map(a_payment));
            assert_eq!(payment, a_payment(state), "it is as it was");
        }
    }
}
