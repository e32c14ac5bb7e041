//! Reservations: seats that are held, and then sold.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post};
use application::{Answer, ReservationDetails};
use domain::reservation::ReservationStatus;
use domain::seat_selection::SeatSelection;
use domain::{CancelReason, Currency, Operation, Outcome, Reservation, ReservationId, ReservationState, Schedule, ScheduleId, SeatNumber};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{BODY, GUARDED, KEYED, LIST, SIGNED_IN};
use crate::api::{Api, HttpSettings};
use crate::auth::Caller;
use crate::extract::{ApiRequest, FromBody, GuardedRequest, IdempotentBody, List, PageQuery, PathId};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, MoneyBody, cancelled, created, personal, replayed, seconds_until};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(hold_seats).service(exchange_seats).service(list_reservations).service(show_reservation).service(release_hold);
}

/// Seats that are wished for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewReservation)]
#[serde(deny_unknown_fields)]
struct NewReservationBody {
    #[schema(example = "0f207207-0000-7000-8000-0000000c1b01")]
    schedule_id: Uuid,
    /// The seats' numbers, each once.
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

/// A user's claim to seats of one date.
#[derive(Serialize, ToSchema)]
#[schema(as = Reservation)]
pub(super) struct ReservationBody {
    id: Uuid,
    schedule_id: Uuid,
    /// The date as it is now. It isn't in the answer that makes a reservation, which is kept and given again as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    schedule: Option<ReservedScheduleBody>,
    /// The seats by number, at the prices of the hold.
    seats: Vec<ReservedSeatBody>,
    /// The sum of the prices.
    amount: MoneyBody,
    status: StatusBody,
    cancelled_reason: Option<ReasonBody>,
    held_at: Instant,
    /// When the hold ends or has ended.
    expires_at: Instant,
    /// How long it is until then; null unless it is held.
    expires_in_seconds: Option<i64>,
    /// The payment that sold the seats, refunded or not.
    payment_id: Option<Uuid>,
}

/// The date of a reservation.
#[derive(Serialize, ToSchema)]
#[schema(as = ReservedSchedule)]
struct ReservedScheduleBody {
    id: Uuid,
    concert_id: Uuid,
    /// When the show starts.
    starts_at: Instant,
    /// The hall's time zone, as in the IANA database.
    #[schema(example = "Asia/Seoul")]
    zone: String,
    /// When it was cancelled; null if it takes place.
    cancelled_at: Option<Instant>,
    /// Why it was cancelled, if it was and the organiser said so.
    cancellation_reason: Option<String>,
}

/// A seat as it was when it was held.
#[derive(Serialize, ToSchema)]
#[schema(as = ReservedSeat)]
struct ReservedSeatBody {
    number: u32,
    label: String,
    price: MoneyBody,
}

/// What a reservation is.
#[derive(Serialize, ToSchema)]
#[schema(as = ReservationStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum StatusBody {
    /// The seats are kept.
    Held,
    /// The seats are sold.
    Confirmed,
    /// Ended.
    Cancelled,
}

/// Why a reservation has ended.
#[derive(Serialize, ToSchema)]
#[schema(as = CancelledReason)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ReasonBody {
    /// Not paid in time, or before its date was cancelled.
    Expired,
    /// Given back.
    Released,
    /// Paid, and paid back.
    Refunded,
}

impl ReservationBody {
    /// The reservation as of `now`.
    pub(super) fn new(details: ReservationDetails, now: OffsetDateTime, currency: Currency) -> Self {
        let (status, expires_at) = (details.status(now), details.expires_at(now));
        let ReservationDetails { reservation, schedule } = details;
        let schedule = Some(ReservedScheduleBody::from(schedule));
        Self { schedule, expires_at: expires_at.into(), ..Self::being(status, reservation, now, currency) }
    }

    /// The reservation as its row says, which is HELD at `now` if it says so.
    pub(super) fn written(reservation: Reservation, now: OffsetDateTime, currency: Currency) -> Self {
        let status = match reservation.state() {
            ReservationState::Held => ReservationStatus::Held,
            ReservationState::Confirmed { .. } => ReservationStatus::Confirmed,
            ReservationState::Cancelled { reason, .. } => ReservationStatus::Cancelled(reason),
        };
        Self::being(status, reservation, now, currency)
    }

