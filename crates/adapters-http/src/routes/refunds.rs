//! Refunds of payments.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use domain::{Note, Operation, Outcome, PaymentId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::codes::{AUTHENTICATED, BODY, IDEMPOTENT};
use super::payments::ReceiptBody;
use crate::auth::Caller;
use crate::extract::{ApiRequest, BoundedText, FromBody, IdempotentBody, PathId, privileged_actor};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{created, replayed};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(refund_payment);
}

/// A refund, always of the full payment. Operators may give a reason; otherwise the body is `{}`.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewRefund)]
#[serde(deny_unknown_fields)]
struct NewRefundBody {
    /// Recorded in the audit log; allowed only with the role `operator`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000, example = "Obstructed view of the stage")]
    reason: Option<BoundedText<1_000>>,
}

struct NewRefund(Option<Note>);

impl FromBody for NewRefund {
    type Wire = NewRefundBody;

    fn read(wire: NewRefundBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        Ok(Self(wire.reason.map(|reason| reason.0)))
    }
}

problems!(RefundProblems: AUTHENTICATED, BODY, IDEMPOTENT, &[Code::NotFound, Code::InvalidState, Code::TicketUsed, Code::WalletLimitExceeded]);

/// Refund a payment
///
/// Users can refund their own payments until the show starts, unless one of the tickets was used. Operators can refund the payments of all users, even after the start.
#[utoipa::path(
    tag = "payments",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The payment."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; retained for 24 h by default.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = NewRefundBody,
    responses(
        (status = 201, description = "The payment is refunded, and its seats are available again.", body = ReceiptBody, headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if the response is replayed."),
        )),
        RefundProblems,
    ),
)]
#[post("/v1/payments/{id}/refunds")]
async fn refund_payment(call: ApiRequest<(Caller, PathId<PaymentId>, IdempotentBody<NewRefund>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, operator, .. }, PathId(payment), body), .. } = call;
    let (NewRefund(reason), idempotency) = body.into_request(Operation::Refund, user);
    let actor = privileged_actor(operator, user, reason)?;
    let answer = api
        .run(move |use_cases| async move {
            match actor {
                Some(actor) => use_cases.sale.refund(&actor, idempotency, payment).await,
                None => use_cases.refund.execute(user, idempotency, payment).await,
            }
        })
        .await?;
    let Outcome::Paid { payment, balance } = answer.outcome else { return Err(Problem::internal()) };
    let body = ReceiptBody::new(&payment, balance, api.settings.currency);
    Ok(replayed(created(StatusCode::CREATED, &body, &format!("/v1/payments/{}", body.summary.id))?, answer.replayed))
}
