//! Seats with their status, as a list.

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::ids::{QueueTokenId, ScheduleId};
use crate::money::Money;
use crate::text_enum::text_enum;

text_enum! {
    /// The status of a seat.
    pub enum SeatStatus {
        /// It can be held.
        Available = "AVAILABLE",
        /// A user holds it.
        Held = "HELD",
        /// It is sold.
        Reserved = "RESERVED",
        /// The organiser doesn't sell it.
        Blocked = "BLOCKED",
    }
}

/// A seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The number, unique in the schedule.
    pub number: u32,
    /// The label for people.
    pub label: String,
    /// The status.
    pub status: SeatStatus,
    /// The price.
    pub price: Money,
    /// Whether it is a wheelchair space.
    pub accessible: bool,
    /// The section.
    pub section: Option<String>,
    /// The row in the section.
    pub row: Option<String>,
    /// The place in the row.
    pub place: Option<u32>,
    /// The id of the price category.
    pub category: Option<String>,
}

/// The seats of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatMap {
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// The version, which grows with every change.
    pub version: u64,
    /// The number of available seats.
    pub available: u32,
    /// The seats.
    pub seats: Vec<Seat>,
}

/// Lists the seats of a schedule, for an active user: all, or those with a status. For large halls, a
/// [layout](crate::layouts::show_layout) and [availability](crate::availability::show_availability) are much smaller.
pub fn list_seats(schedule: ScheduleId, status: Option<SeatStatus>, token: QueueTokenId) -> Call<SeatMap> {
    Call::get(format!("/v1/schedules/{schedule}/seats")).optional_query("status", status).queue_token(token)
}
