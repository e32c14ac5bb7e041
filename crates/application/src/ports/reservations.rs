//! The port of reservations and payments.

use async_trait::async_trait;
use domain::{Payment, PaymentId, Reservation, ReservationId, UserId};

use crate::page::PageRequest;
use crate::ports::ReadError;

/// Reads reservations and payments.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Reservations: Send + Sync {
    /// Returns the reservation, if it exists, of any user.
    async fn reservation(&self, id: ReservationId) -> Result<Option<Reservation>, ReadError>;
    /// Returns the reservations with these `ids` that exist, of any users, each once, in any order.
    async fn reservations_by_id(&self, ids: &[ReservationId]) -> Result<Vec<Reservation>, ReadError>;
    /// Returns a user's reservations, the highest id first, those below the page's cursor.
    async fn reservations(&self, user: UserId, page: PageRequest<ReservationId>) -> Result<Vec<Reservation>, ReadError>;
    /// Returns the payment, if it exists, of any user.
    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError>;
    /// Returns the payments with these `ids` that exist, of any users, each once, in any order.
    async fn payments_by_id(&self, ids: &[PaymentId]) -> Result<Vec<Payment>, ReadError>;
    /// Returns a user's payments, the highest id first, those below the page's cursor.
    async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Vec<Payment>, ReadError>;
}
