//! Reservations: seats that are held for a few minutes, then paid or free again.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::call::Call;
use crate::ids::{PaymentId, QueueTokenId, ReservationId, ScheduleId};
use crate::money::Money;
use crate::page::Page;
use crate::schedules::ReservedSchedule;
use crate::text_enum::text_enum;

text_enum! {
    /// The status of a reservation.
    pub enum ReservationStatus {
        /// The seats are held.
        Held = "HELD",
        /// The seats are paid.
        Confirmed = "CONFIRMED",
        /// The seats are free again.
        Cancelled = "CANCELLED",
    }
}

text_enum! {
    /// Why a reservation is cancelled.
    pub enum CancelledReason {
        /// It wasn't paid in time.
        Expired = "EXPIRED",
        /// It was released.
        Released = "RELEASED",
        /// The payment was refunded.
        Refunded = "REFUNDED",
    }
}

/// A seat of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedSeat {
    /// The number.
    pub number: u32,
    /// The label for people.
    pub label: String,
    /// The price.
    pub price: Money,
}

/// A user's claim to seats of one schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// The id.
    pub id: ReservationId,
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// The schedule in detail, in the user's lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ReservedSchedule>,
    /// The seats.
    pub seats: Vec<ReservedSeat>,
    /// The price of all seats.
    pub amount: Money,
    /// The status.
    pub status: ReservationStatus,
    /// Why it is cancelled.
    pub cancelled_reason: Option<CancelledReason>,
    /// When the seats were held.
    #[serde(with = "time::serde::rfc3339")]
    pub held_at: OffsetDateTime,
    /// When the hold ends.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// The number of seconds until then, while the seats are held.
    pub expires_in_seconds: Option<u64>,
    /// The payment.
    pub payment_id: Option<PaymentId>,
}

/// Which seats to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReservation {
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// The numbers of the seats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat_numbers: Option<Vec<u32>>,
    /// The seats that the server chooses instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_available: Option<BestAvailable>,
}

impl NewReservation {
    /// Names the seats.
    pub fn seats(schedule: ScheduleId, numbers: impl Into<Vec<u32>>) -> Self {
        Self { schedule_id: schedule, seat_numbers: Some(numbers.into()), best_available: None }
    }

    /// Lets the server choose the seats.
    pub fn best_available(schedule: ScheduleId, wish: BestAvailable) -> Self {
        Self { schedule_id: schedule, seat_numbers: None, best_available: Some(wish) }
    }
}

/// Which seats the server chooses: the nearest to the centre of the stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BestAvailable {
    /// How many seats.
    pub count: u32,
    /// The id of their category; any by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The name of their section; any by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Whether they must be neighbours in one row.
    pub together: bool,
    /// Whether one of them must be a wheelchair space.
    pub accessible: bool,
}

impl BestAvailable {
    /// Wishes for this number of seats together, anywhere.
    pub const fn of(count: u32) -> Self {
        Self { count, category: None, section: None, together: true, accessible: false }
    }
}

/// The seats to hold instead of those of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSeats {
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// The numbers of the seats.
    pub seat_numbers: Vec<u32>,
}

/// Holds seats, all or none, for an active user.
pub fn hold_seats(new: &NewReservation, token: QueueTokenId) -> Call<Reservation> {
    Call::post("/v1/reservations", new).queue_token(token).repeatable()
}

/// Exchanges the held seats of a reservation for others, in a new reservation with the same deadline; or nothing changes.
pub fn exchange_seats(reservation: ReservationId, seats: &NewSeats, token: QueueTokenId) -> Call<Reservation> {
    Call::post(format!("{}:exchange", path(reservation)), seats).queue_token(token).repeatable()
}

/// Lists the user's reservations, the newest first.
pub fn list_reservations() -> Call<Page<Reservation>> {
    Call::get("/v1/reservations")
}

/// Returns a reservation.
pub fn show_reservation(reservation: ReservationId) -> Call<Reservation> {
    Call::get(path(reservation))
}

/// Releases held seats.
pub fn release_hold(reservation: ReservationId) -> Call<()> {
    Call::delete(path(reservation))
}

fn path(reservation: ReservationId) -> String {
    format!("/v1/reservations/{reservation}")
}
