//! Stream tickets: the URL of a schedule's availability stream for clients that can't send tokens, such as `EventSource` in browsers.

use actix_web::{HttpResponse, get, post};
use application::Error;
use domain::decide::admission::Pass;
use domain::{Refusal, ScheduleId};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::GUARDED;
use super::super::stream_tickets::{self, TicketBody};
use super::{EventBody, StreamRequest, follow};
use crate::auth::StreamTicket;
use crate::extract::{ApiRequest, AvailabilityTicket, Events, Guard, GuardedRequest, MaybePathId};
use crate::problem::{Code, Problem, problems};

/// Adds the routes of stream tickets.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config.service(create_availability_ticket).service(follow_availability_by_ticket);
}

problems!(TicketProblems: GUARDED, &[Code::NotFound]);
problems!(
    TicketStreamProblems:
    &[Code::NotFound, Code::NotAcceptable, Code::RateLimited, Code::Overloaded, Code::QueueTokenMismatch, Code::QueueTokenExpired]
);

/// Create a stream ticket for the availability of a schedule
///
/// As for queue tokens: `EventSource` can open the `url` until `expires_at` or the end of the queue token.
#[utoipa::path(
    tag = "concerts",
    security(("bearer" = [], "queue_token" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    responses((status = 201, description = "The ticket.", body = TicketBody), TicketProblems),
)]
#[post("/v1/schedules/{id}/availability/stream-tickets")]
async fn create_availability_ticket(call: GuardedRequest<MaybePathId<ScheduleId>>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: MaybePathId(id) } = call;
    let schedule = guard.schedule(id).await?;
    let Guard { api, pass: Pass { user, token }, .. } = guard;
    let token = token.ok_or_else(|| Problem::of(Error::from(Refusal::TokenRequired), api.settings.currency))?;
    stream_tickets::create(&api, &AvailabilityTicket::stream(schedule.id()), token, user, api.clock.now())
}

/// Stream the availability of a schedule by a stream ticket
///
/// The events are those of `GET /v1/schedules/{id}/availability/events`. After the end of the queue token, the stream can't be opened again.
/// A ticket that is invalid or has expired is 404.
#[utoipa::path(
    tag = "concerts",
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("ticket" = String, Path, description = "The ticket."),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was received."),
    ),
    responses(
        (status = 200, description = "The events, each with these fields.", body = EventBody, content_type = "text/event-stream"),
        TicketStreamProblems,
    ),
)]
#[get("/v1/streams/availability/{id}/{ticket}")]
async fn follow_availability_by_ticket(call: ApiRequest<(AvailabilityTicket, StreamRequest), Events>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (AvailabilityTicket { schedule, ticket }, request), .. } = call;
    let StreamTicket { token, user, until } = ticket;
    let guard = Guard { api, pass: Pass { user, token: Some(token) }, until };
    let schedule = guard.schedule(Some(schedule)).await?;
    follow(guard, &schedule, request).await
}
