//! Refunds: a payment goes back.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use application::use_cases::desk::By;
use domain::{Outcome, PaymentId, Route};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::codes::{BODY, KEYED, SIGNED_IN};
use super::payments::PaymentBody;
use crate::answer::{created, replayed};
use crate::api::HttpSettings;
use crate::auth::Caller;
use crate::extract::{Call, KeyedBody, PathId, Said};
use crate::problem::{Code, Flaw, Problem, problems};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(refund_payment);
}

/// A refund: `{}`, it is always of the whole payment.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewRefund)]
#[serde(deny_unknown_fields)]
struct NewRefundBody {}

struct NewRefund;

impl Said for NewRefund {
    type Wire = NewRefundBody;

    fn read(_: NewRefundBody, _: &HttpSettings) -> Result<Self, Vec<Flaw>> {
        Ok(Self)
    }
}

problems!(RefundProblems: SIGNED_IN, BODY, KEYED, &[Code::NotFound, Code::InvalidState, Code::WalletLimitExceeded]);

/// Get a payment back, until the show starts. Operators refund anybody's.
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
async fn refund_payment(call: Call<(Caller, PathId<PaymentId>, KeyedBody<NewRefund>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Caller { user, operator, .. }, PathId(payment), body), .. } = call;
    let (NewRefund, keyed) = body.on(Route::Refunds, user);
    let by = By { operator: user, reason: None };
    let answer = api
        .ask(move |ask| async move {
            if operator { ask.sale.refund(&by, keyed, payment).await } else { ask.refund.execute(user, keyed, payment).await }
        })
        .await?;
    let Outcome::Paid { payment, balance } = answer.outcome else { return Err(Problem::internal()) };
    let body = PaymentBody::new(&payment, Some(balance), api.settings.currency);
    Ok(replayed(created(StatusCode::CREATED, &body, &format!("/v1/payments/{}", body.id))?, answer.replayed))
}
