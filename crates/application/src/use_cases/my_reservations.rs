//! A user's own reservations and payments.

use std::sync::Arc;

use domain::{Payment, PaymentId, Refusal, ReservationId, UserId};
use time::OffsetDateTime;

use crate::page::{Page, PageRequest};
use crate::ports::{Catalogue, Clock, Reservations};
use crate::{Error, ReservationDetails};

/// Reads a user's own reservations and payments, and no others.
#[derive(Clone)]
pub struct MyReservations {
    reservations: Arc<dyn Reservations>,
    catalogue: Arc<dyn Catalogue>,
    clock: Arc<dyn Clock>,
}

impl MyReservations {
    /// Creates the use case over the ports of reservations and of their schedules.
    pub fn new(reservations: Arc<dyn Reservations>, catalogue: Arc<dyn Catalogue>, clock: Arc<dyn Clock>) -> Self {
        Self { reservations, catalogue, clock }
    }

    /// Returns the instant from which states and countdowns are calculated.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Returns the user's reservation; not found if it belongs to another user.
    pub async fn reservation(&self, user: UserId, id: ReservationId) -> Result<ReservationDetails, Error> {
        let found = self.reservations.reservation(id).await?.filter(|reservation| reservation.user() == user);
        let details = ReservationDetails::of(&*self.catalogue, found.into_iter().collect()).await?.pop();
        Ok(details.ok_or(Refusal::NotFound)?)
    }

    /// Returns the user's reservations, newest first.
    pub async fn reservations(
        &self,
        user: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationDetails, ReservationId>, Error> {
        let items = ReservationDetails::of(&*self.catalogue, self.reservations.reservations(user, page.one_more()).await?).await?;
        Ok(page.cut(items, |details| details.reservation.id()))
    }

    /// Returns the user's payment; not found if it belongs to another user.
    pub async fn payment(&self, user: UserId, id: PaymentId) -> Result<Payment, Error> {
        let found = self.reservations.payment(id).await?.filter(|payment| payment.user() == user);
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    /// Returns the user's payments, newest first.
    pub async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Page<Payment, PaymentId>, Error> {
        let items = self.reservations.payments(user, page.one_more()).await?;
        Ok(page.cut(items, Payment::id))
    }
}
