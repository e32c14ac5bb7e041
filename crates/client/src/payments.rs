//! Payments of reservations, and their refunds.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::call::Call;
use crate::ids::{PaymentId, QueueTokenId, ReservationId};
use crate::money::Money;
use crate::page::Page;
use crate::reservations::ReservedSeat;
use crate::schedules::ReservedSchedule;
use crate::text_enum::text_enum;

text_enum! {
    /// The status of a payment.
    pub enum PaymentStatus {
        /// The seats are paid.
        Completed = "COMPLETED",
        /// It was refunded.
        Cancelled = "CANCELLED",
    }
}

/// The payment of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The id.
    pub id: PaymentId,
    /// The reservation.
    pub reservation_id: ReservationId,
    /// The amount.
    pub amount: Money,
    /// The status.
    pub status: PaymentStatus,
    /// When it was paid.
    #[serde(with = "time::serde::rfc3339")]
    pub paid_at: OffsetDateTime,
    /// When it was refunded.
    #[serde(with = "time::serde::rfc3339::option")]
    pub refunded_at: Option<OffsetDateTime>,
    /// The balance of the wallet after this payment or refund; not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Money>,
    /// The schedule, in the user's lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ReservedSchedule>,
    /// The seats, in the user's lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<Vec<ReservedSeat>>,
}

/// What to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPayment {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// The amount that the buyer has agreed to; if it isn't the amount due, the payment is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

impl NewPayment {
    /// Pays a reservation at its price.
    pub const fn of(reservation: ReservationId) -> Self {
        Self { reservation_id: reservation, amount: None }
    }
}

/// Why to refund.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRefund {
    /// The reason, which operators give for the audit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Pays held seats from the wallet, for an active user.
pub fn pay_reservation(new: &NewPayment, token: QueueTokenId) -> Call<Payment> {
    Call::post("/v1/payments", new).queue_token(token).repeatable()
}

/// Lists the user's payments, the newest first.
pub fn list_payments() -> Call<Page<Payment>> {
    Call::get("/v1/payments")
}

/// Returns a payment.
pub fn show_payment(payment: PaymentId) -> Call<Payment> {
    Call::get(format!("/v1/payments/{payment}"))
}

/// Refunds a payment to the wallet.
pub fn refund_payment(payment: PaymentId, refund: &NewRefund) -> Call<Payment> {
    Call::post(format!("/v1/payments/{payment}/refunds"), refund).repeatable()
}
