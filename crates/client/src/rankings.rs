//! Rankings of concerts by their sales.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::call::Call;
use crate::concerts::Concert;
use crate::page::Page;
use crate::schedules::PublicSchedule;

/// A concert in the ranking of popular ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopularConcert {
    /// The concert.
    pub concert: Concert,
    /// The number of seats that were paid for in the last seven days and not refunded since.
    pub seats_sold: u64,
}

/// A schedule in the ranking of those that sold out fastest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldOutSchedule {
    /// The concert.
    pub concert: Concert,
    /// The schedule.
    pub schedule: PublicSchedule,
    /// When the last seat was paid for. Seats that were refunded since can be bought again: see the state of the schedule.
    #[serde(with = "time::serde::rfc3339")]
    pub sold_out_at: OffsetDateTime,
    /// The number of seconds between the opening of the sale and then.
    pub sold_out_after_seconds: u64,
}

/// Lists the concerts that sold the most seats in the last seven days.
pub fn list_popular() -> Call<Page<PopularConcert>> {
    Call::get("/v1/rankings/popular")
}

/// Lists the schedules that sold out fastest.
pub fn list_sold_out() -> Call<Page<SoldOutSchedule>> {
    Call::get("/v1/rankings/sold-out")
}
