//! Reservations: seats that are held or sold.

mod body;
mod request;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post};
use application::Answer;
use domain::{Operation, Outcome, ReservationId};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) use body::{ReasonBody, ReservationBody, StatusBody};
use request::{NewReservation, NewReservationBody, NewSeats, NewSeatsBody, WantedSeats};

use super::codes::{AUTHENTICATED, BODY, GUARDED, IDEMPOTENT, LIST};
use crate::api::{Api, UseCaseHandle};
use crate::auth::Caller;
use crate::extract::{ApiRequest, GuardedRequest, IdempotentBody, List, PageQuery, PathId};
use crate::problem::{Code, Problem, problems};
use crate::response::{created, replayed, uncached_json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(hold_seats).service(exchange_seats).service(list_reservations).service(show_reservation).service(release_hold);
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
