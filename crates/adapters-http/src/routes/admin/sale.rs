//! The sale: holds ended by hand, and dates that were called off, wound up.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use application::use_cases::admin::RefundBatch;
use domain::{Note, ReservationId, ScheduleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, OPERATOR};
use super::super::reservations::ReservationBody;
use super::perhaps_because;
use crate::api::HttpSettings;
use crate::extract::{ApiRequest, Body, BoundedText, FromBody, MaybeBody, Operator, PathId};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::personal;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(end_hold).service(refund_all);
}

/// So many reservations are ended by a request, unless it says how many.
const AT_MOST: u32 = 100;
/// The most that a request can ask for.
const MOST: u32 = 500;

/// How much is to be done.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewRefundBatch)]
#[serde(deny_unknown_fields)]
struct NewRefundBatchBody {
    /// How many reservations to end at most; 100 unless it is given.
    #[schema(minimum = 1, maximum = 500)]
    at_most: Option<u32>,
    /// For the audit log.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000, example = "The singer has a cold")]
    reason: Option<BoundedText<1_000>>,
}

struct NewRefundBatch {
    at_most: u32,
    reason: Option<Note>,
}

/// Why a hold is ended.
#[derive(Deserialize, ToSchema)]
#[schema(as = Release)]
#[serde(deny_unknown_fields)]
struct ReleaseBody {
    /// For the audit log.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000, example = "The buyer has called")]
    reason: Option<BoundedText<1_000>>,
}

struct Release(Option<Note>);

impl FromBody for Release {
    type Wire = ReleaseBody;

    fn read(wire: ReleaseBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        Ok(Self(wire.reason.map(|reason| reason.0)))
    }
}

impl FromBody for NewRefundBatch {
    type Wire = NewRefundBatchBody;

    fn read(wire: NewRefundBatchBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let at_most = wire.at_most.unwrap_or(AT_MOST);
        if (1..=MOST).contains(&at_most) {
            Ok(Self { at_most, reason: wire.reason.map(|reason| reason.0) })
        } else {
            Err(vec![FieldError::at("/at_most", format_args!("a number from 1 to {MOST}"))])
        }
    }
}

/// What this request did, and what is left.
#[derive(Serialize, ToSchema)]
#[schema(as = RefundBatch)]
struct RefundBatchBody {
    /// Holds that were ended.
    released: u32,
    /// Payments that were given back.
    refunded: u32,
    /// Reservations that still have to be ended: ask again until there are none.
    remaining: u64,
}

problems!(ReleaseProblems: OPERATOR, BODY, &[Code::NotFound, Code::InvalidState]);
problems!(RefundProblems: OPERATOR, BODY, &[Code::NotFound, Code::InvalidState, Code::WalletLimitExceeded]);

/// End a hold, whosever it is.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The reservation.")),
    request_body = Option<ReleaseBody>,
    responses((status = 200, description = "The hold has ended, now or before.", body = ReservationBody), ReleaseProblems),
)]
#[post("/v1/admin/reservations/{id:[^/:]+}:release")]
async fn end_hold(call: ApiRequest<(Operator, PathId<ReservationId>, MaybeBody<Release>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), MaybeBody(Release(reason))), .. } = call;
    let answer = api.ask(|ask| async move { ask.sale.release(&perhaps_because(operator, reason), id).await }).await?;
    personal(StatusCode::OK, &ReservationBody::written(answer.outcome.reservation, answer.at, api.settings.currency))
}

/// End holds of a date that was called off, and give its payments back: some at a time. What was done stays done.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The date.")),
    request_body = NewRefundBatchBody,
    responses((status = 200, description = "What was done, and what is left.", body = RefundBatchBody), RefundProblems),
)]
#[post("/v1/admin/schedules/{id:[^/:]+}:refund-all")]
async fn refund_all(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<NewRefundBatch>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(NewRefundBatch { at_most, reason })), .. } = call;
    let RefundBatch { released, refunded, remaining } =
        api.ask(|ask| async move { ask.sale.refund_batch(&perhaps_because(operator, reason), id, at_most).await }).await?;
    personal(StatusCode::OK, &RefundBatchBody { released, refunded, remaining })
}
