//! The events of a queue token: changes of its position and status, pushed instead of polled (server-sent events).
//!
//! ```text
//!   the current state, unless the client has it (Last-Event-ID)
//!      │
//!      ├─ the token was admitted, extended or has ended ─┐
//!      ├─ the queue has another state or message         │
//!      ├─ its poll hint has passed: the position         │──► an event, if anything has changed
//!      ├─ its deadline has passed ───────────────────────┘
//!      ├─ no event for a while ──► a heartbeat
//!      └─ EXPIRED was sent, the server stops, the credential has expired, or the stream is old ──► the end
//! ```
//!
//! A stream reads memory, and only when it is woken: a waiting user without changes costs nothing. It takes over its connection, so that it
//! uses little memory.

mod mark;
mod open;
mod stream;
mod streams;
mod tickets;

use actix_web::{HttpResponse, get};
use domain::TokenId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::codes::AUTHENTICATED;
use crate::auth::Caller;
use crate::extract::{ApiRequest, Events, PathId};
use crate::problem::{Code, Problem, problems};
pub(crate) use mark::QueueNewsBody;
pub(super) use open::{ACCEL_BUFFERING, MEDIA_TYPE, StreamRequest};
use open::{EventBody, open};
use stream::Reader;
pub(super) use stream::{HEARTBEAT, reconnect_after};

pub(super) use streams::Permit;
pub(crate) use streams::Streams;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(follow_queue_token).service(tickets::create_stream_ticket).service(tickets::follow_by_ticket);
}

problems!(EventProblems: AUTHENTICATED, &[Code::NotFound, Code::NotAcceptable, Code::RateLimited, Code::Overloaded]);

/// Stream the events of a queue token
///
/// The data of the events `position`, `activated`, `extended` (it has a new deadline) and `expired` is the token, and that of `queue` is the
/// state and the message of the queue. The stream begins with the current state, sends a changed position about every `poll_after_seconds`
/// seconds and all other changes at once, and ends after `expired`, or with the access token. A client that reconnects with `Last-Event-ID`
/// receives only what has changed since.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    params(
        ("token" = Uuid, Path, description = "The token."),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was received."),
    ),
    responses(
        (status = 200, description = "The events, each with these fields.", body = EventBody, content_type = "text/event-stream"),
        (status = 204, description = "The token has ended, and the caller has already received the `expired` event: do not reconnect."),
        EventProblems,
    ),
)]
#[get("/v1/queue-tokens/{token}/events")]
async fn follow_queue_token(call: ApiRequest<(Caller, PathId<TokenId>, StreamRequest), Events>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, until, .. }, PathId(id), request), .. } = call;
    open(api, Reader { user, id, until, knows_token: true }, request).await
}
