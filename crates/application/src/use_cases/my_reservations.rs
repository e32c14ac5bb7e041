//! A user's own reservations, payments and tickets.

use std::sync::Arc;

use domain::{Payment, PaymentId, Refusal, ReservationId, SeatNumber, TicketId, UserId};
use time::OffsetDateTime;

use crate::page::{Page, PageRequest};
use crate::ports::Reservations;
use crate::ticket_codes::TicketCodes;
use crate::{DetailsReader, Error, PaymentDetails, ReservationDetails, TicketDetails};

/// Reads a user's own reservations, payments and tickets, and no others.
#[derive(Clone)]
pub struct MyReservations {
    reservations: Arc<dyn Reservations>,
    details: DetailsReader,
    codes: Arc<TicketCodes>,
}

/// A ticket in the list of its user's tickets, which is sorted by payment, then seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketCursor {
    /// The payment of the ticket.
    pub payment: PaymentId,
    /// The seat of the ticket.
    pub seat: SeatNumber,
}

impl MyReservations {
    /// Creates the use case over the port of reservations, the reader of what belongs to them, and the codes of tickets.
    pub fn new(reservations: Arc<dyn Reservations>, details: DetailsReader, codes: Arc<TicketCodes>) -> Self {
        Self { reservations, details, codes }
    }

    /// Returns the instant from which states and countdowns are calculated.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.details.now()
    }

    /// Returns the user's reservation; not found if it belongs to another user.
    pub async fn reservation(&self, user: UserId, id: ReservationId) -> Result<ReservationDetails, Error> {
        let found = self.reservations.reservation(id).await?.filter(|reservation| reservation.user() == user);
        let details = self.details.of_reservations(found.into_iter().collect()).await?.pop();
        Ok(details.ok_or(Refusal::NotFound)?)
    }

    /// Returns the user's reservations, newest first.
    pub async fn reservations(
        &self,
        user: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationDetails, ReservationId>, Error> {
        let items = self.details.of_reservations(self.reservations.reservations(user, page.one_more()).await?).await?;
        Ok(page.cut(items, |details| details.reservation.id()))
    }

    /// Returns the user's payment; not found if it belongs to another user.
    pub async fn payment(&self, user: UserId, id: PaymentId) -> Result<PaymentDetails, Error> {
        let details = self.details.of_payments(self.own_payment(user, id).await?.into_iter().collect()).await?.pop();
        Ok(details.ok_or(Refusal::NotFound)?)
    }

    /// Returns the user's payments, newest first.
    pub async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Page<PaymentDetails, PaymentId>, Error> {
        let items = self.details.of_payments(self.reservations.payments(user, page.one_more()).await?).await?;
        Ok(page.cut(items, |details| details.payment.id()))
    }

    /// Returns the user's ticket; not found if it belongs to another user.
    pub async fn ticket(&self, user: UserId, id: TicketId) -> Result<TicketDetails, Error> {
        let tickets = self.reservation(user, id.reservation).await?.tickets(&self.codes);
        Ok(tickets.into_iter().find(|details| details.ticket.id == id).ok_or(Refusal::NotFound)?)
    }

    /// Returns the user's tickets, the newest payment first, and those of one payment by seat number.
    pub async fn tickets(&self, user: UserId, page: PageRequest<TicketCursor>) -> Result<Page<TicketDetails, TicketCursor>, Error> {
        // The page may begin within the tickets of a payment.
        let mut payments = match page.after {
            Some(after) => Vec::from_iter(self.own_payment(user, after.payment).await?),
            None => Vec::new(),
        };
        let more = PageRequest { after: page.after.map(|after| after.payment), size: page.one_more().size };
        payments.extend(self.reservations.payments(user, more).await?);
        let mut items = Vec::new();
        for PaymentDetails { payment, reservation } in self.details.of_payments(payments).await? {
            let cursor = |seat| TicketCursor { payment: payment.id(), seat };
            let is_later = |seat| page.after.is_none_or(|after| after.payment != payment.id() || after.seat < seat);
            let tickets = reservation.tickets(&self.codes).into_iter().filter(|details| is_later(details.ticket.id.seat));
            items.extend(tickets.map(|details| (cursor(details.ticket.id.seat), details)));
        }
        items.truncate(usize::try_from(page.one_more().size).unwrap_or(usize::MAX));
        let Page { items, next } = page.cut(items, |(cursor, _)| *cursor);
        Ok(Page { items: items.into_iter().map(|(_, details)| details).collect(), next })
    }

    async fn own_payment(&self, user: UserId, id: PaymentId) -> Result<Option<Payment>, Error> {
        Ok(self.reservations.payment(id).await?.filter(|payment| payment.user() == user))
    }
}
