//! My bookings: a user's own reservations and payments.

use std::sync::Arc;

use domain::{Payment, PaymentId, Refusal, Reservation, ReservationId, UserId};
use time::OffsetDateTime;

use crate::Error;
use crate::page::{Page, PageRequest};
use crate::ports::{Bookings, Clock};

/// A user sees their own reservations and payments, and nobody else's.
#[derive(Clone)]
pub struct MyBookings {
    bookings: Arc<dyn Bookings>,
    clock: Arc<dyn Clock>,
}

impl MyBookings {
    /// The use case over the port of bookings.
    pub fn new(bookings: Arc<dyn Bookings>, clock: Arc<dyn Clock>) -> Self {
        Self { bookings, clock }
    }

    /// The instant that states and countdowns are told from.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The user's reservation; not found if it is another's.
    pub async fn reservation(&self, user: UserId, id: ReservationId) -> Result<Reservation, Error> {
        let found = self.bookings.reservation(id).await?.filter(|reservation| reservation.user == user);
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    /// The user's reservations, newest first.
    pub async fn reservations(&self, user: UserId, page: PageRequest<ReservationId>) -> Result<Page<Reservation, ReservationId>, Error> {
        let items = self.bookings.reservations(user, page.one_more()).await?;
        Ok(page.cut(items, |reservation| reservation.id))
    }

    /// The user's payment; not found if it is another's.
    pub async fn payment(&self, user: UserId, id: PaymentId) -> Result<Payment, Error> {
        let found = self.bookings.payment(id).await?.filter(|payment| payment.user == user);
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    /// The user's payments, newest first.
    pub async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Page<Payment, PaymentId>, Error> {
        let items = self.bookings.payments(user, page.one_more()).await?;
        Ok(page.cut(items, |payment| payment.id))
    }
}
