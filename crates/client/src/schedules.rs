//! Schedules: the dates of concerts.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::call::Call;
use crate::ids::{ConcertId, QueueTokenId, ScheduleId};
use crate::money::Money;
use crate::page::Page;
use crate::text_enum::text_enum;

text_enum! {
    /// The state of a schedule or a concert.
    pub enum ScheduleState {
        /// The sale has not opened.
        Announced = "ANNOUNCED",
        /// Seats are on sale.
        OnSale = "ON_SALE",
        /// No seat is left.
        SoldOut = "SOLD_OUT",
        /// The sale has ended.
        Ended = "ENDED",
        /// It is cancelled.
        Cancelled = "CANCELLED",
    }
}

/// A place where concerts take place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Venue {
    /// The name.
    pub name: String,
    /// The city.
    pub city: String,
    /// The time zone, as in the IANA database.
    pub zone: String,
}

/// The lowest and the highest price of seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRange {
    /// The lowest price.
    pub min: Money,
    /// The highest price.
    pub max: Money,
}

/// A schedule in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleSummary {
    /// The id.
    pub id: ScheduleId,
    /// The start of the show.
    #[serde(with = "time::serde::rfc3339")]
    pub starts_at: OffsetDateTime,
    /// The state.
    pub state: ScheduleState,
}

/// A schedule as everyone sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicSchedule {
    /// The id.
    pub id: ScheduleId,
    /// The concert.
    pub concert_id: ConcertId,
    /// The state.
    pub state: ScheduleState,
    /// The start of the show.
    #[serde(with = "time::serde::rfc3339")]
    pub starts_at: OffsetDateTime,
    /// The time zone of the show, as in the IANA database.
    pub zone: String,
    /// The first instant of the sale.
    #[serde(with = "time::serde::rfc3339")]
    pub sale_opens_at: OffsetDateTime,
    /// The first instant after the sale.
    #[serde(with = "time::serde::rfc3339")]
    pub sale_closes_at: OffsetDateTime,
    /// The place.
    pub venue: Option<Venue>,
    /// The prices.
    pub price_range: Option<PriceRange>,
    /// When it was cancelled.
    #[serde(with = "time::serde::rfc3339::option")]
    pub cancelled_at: Option<OffsetDateTime>,
    /// The organiser's reason for the cancellation.
    pub cancellation_reason: Option<String>,
}

/// A schedule as an active user sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The id.
    pub id: ScheduleId,
    /// The concert.
    pub concert_id: ConcertId,
    /// The start of the show.
    #[serde(with = "time::serde::rfc3339")]
    pub starts_at: OffsetDateTime,
    /// The time zone of the show, as in the IANA database.
    pub zone: String,
    /// The first instant of the sale.
    #[serde(with = "time::serde::rfc3339")]
    pub sale_opens_at: OffsetDateTime,
    /// The first instant after the sale.
    #[serde(with = "time::serde::rfc3339")]
    pub sale_closes_at: OffsetDateTime,
    /// Whether its sale is open.
    pub on_sale: bool,
    /// The number of seats.
    pub seats: u32,
    /// The number of available seats.
    pub available: u32,
    /// When it was cancelled.
    #[serde(with = "time::serde::rfc3339::option")]
    pub cancelled_at: Option<OffsetDateTime>,
    /// The organiser's reason for the cancellation.
    pub cancellation_reason: Option<String>,
}

/// The concert of a buyer's reservation, payment, ticket or wallet entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedConcert {
    /// The id.
    pub id: ConcertId,
    /// The name.
    pub name: String,
    /// The organiser.
    pub host: String,
}

/// The schedule of a buyer's reservation, payment, ticket or wallet entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedSchedule {
    /// The id.
    pub id: ScheduleId,
    /// The id of the concert.
    pub concert_id: ConcertId,
    /// The concert.
    pub concert: ReservedConcert,
    /// The state.
    pub state: ScheduleState,
    /// The start of the show.
    #[serde(with = "time::serde::rfc3339")]
    pub starts_at: OffsetDateTime,
    /// The time zone of the show, as in the IANA database.
    pub zone: String,
    /// The place.
    pub venue: Option<Venue>,
    /// When it was cancelled.
    #[serde(with = "time::serde::rfc3339::option")]
    pub cancelled_at: Option<OffsetDateTime>,
    /// The organiser's reason for the cancellation.
    pub cancellation_reason: Option<String>,
}

/// Lists the schedules of a concert, for an active user.
pub fn list_schedules(concert: ConcertId, token: QueueTokenId) -> Call<Page<Schedule>> {
    Call::get(format!("/v1/concerts/{concert}/schedules")).queue_token(token)
}

/// Lists the schedules of a concert that have free seats and an open sale, for an active user.
pub fn list_bookable_schedules(concert: ConcertId, token: QueueTokenId) -> Call<Page<Schedule>> {
    list_schedules(concert, token).query("bookable", true)
}

/// Returns a schedule, for everyone.
pub fn show_public_schedule(schedule: ScheduleId) -> Call<PublicSchedule> {
    Call::get(format!("/v1/schedules/{schedule}"))
}
