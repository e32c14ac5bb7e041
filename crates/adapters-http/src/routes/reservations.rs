//! Reservations: seats that are held or sold.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post};
use application::{Answer, ReservationDetails};
use domain::reservation::ReservationStatus;
use domain::seat_selection::SeatSelection;
use domain::{CancelReason, Currency, Operation, Outcome, Reservation, ReservationId, ReservationState, ScheduleId, SeatNumber};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{AUTHENTICATED, BODY, GUARDED, IDEMPOTENT, LIST};
use super::reserved_schedule::{ReservedScheduleBody, ReservedSeatBody};
use crate::api::Api;
use crate::auth::Caller;
use crate::extract::{ApiRequest, FromBody, GuardedRequest, IdempotentBody, List, PageQuery, PathId};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, MoneyBody, created, replayed, seconds_until, uncached_json};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(hold_seats).service(exchange_seats).service(list_reservations).service(show_reservation).service(release_hold);
}

/// The seats to hold.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewReservation)]
#[serde(deny_unknown_fields)]
struct NewReservationBody {
    #[schema(example = "0f207207-0000-7000-8000-0000000c1b01")]
    schedule_id: Uuid,
    /// The numbers of the seats, without duplicates.
    #[schema(example = json!([7, 8]), min_items = 1, max_items = 100)]
    seat_numbers: Vec<u32>,
}

struct NewReservation {
    schedule: ScheduleId,
    seats: SeatSelection,
}

impl FromBody for NewReservation {
    type Wire = NewReservationBody;

    fn read(wire: NewReservationBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let (mut numbers, mut field_errors) = (Vec::new(), Vec::new());
        for (index, number) in wire.seat_numbers.into_iter().enumerate() {
            match SeatNumber::new(number) {
                Ok(number) => numbers.push(number),
                Err(error) => field_errors.push(FieldError::at(format!("/seat_numbers/{index}"), error)),
            }
        }
        if !field_errors.is_empty() {
            return Err(field_errors);
        }
        let seats = SeatSelection::new(numbers).map_err(|error| vec![FieldError::at("/seat_numbers", error)])?;
        Ok(Self { schedule: ScheduleId(wire.schedule_id), seats })
    }
}

/// A user's claim to seats of one schedule.
#[derive(Serialize, ToSchema)]
#[schema(as = Reservation)]
pub(super) struct ReservationBody {
    id: Uuid,
    schedule_id: Uuid,
    /// The current schedule, with its concert. It is omitted in the response that creates a reservation, which is stored and replayed unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    schedule: Option<ReservedScheduleBody>,
    /// The seats, sorted by number, with their prices at the time of the hold.
    seats: Vec<ReservedSeatBody>,
    /// The sum of the prices.
    amount: MoneyBody,
    status: StatusBody,
    cancelled_reason: Option<ReasonBody>,
    held_at: Instant,
    /// When the hold expires or has expired.
    expires_at: Instant,
    /// The number of seconds until then; null unless the status is `HELD`.
    expires_in_seconds: Option<i64>,
    /// The payment of the reservation, refunded or not.
    payment_id: Option<Uuid>,
}

/// The status of a reservation.
#[derive(Serialize, ToSchema)]
#[schema(as = ReservationStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum StatusBody {
    /// The seats are held.
    Held,
    /// The reservation is paid, and the seats are sold.
    Confirmed,
    /// The reservation has ended.
    Cancelled,
}

/// Why a reservation has ended.
#[derive(Serialize, ToSchema)]
#[schema(as = CancelledReason)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ReasonBody {
    /// It was not paid in time, or its schedule was cancelled before it was paid.
    Expired,
    /// The hold was released.
    Released,
    /// It was paid, and the payment was refunded.
    Refunded,
}

impl ReservationBody {
    /// Creates the body of a reservation as of `now`.
    pub(super) fn new(details: ReservationDetails, now: OffsetDateTime, currency: Currency) -> Self {
        let (status, expires_at) = (details.status(now), details.expires_at(now));
        let schedule = Some(ReservedScheduleBody::new(&details));
        Self { schedule, expires_at: expires_at.into(), ..Self::with_status(status, details.reservation, now, currency) }
    }

    /// Creates the body of a reservation with the status of its row, even if its hold has lapsed (is past its deadline) at `now`.
    pub(super) fn written(reservation: Reservation, now: OffsetDateTime, currency: Currency) -> Self {
        let status = match reservation.state() {
            ReservationState::Held => ReservationStatus::Held,
            ReservationState::Confirmed { .. } => ReservationStatus::Confirmed,
            ReservationState::Cancelled { reason, .. } => ReservationStatus::Cancelled(reason),
        };
        Self::with_status(status, reservation, now, currency)
    }

    fn with_status(status: ReservationStatus, reservation: Reservation, now: OffsetDateTime, currency: Currency) -> Self {
        let (status, cancelled_reason) = match status {
            ReservationStatus::Held => (StatusBody::Held, None),
            ReservationStatus::Confirmed => (StatusBody::Confirmed, None),
            ReservationStatus::Cancelled(reason) => (StatusBody::Cancelled, Some(reason.into())),
        };
        let held = matches!(status, StatusBody::Held);
        let payment = reservation.payment();
        Self {
            id: reservation.id().0,
            schedule_id: reservation.schedule().0,
            schedule: None,
            seats: ReservedSeatBody::list(reservation.seats(), currency),
            amount: MoneyBody::new(reservation.amount(), currency),
            status,
            cancelled_reason,
            held_at: reservation.held_at().into(),
            expires_at: reservation.expires_at().into(),
            expires_in_seconds: held.then(|| seconds_until(reservation.expires_at(), now)),
            payment_id: payment.map(|payment| payment.0),
        }
    }
}

