//! Refunds: a payment goes back.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use domain::{Note, Operation, Outcome, PaymentId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::codes::{BODY, KEYED, SIGNED_IN};
use super::payments::PaymentBody;
use crate::api::HttpSettings;
use crate::auth::Caller;
use crate::extract::{ApiRequest, BoundedText, FromBody, IdempotentBody, PathId, order};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{created, replayed};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(refund_payment);
}

/// A refund: `{}`, it is always of the whole payment. Operators may give a reason.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewRefund)]
#[serde(deny_unknown_fields)]
struct NewRefundBody {
    /// For the audit log; only with the role `operator`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000, example = "The stage was out of sight")]
    reason: Option<BoundedText<1_000>>,
}

struct NewRefund(Option<Note>);

impl FromBody for NewRefund {
    type Wire = NewRefundBody;

    fn read(wire: NewRefundBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        Ok(Self(wire.reason.map(|reason| reason.0)))
    }
}

problems!(RefundProblems: SIGNED_IN, BODY, KEYED, &[Code::NotFound, Code::InvalidState, Code::WalletLimitExceeded]);

/// Get a payment back, until the show starts. Operators refund anybody's, after the start as well.
#[utoipa::path(
    tag = "payments",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The payment."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible characters; kept for 24 h.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = NewRefundBody,
    responses(
        (status = 201, description = "The money is in the payer's wallet again, the seats are free.", body = PaymentBody, headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if this is the first answer again."),
        )),
        RefundProblems,
    ),
)]
#[post("/v1/payments/{id}/refunds")]
async fn refund_payment(call: ApiRequest<(Caller, PathId<PaymentId>, IdempotentBody<NewRefund>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, operator, .. }, PathId(payment), body), .. } = call;
    let (NewRefund(reason), idempotency) = body.to(Operation::Refund, user);
    let by = order(operator, user, reason)?;
    let answer = api
        .ask(move |ask| async move {
            match by {
                Some(by) => ask.sale.refund(&by, idempotency, payment).await,
                None => ask.refund.execute(user, idempotency, payment).await,
            }
        })
        .await?;
    let Outcome::Paid { payment, balance } = answer.outcome else { return Err(Problem::internal()) };
    let body = PaymentBody::new(&payment, Some(balance), api.settings.currency);
    Ok(replayed(created(StatusCode::CREATED, &body, &format!("/v1/payments/{}", body.id))?, answer.replayed))
}
