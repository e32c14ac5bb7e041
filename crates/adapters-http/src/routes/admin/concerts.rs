//! Concerts, as operators plan them: made with their dates, changed, called off.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, patch, post};
use application::use_cases::admin::{ConcertPatch, ConcertReport, SchedulePlan};
use domain::decide::admin::Patch;
use domain::{ConcertId, Currency, QueueId, Title};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{BODY, CHANGE, LIST, OPERATOR};
use super::schedules::{Called, CancelBody, NewScheduleBody, ReportBody as ScheduleReportBody};
use super::{because, by};
use crate::api::HttpSettings;
use crate::extract::{ApiRequest, Body, BoundedText, FromBody, IfMatch, List, Operator, PageQuery, PathId, given};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, cancelled, created, personal, versioned};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(create_concert).service(list_concerts).service(show_concert).service(change_concert).service(cancel_concert);
}

/// A concert that is to be made, whole or not at all.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewConcert)]
#[serde(deny_unknown_fields)]
struct NewConcertBody {
    /// Its id; without one it gets one.
    id: Option<Uuid>,
    /// What is on the poster.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "A Night at the Club")]
    name: BoundedText<200>,
    /// Who gives it.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "The House")]
    host: BoundedText<200>,
    /// The queue that admits to it; without one the default queue.
    queue_id: Option<Uuid>,
    /// How many seats a user may have of it; null: as many as of any concert.
    #[schema(minimum = 1, maximum = 100)]
    max_seats_per_user: Option<u32>,
    /// Its dates.
    #[serde(default)]
    #[schema(max_items = 100)]
    schedules: Vec<NewScheduleBody>,
}

/// What of a concert is to change; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[schema(as = ConcertChange)]
#[serde(deny_unknown_fields)]
struct ConcertChangeBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Option<BoundedText<200>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    host: Option<BoundedText<200>>,
    /// It can't change while seats of the concert are held, or users wait in its queue for it or are let in.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Uuid, required = false)]
    queue_id: Option<Uuid>,
    /// Null: as many as of any concert.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, required = false, minimum = 1, maximum = 100)]
    max_seats_per_user: Patch<Option<u32>>,
}

struct NewConcert {
    id: Option<ConcertId>,
    titles: [Title; 2],
    queue: Option<QueueId>,
    max_seats_per_user: Option<u32>,
    schedules: Vec<SchedulePlan>,
}

struct ConcertChange(ConcertPatch);

impl FromBody for NewConcert {
    type Wire = NewConcertBody;

    fn read(wire: NewConcertBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let NewConcertBody { id, name, host, queue_id, max_seats_per_user, schedules: bodies } = wire;
        let (mut schedules, mut field_errors) = (Vec::with_capacity(bodies.len()), Vec::new());
        for (index, schedule) in bodies.into_iter().enumerate() {
            match schedule.read(&format!("/schedules/{index}")) {
                Ok(schedule) => schedules.push(schedule),
                Err(found) => field_errors.extend(found),
            }
        }
        if !field_errors.is_empty() {
            return Err(field_errors);
        }
        Ok(Self { id: id.map(ConcertId), titles: [name.0, host.0], queue: queue_id.map(QueueId), max_seats_per_user, schedules })
    }
}

impl FromBody for ConcertChange {
    type Wire = ConcertChangeBody;

    fn read(wire: ConcertChangeBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let ConcertChangeBody { name, host, queue_id, max_seats_per_user } = wire;
        let (name, host) = (name.map(|name| name.0), host.map(|host| host.0));
        Ok(Self(ConcertPatch { name, host, queue: queue_id.map(QueueId), max_seats_per_user }))
    }
}

/// A concert, as its operator sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = ConcertReport)]
struct ReportBody {
    id: Uuid,
    name: String,
    host: String,
    queue_id: Uuid,
    max_seats_per_user: Option<u32>,
    /// When it was cancelled, with all its dates; null if it wasn't cancelled as a whole.
    cancelled_at: Option<Instant>,
    /// Why.
    cancellation_reason: Option<String>,
    /// How often it has been written, or a date was added to it; the `ETag`, without its quotes.
    version: i64,
    /// Its dates, in the order of their start.
    schedules: Vec<ScheduleReportBody>,
}

