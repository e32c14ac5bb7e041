//! Concerts: the public catalogue.

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use application::PageRequest;
use application::use_cases::ConcertView;
use domain::{ConcertFilter, ConcertId, ConcertQuery, Currency, ListPosition, Listing, ScheduleSummary};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::LIST;
use super::venue::VenueBody;
use crate::api::Api;
use crate::extract::{
    ApiRequest, KnownTags, List, PathId, Query, RequestPart, invalid_parameter, page_size, read_position, write_position,
};
use crate::problem::{Code, Problem, problems};
use crate::response::{CATALOGUE_CACHING, Instant, PriceRangeBody, ScheduleStateBody, Tag, cancelled, json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_concerts).service(show_concert);
}

/// A concert.
#[derive(Serialize, ToSchema)]
#[schema(as = Concert)]
pub(super) struct ConcertBody {
    id: Uuid,
    /// The name of the concert.
    name: String,
    /// The organiser of the concert.
    host: String,
    /// The description: paragraphs of plain text.
    description: Option<String>,
    /// The https or http URL of an image.
    #[schema(format = "uri")]
    image_url: Option<String>,
    /// Where the concert takes place, if this is known.
    venue: Option<VenueBody>,
    /// The queue that admits users to the concert.
    queue_id: Uuid,
    state: ScheduleStateBody,
    /// The prices of all schedules that have neither ended nor been cancelled; null if no seats are offered.
    price_range: Option<PriceRangeBody>,
    /// When the first sale of these schedules opens or opened; null without such schedules.
    sale_opens_at: Option<Instant>,
    /// The first schedule, cancelled or not.
    first_schedule: Option<ScheduleSummaryBody>,
    /// The last schedule, cancelled or not.
    last_schedule: Option<ScheduleSummaryBody>,
    /// The next schedule: the first that hasn't started and isn't cancelled.
    next_schedule: Option<ScheduleSummaryBody>,
    /// When the concert was cancelled with all its schedules; null if it was not cancelled as a whole.
    cancelled_at: Option<Instant>,
    /// The organiser's reason for the cancellation, if there is one.
    cancellation_reason: Option<String>,
}

/// A schedule in the summary of its concert.
#[derive(Serialize, ToSchema)]
#[schema(as = ScheduleSummary)]
struct ScheduleSummaryBody {
    id: Uuid,
    /// When the show starts.
    starts_at: Instant,
    state: ScheduleStateBody,
}

impl From<ScheduleSummary> for ScheduleSummaryBody {
    fn from(ScheduleSummary { id, starts_at, state }: ScheduleSummary) -> Self {
        Self { id: id.0, starts_at: starts_at.into(), state: state.into() }
    }
}

impl ConcertBody {
    pub(super) fn new(ConcertView { concert, summary }: ConcertView, currency: Currency) -> Self {
        let (cancelled_at, cancellation_reason) = cancelled(concert.cancellation());
        let Listing { description, image_url, venue, .. } = concert.listing().clone();
        Self {
            id: concert.id().0,
            name: concert.name().to_owned(),
            host: concert.host().to_owned(),
            description: description.map(|text| text.as_str().to_owned()),
            image_url: image_url.map(|url| url.as_str().to_owned()),
            venue: venue.map(Into::into),
            queue_id: concert.queue().0,
            state: summary.state.into(),
            price_range: summary.prices.map(|prices| PriceRangeBody::new(prices, currency)),
            sale_opens_at: summary.sale_opens_at.map(Into::into),
            first_schedule: summary.first.map(Into::into),
            last_schedule: summary.last.map(Into::into),
            next_schedule: summary.next.map(Into::into),
            cancelled_at,
            cancellation_reason,
        }
    }
}

/// The concerts to list.
struct ConcertList {
    filter: ConcertFilter,
    page: PageRequest<ListPosition>,
}

impl RequestPart for ConcertList {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut parameters = Query::of(request)?;
        let query = parameters.take("q")?.map(|text| ConcertQuery::new(&text).map_err(|error| invalid_parameter("q", &error.to_string())));
        let on_sale = match parameters.take("on_sale")?.as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(invalid_parameter("on_sale", "must be true or false")),
        };
        let (from, to) = (instant(&mut parameters, "from")?, instant(&mut parameters, "to")?);
        let filter = ConcertFilter { query: query.transpose()?, on_sale, from: from.map(Into::into), to: to.map(Into::into) };
        let size = page_size(&mut parameters)?;
        let after = parameters.take("cursor")?.map(|text| read_position(&text)).transpose()?;
        parameters.end()?;
        Ok(Self { filter, page: PageRequest { after, size } })
    }
}

/// Takes the parameter `name`, an instant, if it is present.
fn instant(parameters: &mut Query, name: &str) -> Result<Option<Instant>, Problem> {
    let text = parameters.take(name)?;
    text.map(|text| Instant::read(&text).ok_or_else(|| invalid_parameter(name, "must be an RFC 3339 timestamp"))).transpose()
}

problems!(ConcertsProblems: LIST);
problems!(ConcertProblems: &[Code::NotFound]);

/// List the concerts
///
/// Concerts with a schedule that hasn't started and isn't cancelled come first, in the order of their next schedule. A list may be some
/// seconds old.
#[utoipa::path(
    tag = "concerts",
    params(
        ("q" = Option<String>, Query, min_length = 1, max_length = 100, description = "Only concerts that have each of these words in their name, host, venue or city, as a part of a word. Case and accents are ignored."),
        ("on_sale" = Option<bool>, Query, description = "If true, list only concerts in the state `ON_SALE`."),
        ("from" = Option<Instant>, Query, description = "Only concerts with a schedule that starts at this instant or later, and isn't cancelled."),
        ("to" = Option<Instant>, Query, description = "Only concerts with a schedule that starts before this instant, and isn't cancelled. With `from`, it is the same schedule."),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "A page of the concerts.", body = List<ConcertBody>, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        ConcertsProblems,
    ),
)]
#[get("/v1/concerts")]
async fn list_concerts(call: ApiRequest<(ConcertList, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (ConcertList { filter, page }, known), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.concerts.concerts(&filter, page).await }).await?;
    let items = page.items.into_iter().map(|concert| ConcertBody::new(concert, api.settings.currency)).collect();
    let body = Bytes::from(json(&List::part(items, page.next.map(write_position)))?);
    known.respond(&Tag::of(&body), CATALOGUE_CACHING, || Ok(body))
}

/// Get a concert
///
/// A draft is not found until its publication.
#[utoipa::path(
    tag = "concerts",
    params(
        ("id" = Uuid, Path, description = "The concert."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The concert.", body = ConcertBody, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        ConcertProblems,
    ),
)]
#[get("/v1/concerts/{id}")]
async fn show_concert(call: ApiRequest<(PathId<ConcertId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (PathId(id), known), .. } = call;
    let concert = api.run(|use_cases| async move { use_cases.concerts.concert(id).await }).await?;
    let body = Bytes::from(json(&ConcertBody::new(concert, api.settings.currency))?);
    known.respond(&Tag::of(&body), CATALOGUE_CACHING, || Ok(body))
}
