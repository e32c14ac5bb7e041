//! My bookings: a user's own reservations and payments.

use std::sync::Arc;

use domain::{Payment, PaymentId, Refusal, ReservationId, UserId};
use time::OffsetDateTime;

use crate::page::{Page, PageRequest};
use crate::ports::{Bookings, Catalogue, Clock};
use crate::{Booking, Error};

/// A user sees their own reservations and payments, and nobody else's.
#[derive(Clone)]
pub struct MyBookings {
    bookings: Arc<dyn Bookings>,
    catalogue: Arc<dyn Catalogue>,
    clock: Arc<dyn Clock>,
}

impl MyBookings {
    /// The use case over the ports of bookings and of their dates.
    pub fn new(bookings: Arc<dyn Bookings>, catalogue: Arc<dyn Catalogue>, clock: Arc<dyn Clock>) -> Self {
        Self { bookings, catalogue, clock }
    }

    /// The instant that states and countdowns are told from.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The user's reservation; not found if it is another's.
    pub async fn reservation(&self, user: UserId, id: ReservationId) -> Result<Booking, Error> {
        let found = self.bookings.reservation(id).await?.filter(|reservation| reservation.user() == user);
        let booking = Booking::of(&*self.catalogue, found.into_iter().collect()).await?.pop();
        Ok(booking.ok_or(Refusal::NotFound)?)
    }

    /// The user's reservations, newest first.
    pub async fn reservations(&self, user: UserId, page: PageRequest<ReservationId>) -> Result<Page<Booking, ReservationId>, Error> {
        let items = Booking::of(&*self.catalogue, self.bookings.reservations(user, page.one_more()).await?).await?;
        Ok(page.cut(items, |booking| booking.reservation.id()))
    }

    /// The user's payment; not found if it is another's.
    pub async fn payment(&self, user: UserId, id: PaymentId) -> Result<Payment, Error> {
        let found = self.bookings.payment(id).await?.filter(|payment| payment.user() == user);
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    /// The user's payments, newest first.
    pub async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Page<Payment, PaymentId>, Error> {
        let items = self.bookings.payments(user, page.one_more()).await?;
        Ok(page.cut(items, Payment::id))
    }
}
