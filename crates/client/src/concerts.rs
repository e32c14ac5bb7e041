//! Concerts.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::call::Call;
use crate::ids::{ConcertId, QueueId};
use crate::page::Page;
use crate::schedules::{PriceRange, ScheduleState, ScheduleSummary, Venue};

/// A concert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concert {
    /// The id.
    pub id: ConcertId,
    /// The name.
    pub name: String,
    /// The organiser.
    pub host: String,
    /// The state.
    pub state: ScheduleState,
    /// The queue that admits users to the concert.
    pub queue_id: QueueId,
    /// The description: paragraphs of plain text.
    pub description: Option<String>,
    /// The URL of an image.
    pub image_url: Option<String>,
    /// The place.
    pub venue: Option<Venue>,
    /// The prices.
    pub price_range: Option<PriceRange>,
    /// When the first sale opens.
    #[serde(with = "time::serde::rfc3339::option")]
    pub sale_opens_at: Option<OffsetDateTime>,
    /// The first schedule.
    pub first_schedule: Option<ScheduleSummary>,
    /// The next schedule.
    pub next_schedule: Option<ScheduleSummary>,
    /// The last schedule.
    pub last_schedule: Option<ScheduleSummary>,
    /// When it was cancelled as a whole.
    #[serde(with = "time::serde::rfc3339::option")]
    pub cancelled_at: Option<OffsetDateTime>,
    /// The organiser's reason for the cancellation.
    pub cancellation_reason: Option<String>,
}

/// Which concerts are listed: all by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConcertFilter {
    /// With each of these words in the name, the organiser, the venue or the city.
    pub q: Option<String>,
    /// If true, only those in the state `OnSale`.
    pub on_sale: Option<bool>,
    /// With a show at this instant or later.
    pub from: Option<OffsetDateTime>,
    /// With a show before this instant.
    pub to: Option<OffsetDateTime>,
}

/// Lists public concerts in the order of their next shows.
pub fn list_concerts(filter: &ConcertFilter) -> Call<Page<Concert>> {
    let ConcertFilter { q, on_sale, from, to } = filter;
    let instant = |at: &Option<OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok());
    let call = Call::get("/v1/concerts").optional_query("q", q.as_ref()).optional_query("on_sale", *on_sale);
    call.optional_query("from", instant(from)).optional_query("to", instant(to))
}

/// Returns a concert.
pub fn show_concert(concert: ConcertId) -> Call<Concert> {
    Call::get(format!("/v1/concerts/{concert}"))
}
