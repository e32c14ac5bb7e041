//! A schedule, as everyone sees it: without the number of its available seats.

use actix_web::web::Bytes;
use actix_web::{HttpResponse, get};
use application::use_cases::PublicSchedule;
use domain::{Currency, ScheduleId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::venue::VenueBody;
use crate::extract::{ApiRequest, KnownTags, PathId};
use crate::problem::{Code, Problem, problems};
use crate::response::{CATALOGUE_CACHING, Instant, PriceRangeBody, ScheduleStateBody, Tag, cancelled, json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_public_schedule);
}

/// A schedule: one performance of a concert, as everyone sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = PublicSchedule)]
pub(super) struct PublicScheduleBody {
    id: Uuid,
    concert_id: Uuid,
    /// When the show starts.
    starts_at: Instant,
    /// The time zone of the show, as in the IANA database.
    #[schema(example = "Asia/Seoul")]
    zone: String,
    /// Where the concert takes place, if this is known.
    venue: Option<VenueBody>,
    sale_opens_at: Instant,
    sale_closes_at: Instant,
    state: ScheduleStateBody,
    /// The prices of its seats; null if no seats are offered, or it has ended or been cancelled.
    price_range: Option<PriceRangeBody>,
    /// When the schedule was cancelled; null if it was not.
    cancelled_at: Option<Instant>,
    /// The organiser's reason for the cancellation, if there is one.
    cancellation_reason: Option<String>,
}

impl PublicScheduleBody {
    pub(super) fn new(view: PublicSchedule, currency: Currency) -> Self {
        let PublicSchedule { schedule, venue, state, prices } = view;
        let (cancelled_at, cancellation_reason) = cancelled(schedule.cancellation());
        Self {
            id: schedule.id().0,
            concert_id: schedule.concert().0,
            starts_at: schedule.starts_at().into(),
            zone: schedule.zone().as_str().to_owned(),
            venue: venue.map(Into::into),
            sale_opens_at: schedule.sale_opens_at().into(),
            sale_closes_at: schedule.sale_closes_at().into(),
            state: state.into(),
            price_range: prices.map(|prices| PriceRangeBody::new(prices, currency)),
            cancelled_at,
            cancellation_reason,
        }
    }
}

problems!(ScheduleProblems: &[Code::NotFound]);

/// Get a schedule
///
/// Which seats are available is shown to active users only. The schedules of a draft are not found until its publication.
#[utoipa::path(
    tag = "concerts",
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The schedule.", body = PublicScheduleBody, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        ScheduleProblems,
    ),
)]
#[get("/v1/schedules/{id}")]
async fn show_public_schedule(call: ApiRequest<(PathId<ScheduleId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (PathId(id), known), .. } = call;
    let schedule = api.run(|use_cases| async move { use_cases.concerts.schedule(id).await }).await?;
    let body = Bytes::from(json(&PublicScheduleBody::new(schedule, api.settings.currency))?);
    known.respond(&Tag::of(&body), CATALOGUE_CACHING, || Ok(body))
}