    fn being(status: ReservationStatus, reservation: Reservation, now: OffsetDateTime, currency: Currency) -> Self {
        let (status, cancelled_reason) = match status {
            ReservationStatus::Held => (StatusBody::Held, None),
            ReservationStatus::Confirmed => (StatusBody::Confirmed, None),
            ReservationStatus::Cancelled(reason) => (StatusBody::Cancelled, Some(reason.into())),
        };
        let held = matches!(status, StatusBody::Held);
        let payment = reservation.payment();
        let seats = reservation.seats().iter().map(|seat| ReservedSeatBody {
            number: seat.number.get(),
            label: seat.label.clone(),
            price: MoneyBody::new(seat.price, currency),
        });
        Self {
            id: reservation.id().0,
            schedule_id: reservation.schedule().0,
            schedule: None,
            seats: seats.collect(),
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

impl From<Schedule> for ReservedScheduleBody {
    fn from(schedule: Schedule) -> Self {
        let (cancelled_at, cancellation_reason) = cancelled(schedule.cancellation());
        let (starts_at, zone) = (schedule.starts_at().into(), schedule.zone().as_str().to_owned());
        Self { id: schedule.id().0, concert_id: schedule.concert().0, starts_at, zone, cancelled_at, cancellation_reason }
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

problems!(HoldProblems: GUARDED, BODY, KEYED, &[
    Code::NotFound, Code::ScheduleCancelled, Code::SaleNotOpen, Code::HoldExists, Code::SeatLimitExceeded, Code::SeatUnavailable,
    Code::WalletLimitExceeded,
]);
problems!(ExchangeProblems: GUARDED, BODY, KEYED, &[
    Code::NotFound, Code::ScheduleCancelled, Code::SaleNotOpen, Code::ReservationExpired, Code::InvalidState, Code::SeatLimitExceeded,
    Code::SeatUnavailable, Code::WalletLimitExceeded,
]);
problems!(ListProblems: SIGNED_IN, LIST);
problems!(OneProblems: SIGNED_IN, &[Code::NotFound]);
problems!(ReleaseProblems: SIGNED_IN, &[Code::NotFound, Code::InvalidState]);

/// Hold seats: all of them, or none.
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [], "queue_token" = [])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible characters; kept for 24 h.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewReservationBody,
    responses(
        (status = 201, description = "The seats are held for the caller.", body = ReservationBody, headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if this is the first answer again."),
        )),
        (status = 200, description = "The caller holds these seats already; the deadline is as it was.", body = ReservationBody, headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if this is the first answer again."),
        )),
        HoldProblems,
    ),
)]
#[post("/v1/reservations")]
async fn hold_seats(call: GuardedRequest<IdempotentBody<NewReservation>>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: body } = call;
    let pass = guard.pass;
    let (NewReservation { schedule, seats }, idempotency) = body.to(Operation::Hold, pass.user);
    let answer = guard.ask(|ask| async move { ask.hold.execute(pass, idempotency, schedule, seats).await }).await?;
    respond_with_hold(answer, &guard.api)
}

/// Exchange held seats for others, in one step.
///
/// Either the new seats are held, until the deadline of the old ones, or the old ones stay held.
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [], "queue_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The reservation of the seats that are held."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible characters; kept for 24 h.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = NewReservationBody,
    responses(
        (status = 201, body = ReservationBody,
         description = "The seats are held for the caller, until the deadline of the old reservation, which has ended. The two may share seats.",
         headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if this is the first answer again."),
        )),
        (status = 200, body = ReservationBody,
         description = "These are the seats of the old reservation: it and its deadline are as they were.", headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if this is the first answer again."),
        )),
        ExchangeProblems,
    ),
)]
#[post("/v1/reservations/{id:[^/:]+}:exchange")]
async fn exchange_seats(call: GuardedRequest<(PathId<ReservationId>, IdempotentBody<NewReservation>)>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: (PathId(held), body) } = call;
    let pass = guard.pass;
    let (NewReservation { schedule, seats }, idempotency) = body.to(Operation::Exchange, pass.user);
    let answer = guard.ask(|ask| async move { ask.exchange.execute(pass, idempotency, held, schedule, seats).await }).await?;
    respond_with_hold(answer, &guard.api)
}

/// The answer to a request that has seats held.
fn respond_with_hold(answer: Answer<Outcome>, api: &Api) -> Result<HttpResponse, Problem> {
    let Outcome::Held { reservation, created: new } = answer.outcome else { return Err(Problem::internal()) };
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    let body = ReservationBody::written(reservation, answer.at, api.settings.currency);
    Ok(replayed(created(status, &body, &format!("/v1/reservations/{}", body.id))?, answer.replayed))
}

/// My reservations, newest first.
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [])),
    params(
        ("page_size" = Option<usize>, Query, description = "How many at most: 50 by default, 200 at most.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of the caller's reservations.", body = List<ReservationBody>), ListProblems),
)]
#[get("/v1/reservations")]
async fn list_reservations(call: ApiRequest<(Caller, PageQuery<ReservationId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PageQuery(page)), .. } = call;
    let page = api.ask(|ask| async move { ask.reservations.reservations(user, page).await }).await?;
    let now = api.use_cases.reservations.now();
    personal(StatusCode::OK, &List::new(page, |details| ReservationBody::new(details, now, api.settings.currency)))
}

/// A reservation of mine.
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The reservation.")),
    responses((status = 200, description = "The reservation.", body = ReservationBody), OneProblems),
)]
#[get("/v1/reservations/{id:[^/:]+}")]
async fn show_reservation(call: ApiRequest<(Caller, PathId<ReservationId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(id)), .. } = call;
    let details = api.ask(|ask| async move { ask.reservations.reservation(user, id).await }).await?;
    personal(StatusCode::OK, &ReservationBody::new(details, api.use_cases.reservations.now(), api.settings.currency))
}

/// Give held seats back.
#[utoipa::path(
    tag = "reservations",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The reservation.")),
    responses((status = 204, description = "The hold has ended, now or before."), ReleaseProblems),
)]
#[delete("/v1/reservations/{id:[^/:]+}")]
async fn release_hold(call: ApiRequest<(Caller, PathId<ReservationId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(id)), .. } = call;
    api.ask(|ask| async move { ask.release.execute(user, id).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}
