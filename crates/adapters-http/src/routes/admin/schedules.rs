//! Schedules, as operators manage them: added, changed, cancelled.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, patch, post};
use application::use_cases::admin::{CategoryFigures, SaleFigures, SchedulePatch, SchedulePlan, ScheduleReport};
use domain::{ConcertId, Currency, Note, ScheduleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{BODY, CHANGE, OPERATOR};
use super::actor::actor;
use super::seat_map::SeatPlanBody;
use crate::extract::{ApiRequest, Body, BoundedText, FromBody, IfMatch, Operator, PathId, ZoneField, deserialize_some};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, MoneyBody, cancelled, created, uncached_json, versioned};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(add_schedule).service(show_schedule).service(change_schedule).service(cancel_schedule);
}

/// A new schedule of a concert.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewSchedule)]
#[serde(deny_unknown_fields)]
pub(super) struct NewScheduleBody {
    /// The id of the schedule; generated if omitted.
    id: Option<Uuid>,
    /// When the show starts.
    starts_at: Instant,
    /// The time zone of the venue, named exactly as in the IANA database; links are allowed.
    #[schema(value_type = String, max_length = 64, example = "Asia/Seoul")]
    zone: ZoneField,
    /// The first instant of the sale.
    sale_opens_at: Instant,
    /// The first instant after the sale.
    sale_closes_at: Instant,
    /// The seats, if they are known yet.
    seat_map: Option<SeatPlanBody>,
}

/// A change of a schedule; omitted properties remain unchanged.
#[derive(Deserialize, ToSchema)]
#[schema(as = ScheduleChange)]
#[serde(deny_unknown_fields)]
struct ScheduleChangeBody {
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Instant, required = false)]
    starts_at: Option<Instant>,
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = String, required = false, max_length = 64)]
    zone: Option<ZoneField>,
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Instant, required = false)]
    sale_opens_at: Option<Instant>,
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Instant, required = false)]
    sale_closes_at: Option<Instant>,
}

/// A cancellation.
#[derive(Deserialize, ToSchema)]
#[schema(as = Cancellation)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelBody {
    #[schema(value_type = String, min_length = 1, max_length = 1000, example = "The singer has a cold")]
    reason: BoundedText<1_000>,
}

/// A request to cancel a schedule or a concert.
pub(super) struct CancelRequest {
    pub(super) reason: Note,
}

struct NewSchedule(SchedulePlan);

struct ScheduleChange(SchedulePatch);

impl NewScheduleBody {
    /// Converts the schedule, or returns all errors in the value at `pointer`.
    pub(super) fn read(self, pointer: &str) -> Result<SchedulePlan, Vec<FieldError>> {
        let Self { id, starts_at, zone, sale_opens_at, sale_closes_at, seat_map } = self;
        let seats = seat_map.map(|map| map.read(&format!("{pointer}/seat_map"))).transpose()?;
        Ok(SchedulePlan {
            id: id.map(ScheduleId),
            starts_at: starts_at.into(),
            zone: zone.0,
            sale_opens_at: sale_opens_at.into(),
            sale_closes_at: sale_closes_at.into(),
            seats,
        })
    }
}

impl FromBody for NewSchedule {
    type Wire = NewScheduleBody;

    fn read(wire: NewScheduleBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        wire.read("").map(Self)
    }
}

impl FromBody for ScheduleChange {
    type Wire = ScheduleChangeBody;

    fn read(wire: ScheduleChangeBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        Ok(Self(SchedulePatch {
            starts_at: wire.starts_at.map(Into::into),
            zone: wire.zone.map(|zone| zone.0),
            sale_opens_at: wire.sale_opens_at.map(Into::into),
            sale_closes_at: wire.sale_closes_at.map(Into::into),
        }))
    }
}

impl FromBody for CancelRequest {
    type Wire = CancelBody;

    fn read(wire: CancelBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        Ok(Self { reason: wire.reason.0 })
    }
}

/// A schedule, as operators see it.
#[derive(Serialize, ToSchema)]
#[schema(as = ScheduleReport)]
pub(super) struct ReportBody {
    id: Uuid,
    concert_id: Uuid,
    starts_at: Instant,
    zone: String,
    sale_opens_at: Instant,
    sale_closes_at: Instant,
    /// When the schedule was cancelled; null if it was not.
    cancelled_at: Option<Instant>,
    /// The reason for the cancellation.
    cancellation_reason: Option<String>,
    /// The version, which increases with each change; the `ETag` without quotes.
    version: i64,
    /// The sales figures; null in the response to a change if they couldn't be read after it.
    figures: Option<FiguresBody>,
    /// The sales figures of each price category; null in lists and in responses to changes.
    categories: Option<Vec<CategoryFiguresBody>>,
}

/// The sales figures of a price category.
#[derive(Serialize, ToSchema)]
#[schema(as = CategoryFigures)]
struct CategoryFiguresBody {
    #[schema(example = "vip")]
    id: String,
    name: String,
    price: MoneyBody,
    #[serde(flatten)]
    figures: FiguresBody,
}

