//! Payments for tests.

use time::Duration;

use super::{NOW, payment_of};
use crate::{Payment, PaymentId, Reservation, UserId, Version, Versioned};

/// Returns the payment of `reservation` by its user a minute ago: COMPLETED. Its id is [`payment_of(user)`](payment_of).
///
/// The row of the reservation must match: [`Versioned::<Reservation>::confirmed_by`](crate::Versioned::confirmed_by).
#[must_use]
pub fn a_payment(reservation: &Reservation) -> Versioned<Payment> {
    let (id, user, amount) = (reservation.id(), reservation.user(), reservation.amount());
    Versioned::new(Version(400), Payment::new(payment_of(user), id, user, amount, NOW - Duration::MINUTE))
}

impl Payment {
    /// Returns the payment with another id.
    #[must_use]
    pub const fn with_id(self, id: PaymentId) -> Self {
        Self::new(id, self.reservation(), self.user(), self.amount(), self.paid_at()).restore(self.state())
    }

    /// Returns the payment with another user.
    #[must_use]
    pub const fn with_user(self, user: UserId) -> Self {
        Self::new(self.id(), self.reservation(), user, self.amount(), self.paid_at()).restore(self.state())
    }
}
