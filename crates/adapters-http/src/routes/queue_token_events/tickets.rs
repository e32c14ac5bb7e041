//! Stream tickets: the URL of a queue token's stream for clients that can't send an access token, such as `EventSource` in browsers.

use actix_web::{HttpResponse, get, post};
use domain::TokenId;

use super::super::codes::AUTHENTICATED;
use super::super::stream_tickets::{self, TicketBody};
use super::open::{EventBody, StreamRequest, open};
use super::stream::Reader;
use crate::auth::{Caller, StreamTicket};
use crate::extract::{ApiRequest, Events, PathId, QueueTokenTicket};
use crate::problem::{Code, Problem, problems};

problems!(TicketProblems: AUTHENTICATED, &[Code::NotFound]);
problems!(TicketStreamProblems: &[Code::NotFound, Code::NotAcceptable, Code::RateLimited, Code::Overloaded]);

/// Create a stream ticket
///
/// A browser's `EventSource`, which can't send an access token, can open the `url` of a ticket as often as it must, until `expires_at` or the
/// end of the queue token. The ticket outlives the access token, and allows nothing but reading these events.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    params(("token" = Uuid, Path, description = "The token.")),
    responses((status = 201, description = "The ticket.", body = TicketBody), TicketProblems),
)]
#[post("/v1/queue-tokens/{token}/stream-tickets")]
pub(super) async fn create_stream_ticket(call: ApiRequest<(Caller, PathId<TokenId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(token)), .. } = call;
    let now = match api.use_cases.poll.known(user, token) {
        Some(place) => place.now,
        None => api.run(|use_cases| async move { use_cases.poll.token(user, token).await }).await?.now,
    };
    stream_tickets::create(&api, QueueTokenTicket::STREAM, token, user, now)
}

/// Stream the events of a queue token by a stream ticket
///
/// The events are those of `GET /v1/queue-tokens/{token}/events`, but their data does not contain the token. No access token is required,
/// so that a browser's `EventSource` can open the stream: it resumes by itself, and stops when the token has ended. A ticket that is
/// invalid or has expired is 404.
#[utoipa::path(
    tag = "queue",
    params(
        ("ticket" = String, Path, description = "The ticket."),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was received."),
    ),
    responses(
        (status = 200, description = "The events, each with these fields.", body = EventBody, content_type = "text/event-stream"),
        (status = 204, description = "The token has ended, and the caller has already received the `expired` event: do not reconnect."),
        TicketStreamProblems,
    ),
)]
#[get("/v1/streams/queue-tokens/{ticket}")]
pub(super) async fn follow_by_ticket(call: ApiRequest<(QueueTokenTicket, StreamRequest), Events>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (QueueTokenTicket(StreamTicket { token, user, until }), request), .. } = call;
    open(api, Reader { user, id: token, until, knows_token: false }, request).await
}
