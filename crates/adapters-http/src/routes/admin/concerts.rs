//! Concerts, as operators manage them: created with their schedules, changed, cancelled.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, patch, post};
use application::use_cases::admin::{ConcertPatch, ConcertPlan, ConcertReport};
use domain::decide::admin::Patch;
use domain::decide::admin::concert::ListingPatch;
use domain::{ConcertId, Currency, Listing, QueueId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{BODY, CHANGE, LIST, OPERATOR};
use super::super::venue::VenueBody;
use super::actor::actor;
use super::schedules::{CancelBody, CancelRequest, NewScheduleBody, ReportBody as ScheduleReportBody};
use crate::extract::{
    ApiRequest, Body, BoundedText, DescriptionField, FromBody, IfMatch, ImageUrlField, List, Operator, PageQuery, PathId, deserialize_some,
};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, cancelled, created, uncached_json, versioned};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(create_concert).service(list_concerts).service(show_concert).service(change_concert).service(cancel_concert);
}

/// A new concert; it is created with all its schedules or not at all.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewConcert)]
#[serde(deny_unknown_fields)]
struct NewConcertBody {
    /// The id of the concert; generated if omitted.
    id: Option<Uuid>,
    /// The name of the concert.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "A Night at the Club")]
    name: BoundedText<200>,
    /// The organiser of the concert.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "The House")]
    host: BoundedText<200>,
    /// The queue that admits users to the concert; if omitted, the default queue.
    queue_id: Option<Uuid>,
    /// The maximum number of seats of the concert per user; if null, the service's default applies.
    #[schema(minimum = 1, maximum = 100)]
    max_seats_per_user: Option<u32>,
    /// The description: paragraphs of plain text.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000, example = "Three short sets until the small hours.")]
    description: Option<DescriptionField>,
    /// The absolute https or http URL of an image. The service never fetches it.
    #[schema(value_type = Option<String>, format = "uri", max_length = 2000, example = "https://images.example/club-night.jpg")]
    image_url: Option<ImageUrlField>,
    /// Where the concert takes place, if this is known.
    venue: Option<VenueBody>,
    /// The first instant at which the concert is public. Before, it is a draft: users get 404 for it and its schedules, and can't join its
    /// queue for it. If null, it is public at once.
    publishes_at: Option<Instant>,
    /// The schedules of the concert.
    #[serde(default)]
    #[schema(max_items = 100)]
    schedules: Vec<NewScheduleBody>,
}

/// A change of a concert; omitted properties remain unchanged.
#[derive(Deserialize, ToSchema)]
#[schema(as = ConcertChange)]
#[serde(deny_unknown_fields)]
struct ConcertChangeBody {
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Option<BoundedText<200>>,
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    host: Option<BoundedText<200>>,
    /// The queue can't be changed while seats of the concert are held, or while users are waiting or active in its queue for the concert.
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Uuid, required = false)]
    queue_id: Option<Uuid>,
    /// If null, the service's default applies.
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<u32>, required = false, minimum = 1, maximum = 100)]
    max_seats_per_user: Patch<Option<u32>>,
    /// If null, the concert has no description.
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 2000)]
    description: Patch<Option<DescriptionField>>,
    /// If null, the concert has no image.
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<String>, required = false, format = "uri", max_length = 2000)]
    image_url: Patch<Option<ImageUrlField>>,
    /// Replaced as a whole; if null, the venue is unknown.
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<VenueBody>, required = false)]
    venue: Patch<Option<VenueBody>>,
    /// If null, the concert is public at once. If in the future, the concert becomes a draft, even if it was public.
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<Instant>, required = false)]
    publishes_at: Patch<Option<Instant>>,
}

struct NewConcert(ConcertPlan);

struct ConcertChange(ConcertPatch);

impl FromBody for NewConcert {
    type Wire = NewConcertBody;

    fn read(wire: NewConcertBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let NewConcertBody { id, name, host, queue_id, max_seats_per_user, schedules: bodies, .. } = wire;
        let (mut schedules, mut field_errors) = (Vec::with_capacity(bodies.len()), Vec::new());
        for (index, schedule) in bodies.into_iter().enumerate() {
            match schedule.read(&format!("/schedules/{index}")) {
                Ok(schedule) => schedules.push(schedule),
                Err(errors) => field_errors.extend(errors),
            }
        }
        if !field_errors.is_empty() {
            return Err(field_errors);
        }
        let listing = Listing {
            description: wire.description.map(|text| text.0),
            image_url: wire.image_url.map(|url| url.0),
            venue: wire.venue.map(Into::into),
            publishes_at: wire.publishes_at.map(Into::into),
        };
        let (id, name, host, queue) = (id.map(ConcertId), name.0, host.0, queue_id.map(QueueId));
        Ok(Self(ConcertPlan { id, name, host, queue, max_seats_per_user, listing, schedules }))
    }
}

impl FromBody for ConcertChange {
    type Wire = ConcertChangeBody;

    fn read(wire: ConcertChangeBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let ConcertChangeBody { name, host, queue_id, max_seats_per_user, description, image_url, venue, publishes_at } = wire;
        let (name, host) = (name.map(|name| name.0), host.map(|host| host.0));
        let listing = ListingPatch {
            description: description.map(|text| text.map(|text| text.0)),
            image_url: image_url.map(|url| url.map(|url| url.0)),
            venue: venue.map(|venue| venue.map(Into::into)),
            publishes_at: publishes_at.map(|at| at.map(Into::into)),
        };
        Ok(Self(ConcertPatch { name, host, queue: queue_id.map(QueueId), max_seats_per_user, listing }))
    }
}

