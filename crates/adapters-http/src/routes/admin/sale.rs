//! The sale: holds ended by hand, and dates that were called off, wound up.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use application::use_cases::desk::WoundUp;
use domain::{ReservationId, ScheduleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, OPERATOR};
use super::super::reservations::ReservationBody;
use super::by;
use crate::answer::personal;
use crate::api::HttpSettings;
use crate::extract::{Body, Call, Operator, PathId, Said};
use crate::problem::{Code, Flaw, Problem, problems};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(end_hold).service(refund_all);
}

/// So many reservations are ended by a request, unless it says how many.
const AT_MOST: u32 = 100;
/// The most that a request can ask for.
const MOST: u32 = 500;

/// How much is to be done.
#[derive(Deserialize, ToSchema)]
#[schema(as = WindingUp)]
#[serde(deny_unknown_fields)]
struct WindingUpBody {
    /// How many reservations to end at most; 100 unless it is given.
    #[schema(minimum = 1, maximum = 500)]
    at_most: Option<u32>,
}

struct WindingUp(u32);

impl Said for WindingUp {
    type Wire = WindingUpBody;

    fn read(wire: WindingUpBody, _: &HttpSettings) -> Result<Self, Vec<Flaw>> {
        let at_most = wire.at_most.unwrap_or(AT_MOST);
        if (1..=MOST).contains(&at_most) {
            Ok(Self(at_most))
        } else {
            Err(vec![Flaw::at("/at_most", format_args!("a number from 1 to {MOST}"))])
        }
    }
}

/// What was done, and what is left.
#[derive(Serialize, ToSchema)]
#[schema(as = WoundUp)]
struct WoundUpBody {
    /// Holds that were ended.
    released: u32,
    /// Payments that were given back.
    refunded: u32,
    /// Reservations that still have to be ended: ask again until there are none.
    remaining: u64,
}

problems!(ReleaseProblems: OPERATOR, &[Code::NotFound, Code::InvalidState]);
problems!(RefundProblems: OPERATOR, BODY, &[Code::NotFound, Code::InvalidState, Code::WalletLimitExceeded]);

/// End a hold, whosever it is.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The reservation.")),
    responses((status = 200, description = "The hold has ended, now or before.", body = ReservationBody), ReleaseProblems),
)]
#[post("/v1/admin/reservations/{id:[^/:]+}:release")]
async fn end_hold(call: Call<(Operator, PathId<ReservationId>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Operator(operator), PathId(id)), .. } = call;
    let answer = api.ask(|ask| async move { ask.sale.release(&by(operator), id).await }).await?;
    personal(StatusCode::OK, &ReservationBody::written(answer.outcome, answer.at, api.settings.currency))
}

/// End holds of a date that was called off, and give its payments back: some at a time. What was done stays done.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The date.")),
    request_body = WindingUpBody,
    responses((status = 200, description = "What was done, and what is left.", body = WoundUpBody), RefundProblems),
)]
#[post("/v1/admin/schedules/{id:[^/:]+}:refund-all")]
async fn refund_all(call: Call<(Operator, PathId<ScheduleId>, Body<WindingUp>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Operator(operator), PathId(id), Body(WindingUp(at_most))), .. } = call;
    let WoundUp { released, refunded, remaining } =
        api.ask(|ask| async move { ask.sale.wind_up(&by(operator), id, at_most).await }).await?;
    personal(StatusCode::OK, &WoundUpBody { released, refunded, remaining })
}
