//! Payments.

use time::Duration;

use super::{NOW, payment_of};
use crate::{Payment, PaymentId, Reservation, UserId, Version, Versioned};

/// The payment of `reservation` by its user, a minute ago: COMPLETED. Its id is [`payment_of(user)`](payment_of).
///
/// The reservation's row has to say so, too: [`Versioned::<Reservation>::confirmed_by`](crate::Versioned::confirmed_by).
#[must_use]
pub fn a_payment(reservation: &Reservation) -> Versioned<Payment> {
    let (id, user, amount) = (reservation.id(), reservation.user(), reservation.amount());
    Versioned::new(Version(400), Payment::new(payment_of(user), id, user, amount, NOW - Duration::MINUTE))
}

impl Payment {
    /// The same payment under another id.
    #[must_use]
    pub const fn with_id(self, id: PaymentId) -> Self {
        Self::new(id, self.reservation(), self.user(), self.amount(), self.paid_at()).restore(self.state())
    }

    /// The same payment of another user.
    #[must_use]
    pub const fn with_user(self, user: UserId) -> Self {
        Self::new(self.id(), self.reservation(), user, self.amount(), self.paid_at()).restore(self.state())
    }
}