/// A concert, as operators see it.
#[derive(Serialize, ToSchema)]
#[schema(as = ConcertReport)]
struct ReportBody {
    id: Uuid,
    name: String,
    host: String,
    queue_id: Uuid,
    max_seats_per_user: Option<u32>,
    description: Option<String>,
    #[schema(format = "uri")]
    image_url: Option<String>,
    venue: Option<VenueBody>,
    /// The first instant at which the concert is public; null if it is public since its creation.
    publishes_at: Option<Instant>,
    /// When the concert was cancelled with all its schedules; null if it was not cancelled as a whole.
    cancelled_at: Option<Instant>,
    /// The reason for the cancellation.
    cancellation_reason: Option<String>,
    /// The version, which increases with each change of the concert and each added schedule; the `ETag` without quotes.
    version: i64,
    /// The schedules, sorted by start.
    schedules: Vec<ScheduleReportBody>,
}

impl ReportBody {
    fn new((concert, schedules): ConcertReport, currency: Currency) -> Self {
        let (version, concert) = (concert.version.0, concert.row);
        let (cancelled_at, cancellation_reason) = cancelled(concert.cancellation());
        let Listing { description, image_url, venue, publishes_at } = concert.listing().clone();
        Self {
            id: concert.id().0,
            name: concert.name().to_owned(),
            host: concert.host().to_owned(),
            queue_id: concert.queue().0,
            max_seats_per_user: concert.max_seats_per_user(),
            description: description.map(|text| text.as_str().to_owned()),
            image_url: image_url.map(|url| url.as_str().to_owned()),
            venue: venue.map(Into::into),
            publishes_at: publishes_at.map(Into::into),
            cancelled_at,
            cancellation_reason,
            version,
            schedules: schedules.into_iter().map(|schedule| ScheduleReportBody::new(schedule, currency)).collect(),
        }
    }
}

problems!(CreateProblems: OPERATOR, BODY, &[Code::AlreadyExists]);
problems!(ListProblems: OPERATOR, LIST);
problems!(ShowProblems: OPERATOR, &[Code::NotFound]);
problems!(ChangeProblems: OPERATOR, BODY, CHANGE, &[Code::InvalidState]);
problems!(CancelProblems: OPERATOR, BODY, &[Code::NotFound]);

/// Create a concert
///
/// Creates the concert with its schedules and their seats.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    request_body = NewConcertBody,
    responses(
        (status = 201, description = "The new concert.", body = ReportBody, headers(("Location" = String), ("ETag" = String))),
        CreateProblems,
    ),
)]
#[post("/v1/admin/concerts")]
async fn create_concert(call: ApiRequest<(Operator, Body<NewConcert>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), Body(NewConcert(plan))), .. } = call;
    let report = api.run(|use_cases| async move { use_cases.catalogue.create(&actor(operator, None), plan).await }).await?;
    let (version, location) = (report.0.version, format!("/v1/admin/concerts/{}", report.0.id()));
    Ok(versioned(created(StatusCode::CREATED, &ReportBody::new(report, api.settings.currency), &location)?, version))
}

/// List the concerts with their sales figures
#[utoipa::path(
    tag = "admin",
    operation_id = "list_concert_reports",
    security(("bearer" = [])),
    params(
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the concerts.", body = List<ReportBody>), ListProblems),
)]
#[get("/v1/admin/concerts")]
async fn list_concerts(call: ApiRequest<(Operator, PageQuery<ConcertId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PageQuery(page)), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.catalogue.concerts(page).await }).await?;
    uncached_json(StatusCode::OK, &List::new(page, |report| ReportBody::new(report, api.settings.currency)))
}

/// Get a concert with its sales figures
#[utoipa::path(
    tag = "admin",
    operation_id = "show_concert_report",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The concert.")),
    responses((status = 200, description = "The concert.", body = ReportBody, headers(("ETag" = String))), ShowProblems),
)]
#[get("/v1/admin/concerts/{id:[^/:]+}")]
async fn show_concert(call: ApiRequest<(Operator, PathId<ConcertId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    respond(api.run(|use_cases| async move { use_cases.catalogue.concert(id).await }).await?, api.settings.currency)
}

/// Update a concert
///
/// Only the properties in the body change.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The concert."),
        ("If-Match" = String, Header, description = "The `ETag` of the version to change, or `*` for any version."),
    ),
    request_body = ConcertChangeBody,
    responses(
        (status = 200, description = "The updated concert.", body = ReportBody, headers(("ETag" = String))),
        ChangeProblems,
    ),
)]
#[patch("/v1/admin/concerts/{id:[^/:]+}")]
async fn change_concert(call: ApiRequest<(Operator, PathId<ConcertId>, IfMatch, Body<ConcertChange>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), IfMatch(expected), Body(ConcertChange(patch))), .. } = call;
    let report = api.run(|use_cases| async move { use_cases.catalogue.change(&actor(operator, None), id, expected, patch).await }).await?;
    respond(report, api.settings.currency)
}

/// Cancel a concert
///
/// Cancels all schedules of the concert.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The concert.")),
    request_body = CancelBody,
    responses(
        (status = 200, description = "The concert, cancelled now or before.", body = ReportBody, headers(("ETag" = String))),
        CancelProblems,
    ),
)]
#[post("/v1/admin/concerts/{id:[^/:]+}:cancel")]
async fn cancel_concert(call: ApiRequest<(Operator, PathId<ConcertId>, Body<CancelRequest>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(CancelRequest { reason })), .. } = call;
    let report = api.run(|use_cases| async move { use_cases.catalogue.cancel(&actor(operator, reason), id).await }).await?;
    respond(report, api.settings.currency)
}

fn respond(report: ConcertReport, currency: Currency) -> Result<HttpResponse, Problem> {
    let version = report.0.version;
    Ok(versioned(uncached_json(StatusCode::OK, &ReportBody::new(report, currency))?, version))
}
