//! Payments.

use time::Duration;

use super::{NOW, payment_of};
use crate::{Payment, Reservation, Version, Versioned};

/// The payment of `reservation` by its user, a minute ago: COMPLETED. Its id is [`payment_of(user)`](payment_of).
///
/// The reservation's row has to say so, too: [`Versioned::<Reservation>::confirmed_by`](crate::Versioned::confirmed_by).
#[must_use]
pub fn a_payment(reservation: &Reservation) -> Versioned<Payment> {
    let Reservation { id, user, amount, .. } = *reservation;
    Versioned::new(Version(400), Payment::new(payment_of(user), id, user, amount, NOW - Duration::MINUTE))
}
