//! Seats, taken out of the sale and given back to it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use domain::decide::admin::block;
use domain::{Note, ScheduleId, SeatNumber};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, OPERATOR};
use super::because;
use crate::api::HttpSettings;
use crate::extract::{ApiRequest, Body, BoundedText, FromBody, Operator, PathId, SeatNumberField};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::personal;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(block_seats).service(unblock_seats);
}

/// Which seats, and why.
#[derive(Deserialize, ToSchema)]
#[schema(as = SeatOrder)]
#[serde(deny_unknown_fields)]
struct SeatOrderBody {
    /// The seats' numbers, each once.
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

/// How many seats weren't so before.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedSeats)]
struct ChangedBody {
    changed: u32,
}

problems!(BlockProblems: OPERATOR, BODY, &[Code::NotFound, Code::SeatUnavailable]);

/// Take seats out of the sale: all of them, or none.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The date.")),
    request_body = SeatOrderBody,
    responses((status = 200, description = "The seats are blocked, now or before.", body = ChangedBody), BlockProblems),
)]
#[post("/v1/admin/schedules/{id:[^/:]+}/seats:block")]
async fn block_seats(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<SeatOrder>)>) -> Result<HttpResponse, Problem> {
    order(call, true).await
}

/// Give seats back to the sale: all of them, or none.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The date.")),
    request_body = SeatOrderBody,
    responses((status = 200, description = "The seats are free, now or before.", body = ChangedBody), BlockProblems),
)]
#[post("/v1/admin/schedules/{id:[^/:]+}/seats:unblock")]
async fn unblock_seats(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<SeatOrder>)>) -> Result<HttpResponse, Problem> {
    order(call, false).await
}

async fn order(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<SeatOrder>)>, blocked: bool) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(SeatOrder { seats, reason })), .. } = call;
    let changed = api.ask(|ask| async move { ask.seats.block(&because(operator, reason), id, seats, blocked).await }).await?;
    personal(StatusCode::OK, &ChangedBody { changed })
}
