//! The sale: releasing holds manually, and refunding cancelled schedules.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use application::use_cases::admin::RefundBatch;
use domain::{Note, ReservationId, ScheduleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, OPERATOR};
use super::super::reservations::ReservationBody;
use super::actor::actor;
use crate::extract::{ApiRequest, Body, BoundedText, FromBody, MaybeBody, Operator, PathId};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::uncached_json;
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(end_hold).service(refund_all);
}

/// The default limit of reservations that a request ends.
const DEFAULT_LIMIT: u32 = 100;
/// The maximum limit of a request.
const MAX_LIMIT: u32 = 500;

/// A batch of refunds.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewRefundBatch)]
#[serde(deny_unknown_fields)]
struct NewRefundBatchBody {
    /// The maximum number of reservations to end; 100 by default.
    #[schema(minimum = 1, maximum = 500)]
    at_most: Option<u32>,
    /// Recorded in the audit log.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000, example = "The singer has a cold")]
    reason: Option<BoundedText<1_000>>,
}

struct NewRefundBatch {
    at_most: u32,
    reason: Option<Note>,
}

/// The release of a hold.
#[derive(Deserialize, ToSchema)]
#[schema(as = Release)]
#[serde(deny_unknown_fields)]
struct ReleaseBody {
    /// Recorded in the audit log.
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
        let at_most = wire.at_most.unwrap_or(DEFAULT_LIMIT);
        if (1..=MAX_LIMIT).contains(&at_most) {
            Ok(Self { at_most, reason: wire.reason.map(|reason| reason.0) })
        } else {
            Err(vec![FieldError::at("/at_most", format_args!("must be a number from 1 to {MAX_LIMIT}"))])
        }
    }
}

/// The result of a batch of refunds.
#[derive(Serialize, ToSchema)]
#[schema(as = RefundBatch)]
struct RefundBatchBody {
    /// The number of released holds.
    released: u32,
    /// The number of refunded payments.
    refunded: u32,
    /// The number of reservations that remain to be ended: repeat the request until it is 0.
    remaining: u64,
}

problems!(ReleaseProblems: OPERATOR, BODY, &[Code::NotFound, Code::InvalidState]);
problems!(RefundProblems: OPERATOR, BODY, &[Code::NotFound, Code::InvalidState, Code::WalletLimitExceeded]);

/// Release a hold of a user
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The reservation.")),
    request_body = Option<ReleaseBody>,
    responses((status = 200, description = "The hold has ended, now or before.", body = ReservationBody), ReleaseProblems),
)]
#[post("/v1/admin/reservations/{id:[^/:]+}:release")]
async fn end_hold(call: ApiRequest<(Operator, PathId<ReservationId>, MaybeBody<Release>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), MaybeBody(Release(reason))), .. } = call;
    let answer = api.run(|use_cases| async move { use_cases.sale.release(&actor(operator, reason), id).await }).await?;
    uncached_json(StatusCode::OK, &ReservationBody::written(answer.outcome.reservation, answer.at, api.settings.currency))
}

/// Refund the payments of a cancelled schedule
///
/// Releases the holds of a cancelled schedule and refunds its payments, a limited number per request. Repeating the request continues where
/// the last one ended.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    request_body = NewRefundBatchBody,
    responses((status = 200, description = "The numbers of ended and remaining reservations.", body = RefundBatchBody), RefundProblems),
)]
#[post("/v1/admin/schedules/{id:[^/:]+}:refund-all")]
async fn refund_all(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<NewRefundBatch>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(NewRefundBatch { at_most, reason })), .. } = call;
    let RefundBatch { released, refunded, remaining } =
        api.run(|use_cases| async move { use_cases.sale.refund_batch(&actor(operator, reason), id, at_most).await }).await?;
    uncached_json(StatusCode::OK, &RefundBatchBody { released, refunded, remaining })
}
