//! The port of reservations and payments.

use async_trait::async_trait;
use domain::{Payment, PaymentId, Reservation, ReservationId, UserId};

use crate::page::PageRequest;
use crate::ports::ReadError;

/// Reservations and payments, to be read.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Reservations: Send + Sync {
    /// The reservation, if it exists, whosever it is.
    async fn reservation(&self, id: ReservationId) -> Result<Option<Reservation>, ReadError>;
    /// A user's reservations, the highest id first, those below the page's cursor.
    async fn reservations(&self, user: UserId, page: PageRequest<ReservationId>) -> Result<Vec<Reservation>, ReadError>;
    /// The payment, if it exists, whosever it is.
    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError>;
    /// A user's payments, the highest id first, those below the page's cursor.
    async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Vec<Payment>, ReadError>;
}
