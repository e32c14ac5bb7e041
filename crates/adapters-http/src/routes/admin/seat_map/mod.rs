//! Seat maps, as operators define them: sections, rows, ranges of seat numbers, price categories, coordinates.

mod body;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, put};
use domain::decide::admin::seat_map::LaidOut;
use domain::{Layout, ScheduleId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, OPERATOR};
use super::actor::actor;
use crate::extract::{ApiRequest, Body, FromBody, Operator, PathId};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::uncached_json;
use crate::settings::HttpSettings;

pub(super) use body::SeatPlanBody;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_seat_map).service(lay_out_seats);
}

struct Plan(Layout);

impl FromBody for Plan {
    type Wire = SeatPlanBody;

    fn read(wire: SeatPlanBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        wire.read("").map(Self)
    }
}

/// The result of applying a seat map.
#[derive(Serialize, ToSchema)]
#[schema(as = LaidOutSeats)]
struct LaidOutBody {
    /// The number of new seats.
    created: u32,
    /// The number of seats whose label, price or accessibility has changed.
    changed: u32,
    /// The number of unchanged seats.
    unchanged: u32,
}

problems!(ShowProblems: OPERATOR, &[Code::NotFound]);
problems!(LayOutProblems: OPERATOR, BODY, &[Code::NotFound, Code::SeatUnavailable]);

/// Get the seat map of a schedule
///
/// The map creates the same seats in any schedule that it is applied to.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    responses(
        (status = 200, description = "The map. Of seats that were created before maps were stored, adjacent ones with consecutive labels form a row.", body = SeatPlanBody),
        ShowProblems,
    ),
)]
#[get("/v1/admin/schedules/{id:[^/:]+}/seat-map")]
async fn show_seat_map(call: ApiRequest<(Operator, PathId<ScheduleId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    let layout = api.run(|use_cases| async move { use_cases.seats.layout(id).await }).await?;
    uncached_json(StatusCode::OK, &SeatPlanBody::from(&layout.layout))
}

/// Set the seat map of a schedule
///
/// New seats are created; seats that are neither held nor sold get the label and price of the map. No seat is removed, and seats that the map
/// doesn't contain stay as they are. The schedule gets another layout, with the map's categories and coordinates.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    request_body = SeatPlanBody,
    responses((status = 200, description = "The numbers of created, changed and unchanged seats.", body = LaidOutBody), LayOutProblems),
)]
#[put("/v1/admin/schedules/{id:[^/:]+}/seat-map")]
async fn lay_out_seats(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<Plan>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(Plan(plan))), .. } = call;
    let LaidOut { created, changed, unchanged } =
        api.run(|use_cases| async move { use_cases.seats.lay_out(&actor(operator, None), id, plan).await }).await?;
    uncached_json(StatusCode::OK, &LaidOutBody { created, changed, unchanged })
}
