//! Payments: a payment confirms a reservation, which sells its seats.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use application::PaymentDetails;
use domain::{Currency, Money, Operation, Outcome, Payment, PaymentId, PaymentState, ReservationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{AUTHENTICATED, BODY, GUARDED, IDEMPOTENT, LIST};
use super::reserved_schedule::{ReservedScheduleBody, ReservedSeatBody};
use crate::auth::Caller;
use crate::extract::{ApiRequest, FromBody, GuardedRequest, IdempotentBody, List, PageQuery, PathId};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, MoneyBody, created, replayed, uncached_json};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(pay_reservation).service(list_payments).service(show_payment);
}

/// A new payment.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewPayment)]
#[serde(deny_unknown_fields)]
struct NewPaymentBody {
    reservation_id: Uuid,
    /// The amount that the caller expects to pay; if present, it must equal the amount due.
    amount: Option<MoneyBody>,
}

struct NewPayment {
    reservation: ReservationId,
    amount: Option<Money>,
}

impl FromBody for NewPayment {
    type Wire = NewPaymentBody;

    fn read(wire: NewPaymentBody, settings: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let amount =
            wire.amount.map(|amount| amount.read("/amount", settings.currency)).transpose().map_err(|field_error| vec![field_error])?;
        Ok(Self { reservation: ReservationId(wire.reservation_id), amount })
    }
}

/// The one payment of a reservation.
#[derive(Serialize, ToSchema)]
#[schema(as = PaymentSummary)]
pub(super) struct SummaryBody {
    pub(super) id: Uuid,
    reservation_id: Uuid,
    amount: MoneyBody,
    status: StatusBody,
    paid_at: Instant,
    /// When the payment was refunded; null if it was not.
    refunded_at: Option<Instant>,
}

/// A payment with what it paid for.
#[derive(Serialize, ToSchema)]
#[schema(as = Payment)]
pub(super) struct PaymentBody {
    #[serde(flatten)]
    summary: SummaryBody,
    /// The current schedule.
    schedule: ReservedScheduleBody,
    /// The seats that were paid for, sorted by number.
    seats: Vec<ReservedSeatBody>,
}

/// A payment, or its refund, that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = PaymentReceipt)]
pub(super) struct ReceiptBody {
    #[serde(flatten)]
    pub(super) summary: SummaryBody,
    /// The balance of the wallet afterwards.
    balance: MoneyBody,
}

/// The status of a payment.
#[derive(Serialize, ToSchema)]
#[schema(as = PaymentStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum StatusBody {
    /// The amount was debited from the wallet.
    Completed,
    /// The amount was refunded to the wallet.
    Cancelled,
}

impl SummaryBody {
    fn new(payment: &Payment, currency: Currency) -> Self {
        let (status, refunded_at) = match payment.state() {
            PaymentState::Completed => (StatusBody::Completed, None),
            PaymentState::Cancelled { refunded_at } => (StatusBody::Cancelled, Some(refunded_at.into())),
        };
        Self {
            id: payment.id().0,
            reservation_id: payment.reservation().0,
            amount: MoneyBody::new(payment.amount(), currency),
            status,
            paid_at: payment.paid_at().into(),
            refunded_at,
        }
    }
}

impl PaymentBody {
    pub(super) fn new(details: &PaymentDetails, currency: Currency) -> Self {
        let PaymentDetails { payment, reservation } = details;
        let seats = ReservedSeatBody::list(reservation.reservation.seats(), currency);
        Self { summary: SummaryBody::new(payment, currency), schedule: ReservedScheduleBody::new(reservation), seats }
    }
}

impl ReceiptBody {
    pub(super) fn new(payment: &Payment, balance: Money, currency: Currency) -> Self {
        Self { summary: SummaryBody::new(payment, currency), balance: MoneyBody::new(balance, currency) }
    }
}

problems!(PayProblems: GUARDED, BODY, IDEMPOTENT, &[
    Code::NotFound, Code::ScheduleCancelled, Code::ReservationExpired, Code::ReservationNotPayable, Code::InsufficientBalance,
]);
problems!(ListProblems: AUTHENTICATED, LIST);
problems!(OneProblems: AUTHENTICATED, &[Code::NotFound]);

/// Pay for a reservation
///
/// The payment is atomic: it debits the wallet and sells all held seats, or changes nothing.
#[utoipa::path(
    tag = "payments",
    security(("bearer" = [], "queue_token" = [])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; retained for 24 h by default.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewPaymentBody,
    responses(
        (status = 201, description = "The seats are sold to the caller.", body = ReceiptBody, headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if the response is replayed."),
        )),
        PayProblems,
    ),
)]
#[post("/v1/payments")]
async fn pay_reservation(call: GuardedRequest<IdempotentBody<NewPayment>>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: body } = call;
    let pass = guard.pass;
    let (NewPayment { reservation, amount }, idempotency) = body.into_request(Operation::Pay, pass.user);
    let answer = guard.run(|use_cases| async move { use_cases.pay.execute(pass, idempotency, reservation, amount).await }).await?;
    let Outcome::Paid { payment, balance } = answer.outcome else { return Err(Problem::internal()) };
    let body = ReceiptBody::new(&payment, balance, guard.api.settings.currency);
    Ok(replayed(created(StatusCode::CREATED, &body, &format!("/v1/payments/{}", body.summary.id))?, answer.replayed))
}

/// List the payments of the current user
///
/// The newest payments come first.
#[utoipa::path(
    tag = "payments",
    security(("bearer" = [])),
    params(
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the caller's payments.", body = List<PaymentBody>), ListProblems),
)]
#[get("/v1/payments")]
async fn list_payments(call: ApiRequest<(Caller, PageQuery<PaymentId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PageQuery(page)), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.reservations.payments(user, page).await }).await?;
    uncached_json(StatusCode::OK, &List::new(page, |details| PaymentBody::new(&details, api.settings.currency)))
}

/// Get a payment of the current user
#[utoipa::path(
    tag = "payments",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The payment.")),
    responses((status = 200, description = "The payment.", body = PaymentBody), OneProblems),
)]
#[get("/v1/payments/{id}")]
async fn show_payment(call: ApiRequest<(Caller, PathId<PaymentId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(id)), .. } = call;
    let details = api.run(|use_cases| async move { use_cases.reservations.payment(user, id).await }).await?;
    uncached_json(StatusCode::OK, &PaymentBody::new(&details, api.settings.currency))
}
