//! Blocking seats and unblocking them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use domain::decide::admin::block;
use domain::{Note, ScheduleId, SeatNumber};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, OPERATOR};
use super::actor::actor;
use crate::extract::{ApiRequest, Body, BoundedText, FromBody, Operator, PathId, SeatNumberField};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::uncached_json;
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(block_seats).service(unblock_seats);
}

/// The seats to block or unblock, and the reason.
#[derive(Deserialize, ToSchema)]
#[schema(as = SeatOrder)]
#[serde(deny_unknown_fields)]
struct SeatOrderBody {
    /// The numbers of the seats, without duplicates.
    #[schema(value_type = Vec<u32>, example = json!([7, 8]), min_items = 1, max_items = 10_000)]
    seat_numbers: Vec<SeatNumberField>,
    #[schema(value_type = String, min_length = 1, max_length = 1000, example = "A broken seat")]
    reason: BoundedText<1_000>,
}

struct SeatOrder {
    seats: Vec<SeatNumber>,
    reason: Note,
}

impl FromBody for SeatOrder {
    type Wire = SeatOrderBody;

    fn read(wire: SeatOrderBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let seats: Vec<_> = wire.seat_numbers.into_iter().map(|number| number.0).collect();
        block::check(&seats).map_err(|error| vec![FieldError::at("/seat_numbers", error)])?;
        Ok(Self { seats, reason: wire.reason.0 })
    }
}

/// The number of seats that have changed.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedSeats)]
struct ChangedBody {
    changed: u32,
}

problems!(BlockProblems: OPERATOR, BODY, &[Code::NotFound, Code::SeatUnavailable]);

/// Block seats
///
/// Blocked seats are not for sale. Either all seats are blocked, or none is.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    request_body = SeatOrderBody,
    responses((status = 200, description = "The seats are blocked, now or before.", body = ChangedBody), BlockProblems),
)]
#[post("/v1/admin/schedules/{id:[^/:]+}/seats:block")]
async fn block_seats(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<SeatOrder>)>) -> Result<HttpResponse, Problem> {
    set_blocked(call, true).await
}

/// Unblock seats
///
/// Either all seats are unblocked, or none is.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    request_body = SeatOrderBody,
    responses((status = 200, description = "The seats are available, now or before.", body = ChangedBody), BlockProblems),
)]
#[post("/v1/admin/schedules/{id:[^/:]+}/seats:unblock")]
async fn unblock_seats(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<SeatOrder>)>) -> Result<HttpResponse, Problem> {
    set_blocked(call, false).await
}

async fn set_blocked(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<SeatOrder>)>, blocked: bool) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(SeatOrder { seats, reason })), .. } = call;
    let changed = api.run(|use_cases| async move { use_cases.seats.block(&actor(operator, reason), id, seats, blocked).await }).await?;
    uncached_json(StatusCode::OK, &ChangedBody { changed })
}
