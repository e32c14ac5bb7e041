//! Reservations: seats that are held or sold.

use std::num::NonZeroU32;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post};
use application::{Answer, ReservationDetails};
use domain::best_available::Wish;
use domain::layout::CategoryId;
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
use crate::api::{Api, UseCaseHandle};
use crate::auth::Caller;
use crate::extract::{ApiRequest, BoundedText, FromBody, GuardedRequest, IdempotentBody, List, PageQuery, PathId};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, MoneyBody, created, replayed, seconds_until, uncached_json};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(hold_seats).service(exchange_seats).service(list_reservations).service(show_reservation).service(release_hold);
}

/// The seats to hold: either `seat_numbers` or `best_available`.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewReservation)]
#[serde(deny_unknown_fields)]
struct NewReservationBody {
    #[schema(example = "0f207207-0000-7000-8000-0000000c1b01")]
    schedule_id: Uuid,
    /// The numbers of the seats, without duplicates.
    #[schema(example = json!([7, 8]), min_items = 1, max_items = 100)]
    seat_numbers: Option<Vec<u32>>,
    best_available: Option<BestAvailableBody>,
}

/// The seats to hold, if the service chooses them: neighbours near the centre of the stage, so that no single seat remains free if that can
/// be avoided.
#[derive(Deserialize, ToSchema)]
#[schema(as = BestAvailable)]
#[serde(deny_unknown_fields)]
struct BestAvailableBody {
    /// How many seats.
    #[schema(example = 2, minimum = 1, maximum = 100)]
    count: u32,
    /// The id of their category; any, if it is omitted.
    #[schema(example = "standard", min_length = 1, max_length = 40)]
    category: Option<String>,
    /// The name of their section; any, if it is omitted.
    #[schema(value_type = Option<String>, example = "Stalls", min_length = 1, max_length = 200)]
    section: Option<BoundedText<200>>,
    /// Whether they must be neighbours in one row. Otherwise they are in as few parts as possible.
    #[serde(default = "together")]
    #[schema(default = true)]
    together: bool,
    /// Whether one of them must be a wheelchair space; the others are then wheelchair spaces or companions' seats.
    #[serde(default)]
    #[schema(default = false)]
    accessible: bool,
}

const fn together() -> bool {
    true
}

/// The seats to hold instead of others.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewSeats)]
#[serde(deny_unknown_fields)]
struct NewSeatsBody {
    #[schema(example = "0f207207-0000-7000-8000-0000000c1b01")]
    schedule_id: Uuid,
    /// The numbers of the seats, without duplicates.
    #[schema(example = json!([7, 8]), min_items = 1, max_items = 100)]
    seat_numbers: Vec<u32>,
}

struct NewReservation {
    schedule: ScheduleId,
    seats: WantedSeats,
}

enum WantedSeats {
    Named(SeatSelection),
    Best(Wish),
}

struct NewSeats {
    schedule: ScheduleId,
    seats: SeatSelection,
}

impl FromBody for NewReservation {
    type Wire = NewReservationBody;

    fn read(wire: NewReservationBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let seats = match (wire.seat_numbers, wire.best_available) {
            (Some(numbers), None) => WantedSeats::Named(read_numbers(numbers)?),
            (None, Some(wish)) => WantedSeats::Best(wish.read()?),
            (None, None) => return Err(vec![FieldError::at("/seat_numbers", "either seat_numbers or best_available is required")]),
            (Some(_), Some(_)) => {
                return Err(vec![FieldError::at("/best_available", "either seat_numbers or best_available is allowed, not both")]);
            }
        };
        Ok(Self { schedule: ScheduleId(wire.schedule_id), seats })
    }
}

impl FromBody for NewSeats {
    type Wire = NewSeatsBody;

    fn read(wire: NewSeatsBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        Ok(Self { schedule: ScheduleId(wire.schedule_id), seats: read_numbers(wire.seat_numbers)? })
    }
}

fn read_numbers(wire: Vec<u32>) -> Result<SeatSelection, Vec<FieldError>> {
    let (mut numbers, mut field_errors) = (Vec::new(), Vec::new());
    for (index, number) in wire.into_iter().enumerate() {
        match SeatNumber::new(number) {
            Ok(number) => numbers.push(number),
            Err(error) => field_errors.push(FieldError::at(format!("/seat_numbers/{index}"), error)),
        }
    }
    if !field_errors.is_empty() {
        return Err(field_errors);
    }
    SeatSelection::new(numbers).map_err(|error| vec![FieldError::at("/seat_numbers", error)])
}

impl BestAvailableBody {
    fn read(self) -> Result<Wish, Vec<FieldError>> {
        let mut field_errors = Vec::new();
        let mut error =
            |field: &str, error: &dyn std::fmt::Display| field_errors.push(FieldError::at(format!("/best_available/{field}"), error));
        let max = SeatSelection::MAX;
        let count = NonZeroU32::new(self.count).filter(|count| usize::try_from(count.get()).is_ok_and(|count| count <= max));
        if count.is_none() {
            error("count", &format_args!("must be from 1 to {max}"));
        }
        let category = self.category.map(|id| CategoryId::new(&id)).transpose().unwrap_or_else(|invalid| {
            error("category", &invalid);
            None
        });
        let section = self.section.map(|BoundedText(name)| name);
        let wish = count.map(|count| Wish { count, together: self.together, accessible: self.accessible, category, section });
        wish.filter(|_| field_errors.is_empty()).ok_or(field_errors)
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
    Code::NoAdjacentSeats, Code::WalletLimitExceeded,
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
/// Either all requested seats are held, or none is. With `best_available` the service chooses them when it commits the hold, so that users
/// who ask at the same time don't compete for the same seats.
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
    let hold = |use_cases: UseCaseHandle| async move {
        match seats {
            WantedSeats::Named(seats) => use_cases.hold.execute(pass, idempotency, schedule, seats).await,
            WantedSeats::Best(wish) => use_cases.hold_best.execute(pass, idempotency, schedule, wish).await,
        }
    };
    let answer = guard.run(hold).await?;
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
    request_body = NewSeatsBody,
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
async fn exchange_seats(call: GuardedRequest<(PathId<ReservationId>, IdempotentBody<NewSeats>)>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: (PathId(held), body) } = call;
    let pass = guard.pass;
    let (NewSeats { schedule, seats }, idempotency) = body.into_request(Operation::Exchange, pass.user);
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
