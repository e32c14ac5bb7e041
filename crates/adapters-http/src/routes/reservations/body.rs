//! Reservations on the wire.

use application::ReservationDetails;
use domain::reservation::ReservationStatus;
use domain::{CancelReason, Currency, Reservation, ReservationState};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::reserved_schedule::{ReservedScheduleBody, ReservedSeatBody};
use crate::response::{Instant, MoneyBody, seconds_until};

/// A user's claim to seats of one schedule.
#[derive(Serialize, ToSchema)]
#[schema(as = Reservation)]
pub(crate) struct ReservationBody {
    pub(super) id: Uuid,
    schedule_id: Uuid,
    /// The current schedule; omitted in the response that creates the reservation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    schedule: Option<ReservedScheduleBody>,
    /// The seats, sorted by number, with their prices at the time of the hold.
    seats: Vec<ReservedSeatBody>,
    /// The sum of the prices.
    amount: MoneyBody,
    status: StatusBody,
    cancelled_reason: Option<ReasonBody>,
    held_at: Instant,
    /// When the hold expires or has expired.
    expires_at: Instant,
    /// The number of seconds until then; null unless the status is `HELD`.
    expires_in_seconds: Option<i64>,
    /// The payment of the reservation, refunded or not.
    payment_id: Option<Uuid>,
}

/// The status of a reservation.
#[derive(Serialize, ToSchema)]
#[schema(as = ReservationStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum StatusBody {
    /// The seats are held.
    Held,
    /// The reservation is paid, and the seats are sold.
    Confirmed,
    /// The reservation has ended.
    Cancelled,
}

/// Why a reservation has ended.
#[derive(Serialize, ToSchema)]
#[schema(as = CancelledReason)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ReasonBody {
    /// It was not paid in time, or its schedule was cancelled before it was paid.
    Expired,
    /// The hold was released.
    Released,
    /// It was paid, and the payment was refunded.
    Refunded,
}

impl ReservationBody {
    /// Creates the body of a reservation as of `now`.
    pub(crate) fn new(details: ReservationDetails, now: OffsetDateTime, currency: Currency) -> Self {
        let (status, expires_at) = (details.status(now), details.expires_at(now));
        let schedule = Some(ReservedScheduleBody::new(&details));
        Self { schedule, expires_at: expires_at.into(), ..Self::with_status(status, details.reservation, now, currency) }
    }

    /// Creates the body of a reservation with the status of its row, even if its hold has lapsed (is past its deadline) at `now`.
    pub(crate) fn written(reservation: Reservation, now: OffsetDateTime, currency: Currency) -> Self {
        let status = match reservation.state() {
            ReservationState::Held => ReservationStatus::Held,
            ReservationState::Confirmed { .. } => ReservationStatus::Confirmed,
            ReservationState::Cancelled { reason, .. } => ReservationStatus::Cancelled(reason),
        };
        Self::with_status(status, reservation, now, currency)
    }

    fn with_status(status: ReservationStatus, reservation: Reservation, now: OffsetDateTime, currency: Currency) -> Self {
        let (status, cancelled_reason) = match status {
            ReservationStatus::Held => (StatusBody::Held, None),
            ReservationStatus::Confirmed => (StatusBody::Confirmed, None),
            ReservationStatus::Cancelled(reason) => (StatusBody::Cancelled, Some(reason.into())),
        };
        let held = matches!(status, StatusBody::Held);
        let payment = reservation.payment();
        Self {
            id: reservation.id().0,
            schedule_id: reservation.schedule().0,
            schedule: None,
            seats: ReservedSeatBody::list(reservation.seats(), currency),
            amount: MoneyBody::new(reservation.amount(), currency),
            status,
            cancelled_reason,
            held_at: reservation.held_at().into(),
            expires_at: reservation.expires_at().into(),
            expires_in_seconds: held.then(|| seconds_until(reservation.expires_at(), now)),
            payment_id: payment.map(|payment| payment.0),
        }
    }
}

impl From<CancelReason> for ReasonBody {
    fn from(reason: CancelReason) -> Self {
        match reason {
            CancelReason::Expired => Self::Expired,
            CancelReason::Released => Self::Released,
            CancelReason::Refunded => Self::Refunded,
        }
    }
}
