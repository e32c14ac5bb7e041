//! Rankings, for the front page of a shop: the concerts that sell best, and the schedules that sold out fastest.

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use application::use_cases::{PopularConcert, SoldOutSchedule};
use domain::Currency;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::concerts::ConcertBody;
use super::public_schedule::PublicScheduleBody;
use crate::api::Api;
use crate::extract::{ApiRequest, KnownTags, List, Query, RequestPart, page_size};
use crate::problem::{Code, Problem, problems};
use crate::response::{CATALOGUE_CACHING, Instant, Tag, json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_popular).service(list_sold_out);
}

/// A concert in the ranking of sales.
#[derive(Serialize, ToSchema)]
#[schema(as = PopularConcert)]
struct PopularConcertBody {
    concert: ConcertBody,
    /// The number of seats that were paid for in the last seven days and not refunded since.
    #[schema(minimum = 1)]
    seats_sold: u64,
}

/// A schedule that sold out.
#[derive(Serialize, ToSchema)]
#[schema(as = SoldOutSchedule)]
struct SoldOutScheduleBody {
    concert: ConcertBody,
    schedule: PublicScheduleBody,
    /// When the last seat was paid for. Seats that were refunded since can be bought again: see the state of the schedule.
    sold_out_at: Instant,
    /// The number of seconds between the opening of the sale and the payment of the last seat, rounded down.
    #[schema(minimum = 0)]
    sold_out_after_seconds: i64,
}

impl PopularConcertBody {
    fn new(PopularConcert { concert, seats_sold }: PopularConcert, currency: Currency) -> Self {
        Self { concert: ConcertBody::new(concert, currency), seats_sold }
    }
}

impl SoldOutScheduleBody {
    fn new(SoldOutSchedule { concert, schedule, sold_out }: SoldOutSchedule, currency: Currency) -> Self {
        Self {
            concert: ConcertBody::new(concert, currency),
            schedule: PublicScheduleBody::new(schedule, currency),
            sold_out_at: sold_out.at.into(),
            sold_out_after_seconds: sold_out.after.whole_seconds(),
        }
    }
}

/// The length of a ranking.
struct Length(usize);

impl RequestPart for Length {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let size = page_size(&mut query)?;
        query.end()?;
        Ok(Self(usize::try_from(size).unwrap_or(usize::MAX)))
    }
}

problems!(RankingProblems: &[Code::ValidationFailed]);

/// List the concerts that sell best
///
/// The concert with the most seats sold in the last seven days comes first. Only concerts with a schedule that hasn't started and isn't
/// cancelled are listed. The list may be some seconds old; it has one page.
#[utoipa::path(
    tag = "concerts",
    params(
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The concerts.", body = List<PopularConcertBody>, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        RankingProblems,
    ),
)]
#[get("/v1/rankings/popular")]
async fn list_popular(call: ApiRequest<(Length, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Length(length), known), .. } = call;
    let ranked = api.run(|use_cases| async move { use_cases.rankings.popular(length).await }).await?;
    respond(ranked.into_iter().map(|ranked| PopularConcertBody::new(ranked, api.settings.currency)).collect(), &known)
}

/// List the schedules that sold out fastest
///
/// The schedule whose last seat was paid for soonest after the opening of its sale comes first. Schedules that sold out in the last thirty
/// days are listed until they start, unless they are cancelled. The list may be some seconds old; it has one page.
#[utoipa::path(
    tag = "concerts",
    params(
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The schedules.", body = List<SoldOutScheduleBody>, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        RankingProblems,
    ),
)]
#[get("/v1/rankings/sold-out")]
async fn list_sold_out(call: ApiRequest<(Length, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Length(length), known), .. } = call;
    let ranked = api.run(|use_cases| async move { use_cases.rankings.sold_out(length).await }).await?;
    respond(ranked.into_iter().map(|ranked| SoldOutScheduleBody::new(ranked, api.settings.currency)).collect(), &known)
}

fn respond<T: Serialize>(items: Vec<T>, known: &KnownTags) -> Result<HttpResponse, Problem> {
    let body = Bytes::from(json(&List::whole(items))?);
    known.respond(&Tag::of(&body), CATALOGUE_CACHING, || Ok(body))
}