/// The sales figures of a schedule.
#[derive(Serialize, ToSchema)]
#[schema(as = SaleFigures)]
struct FiguresBody {
    /// The total number of seats.
    seats: u32,
    available: u32,
    held: u32,
    /// The number of sold seats.
    reserved: u32,
    /// The number of seats that are not for sale.
    blocked: u32,
    /// The sum of the prices paid for the sold seats.
    revenue: MoneyBody,
}

impl ReportBody {
    pub(super) fn new(ScheduleReport { schedule, figures, categories }: ScheduleReport, currency: Currency) -> Self {
        let (version, schedule) = (schedule.version.0, schedule.row);
        let (cancelled_at, cancellation_reason) = cancelled(schedule.cancellation());
        Self {
            id: schedule.id().0,
            concert_id: schedule.concert().0,
            starts_at: schedule.starts_at().into(),
            zone: schedule.zone().as_str().to_owned(),
            sale_opens_at: schedule.sale_opens_at().into(),
            sale_closes_at: schedule.sale_closes_at().into(),
            cancelled_at,
            cancellation_reason,
            version,
            figures: figures.map(|figures| FiguresBody::new(figures, currency)),
            categories: categories.map(|all| all.into_iter().map(|of| CategoryFiguresBody::new(of, currency)).collect()),
        }
    }
}

impl CategoryFiguresBody {
    fn new(CategoryFigures { category, figures }: CategoryFigures, currency: Currency) -> Self {
        let (id, name) = (category.id.to_string(), category.name.as_str().to_owned());
        Self { id, name, price: MoneyBody::new(category.price, currency), figures: FiguresBody::new(figures, currency) }
    }
}

impl FiguresBody {
    fn new(figures: SaleFigures, currency: Currency) -> Self {
        let SaleFigures { seats, available, held, reserved, blocked, revenue } = figures;
        Self { seats, available, held, reserved, blocked, revenue: MoneyBody::new(revenue, currency) }
    }
}

problems!(AddProblems: OPERATOR, BODY, &[Code::NotFound, Code::AlreadyExists, Code::ScheduleCancelled]);
problems!(ShowProblems: OPERATOR, &[Code::NotFound]);
problems!(ChangeProblems: OPERATOR, BODY, CHANGE, &[Code::InvalidState]);
problems!(CancelProblems: OPERATOR, BODY, &[Code::NotFound]);

/// Add a schedule to a concert
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The concert.")),
    request_body = NewScheduleBody,
    responses(
        (status = 201, description = "The new schedule.", body = ReportBody, headers(("Location" = String), ("ETag" = String))),
        AddProblems,
    ),
)]
#[post("/v1/admin/concerts/{id:[^/:]+}/schedules")]
async fn add_schedule(call: ApiRequest<(Operator, PathId<ConcertId>, Body<NewSchedule>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(concert), Body(NewSchedule(schedule))), .. } = call;
    let report =
        api.run(|use_cases| async move { use_cases.catalogue.add_schedule(&actor(operator, None), concert, schedule).await }).await?;
    let (version, location) = (report.schedule.version, format!("/v1/admin/schedules/{}", report.schedule.id()));
    Ok(versioned(created(StatusCode::CREATED, &ReportBody::new(report, api.settings.currency), &location)?, version))
}

/// Get a schedule with its sales figures
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    responses((status = 200, description = "The schedule.", body = ReportBody, headers(("ETag" = String))), ShowProblems),
)]
#[get("/v1/admin/schedules/{id:[^/:]+}")]
async fn show_schedule(call: ApiRequest<(Operator, PathId<ScheduleId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    respond(api.run(|use_cases| async move { use_cases.catalogue.schedule(id).await }).await?, api.settings.currency)
}

/// Update a schedule
///
/// Only the properties in the body change.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("If-Match" = String, Header, description = "The `ETag` of the version to change, or `*` for any version."),
    ),
    request_body = ScheduleChangeBody,
    responses(
        (status = 200, description = "The updated schedule.", body = ReportBody, headers(("ETag" = String))),
        ChangeProblems,
    ),
)]
#[patch("/v1/admin/schedules/{id:[^/:]+}")]
async fn change_schedule(call: ApiRequest<(Operator, PathId<ScheduleId>, IfMatch, Body<ScheduleChange>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), IfMatch(expected), Body(ScheduleChange(patch))), .. } = call;
    let report =
        api.run(|use_cases| async move { use_cases.catalogue.change_schedule(&actor(operator, None), id, expected, patch).await }).await?;
    respond(report, api.settings.currency)
}

/// Cancel a schedule
///
/// The holds of the schedule end, its seats can no longer be held or sold, and its payments can be refunded at any time.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    request_body = CancelBody,
    responses(
        (status = 200, description = "The schedule, cancelled now or before.", body = ReportBody, headers(("ETag" = String))),
        CancelProblems,
    ),
)]
#[post("/v1/admin/schedules/{id:[^/:]+}:cancel")]
async fn cancel_schedule(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<CancelRequest>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(CancelRequest { reason })), .. } = call;
    let report = api.run(|use_cases| async move { use_cases.catalogue.cancel_schedule(&actor(operator, reason), id).await }).await?;
    respond(report, api.settings.currency)
}

fn respond(report: ScheduleReport, currency: Currency) -> Result<HttpResponse, Problem> {
    let version = report.schedule.version;
    Ok(versioned(uncached_json(StatusCode::OK, &ReportBody::new(report, currency))?, version))
}