impl ReportBody {
    fn new((concert, schedules): ConcertReport, currency: Currency) -> Self {
        let (version, concert) = (concert.version.0, concert.row);
        let (cancelled_at, cancellation_reason) = cancelled(concert.cancellation());
        Self {
            id: concert.id().0,
            name: concert.name().to_owned(),
            host: concert.host().to_owned(),
            queue_id: concert.queue().0,
            max_seats_per_user: concert.max_seats_per_user(),
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

/// Make a concert with its dates and their seats.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    request_body = NewConcertBody,
    responses(
        (status = 201, description = "The new concert.", body = ReportBody, headers(("Location" = String), ("ETag" = String))),
        CreateProblems,
    ),
)]
#[post("/v1/admin/concerts")]
async fn create_concert(call: ApiRequest<(Operator, Body<NewConcert>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), Body(new)), .. } = call;
    let NewConcert { id, titles, queue, max_seats_per_user, schedules } = new;
    let report =
        api.ask(|ask| async move { ask.catalogue.create(&by(operator), id, titles, queue, max_seats_per_user, schedules).await }).await?;
    let (version, location) = (report.0.version, format!("/v1/admin/concerts/{}", report.0.id()));
    Ok(versioned(created(StatusCode::CREATED, &ReportBody::new(report, api.settings.currency), &location)?, version))
}

/// All concerts, and how their sales go.
#[utoipa::path(
    tag = "desk",
    operation_id = "list_concert_reports",
    security(("bearer" = [])),
    params(
        ("page_size" = Option<usize>, Query, description = "How many at most: 50 by default, 200 at most.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of the concerts.", body = List<ReportBody>), ListProblems),
)]
#[get("/v1/admin/concerts")]
async fn list_concerts(call: ApiRequest<(Operator, PageQuery<ConcertId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PageQuery(page)), .. } = call;
    let page = api.ask(|ask| async move { ask.catalogue.concerts(page).await }).await?;
    personal(StatusCode::OK, &List::new(page, |report| ReportBody::new(report, api.settings.currency)))
}

/// A concert, and how its sales go.
#[utoipa::path(
    tag = "desk",
    operation_id = "show_concert_report",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The concert.")),
    responses((status = 200, description = "The concert.", body = ReportBody, headers(("ETag" = String))), ShowProblems),
)]
#[get("/v1/admin/concerts/{id:[^/:]+}")]
async fn show_concert(call: ApiRequest<(Operator, PathId<ConcertId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    shown(api.ask(|ask| async move { ask.catalogue.concert(id).await }).await?, api.settings.currency)
}

/// Change what of a concert is named.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The concert."),
        ("If-Match" = String, Header, description = "The `ETag` that the change was made for; `*`: whatever is there."),
    ),
    request_body = ConcertChangeBody,
    responses(
        (status = 200, description = "The concert as it is now.", body = ReportBody, headers(("ETag" = String))),
        ChangeProblems,
    ),
)]
#[patch("/v1/admin/concerts/{id:[^/:]+}")]
async fn change_concert(call: ApiRequest<(Operator, PathId<ConcertId>, IfMatch, Body<ConcertChange>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), IfMatch(expected), Body(ConcertChange(patch))), .. } = call;
    let report = api.ask(|ask| async move { ask.catalogue.change(&by(operator), id, expected, patch).await }).await?;
    shown(report, api.settings.currency)
}

/// Call all dates of a concert off.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The concert.")),
    request_body = CancelBody,
    responses(
        (status = 200, description = "The concert, its dates cancelled now or before.", body = ReportBody, headers(("ETag" = String))),
        CancelProblems,
    ),
)]
#[post("/v1/admin/concerts/{id:[^/:]+}:cancel")]
async fn cancel_concert(call: ApiRequest<(Operator, PathId<ConcertId>, Body<Called>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(Called { reason })), .. } = call;
    let report = api.ask(|ask| async move { ask.catalogue.cancel(&because(operator, reason), id).await }).await?;
    shown(report, api.settings.currency)
}

fn shown(report: ConcertReport, currency: Currency) -> Result<HttpResponse, Problem> {
    let version = report.0.version;
    Ok(versioned(personal(StatusCode::OK, &ReportBody::new(report, currency))?, version))
}