impl From<CancelReason> for ReasonBody {
    fn from(reason: CancelReason) -> Self {
        match reason {
            CancelReason::Expired => Self::Expired,
            CancelReason::Released => Self::Released,
            CancelReason::Refunded => Self::Refunded,
        }
    }
}

problems!(HoldProblems: GUARDED, BODY, IDEMPOTENT, &[
    Code::NotFound, Code::ScheduleCancelled, Code::SaleNotOpen, Code::HoldExists, Code::SeatLimitExceeded, Code::SeatUnavailable,
    Code::WalletLimitExceeded,
]);
problems!(ExchangeProblems: GUARDED, BODY, IDEMPOTENT, &[
    Code::NotFound, Code::ScheduleCancelled, Code::SaleNotOpen, Code::ReservationExpired, Code::InvalidState, Code::SeatLimitExceeded,
    Code::SeatUnavailable, Code::WalletLimitExceeded,
]);
problems!(ListProblems: AUTHENTICATED, LIST);
problems!(OneProblems: AUTHENTICATED, &[Code::NotFound]);
problems!(ReleaseProblems: AUTHENTICATED, &[Code::NotFound, Code::InvalidState]);

/// Hold seats
///
/// Either all requested seats are held, or none is.
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [], "queue_token" = [])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; retained for 24 h by default.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewReservationBody,
    responses(
        (status = 201, description = "The seats are held for the caller.", body = ReservationBody, headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if the response is replayed."),
        )),
        (status = 200, description = "The caller already holds these seats; the deadline is unchanged.", body = ReservationBody, headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if the response is replayed."),
        )),
        HoldProblems,
    ),
)]
#[post("/v1/reservations")]
async fn hold_seats(call: GuardedRequest<IdempotentBody<NewReservation>>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: body } = call;
    let pass = guard.pass;
    let (NewReservation { schedule, seats }, idempotency) = body.into_request(Operation::Hold, pass.user);
    let answer = guard.run(|use_cases| async move { use_cases.hold.execute(pass, idempotency, schedule, seats).await }).await?;
    respond_with_hold(answer, &guard.api)
}

/// Exchange held seats
///
/// Exchanges held seats for others atomically: either the new seats are held, until the deadline of the old ones, or the old seats remain
/// held.
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [], "queue_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The reservation that holds the current seats."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; retained for 24 h by default.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = NewReservationBody,
    responses(
        (status = 201, body = ReservationBody,
         description = "The seats are held until the deadline of the old reservation, which has ended. The two may share seats.",
         headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if the response is replayed."),
        )),
        (status = 200, body = ReservationBody,
         description = "The old reservation already holds these seats: it and its deadline are unchanged.", headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if the response is replayed."),
        )),
        ExchangeProblems,
    ),
)]
#[post("/v1/reservations/{id:[^/:]+}:exchange")]
async fn exchange_seats(call: GuardedRequest<(PathId<ReservationId>, IdempotentBody<NewReservation>)>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: (PathId(held), body) } = call;
    let pass = guard.pass;
    let (NewReservation { schedule, seats }, idempotency) = body.into_request(Operation::Exchange, pass.user);
    let answer = guard.run(|use_cases| async move { use_cases.exchange.execute(pass, idempotency, held, schedule, seats).await }).await?;
    respond_with_hold(answer, &guard.api)
}

/// Returns the response to a request that holds seats.
fn respond_with_hold(answer: Answer<Outcome>, api: &Api) -> Result<HttpResponse, Problem> {
    let Outcome::Held { reservation, created: is_new } = answer.outcome else { return Err(Problem::internal()) };
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let body = ReservationBody::written(reservation, answer.at, api.settings.currency);
    Ok(replayed(created(status, &body, &format!("/v1/reservations/{}", body.id))?, answer.replayed))
}

/// List the reservations of the current user
///
/// The newest reservations come first.
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [])),
    params(
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the caller's reservations.", body = List<ReservationBody>), ListProblems),
)]
#[get("/v1/reservations")]
async fn list_reservations(call: ApiRequest<(Caller, PageQuery<ReservationId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PageQuery(page)), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.reservations.reservations(user, page).await }).await?;
    let now = api.use_cases.reservations.now();
    uncached_json(StatusCode::OK, &List::new(page, |details| ReservationBody::new(details, now, api.settings.currency)))
}

/// Get a reservation of the current user
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The reservation.")),
    responses((status = 200, description = "The reservation.", body = ReservationBody), OneProblems),
)]
#[get("/v1/reservations/{id:[^/:]+}")]
async fn show_reservation(call: ApiRequest<(Caller, PathId<ReservationId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(id)), .. } = call;
    let details = api.run(|use_cases| async move { use_cases.reservations.reservation(user, id).await }).await?;
    uncached_json(StatusCode::OK, &ReservationBody::new(details, api.use_cases.reservations.now(), api.settings.currency))
}

/// Release held seats
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The reservation.")),
    responses((status = 204, description = "The hold has ended, now or before."), ReleaseProblems),
)]
#[delete("/v1/reservations/{id:[^/:]+}")]
async fn release_hold(call: ApiRequest<(Caller, PathId<ReservationId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(id)), .. } = call;
    api.run(|use_cases| async move { use_cases.release.execute(user, id).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}
