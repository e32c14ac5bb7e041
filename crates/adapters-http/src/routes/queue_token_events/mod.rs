//! The events of a queue token: changes of its position and status, pushed instead of polled (server-sent events).
//!
//! ```text
//!   the current state, unless the client has it (Last-Event-ID)
//!      │
//!      ├─ the token was admitted or has ended ───┐
//!      ├─ its poll hint has passed: the position │──► an event, if anything has changed
//!      ├─ its deadline has passed ───────────────┘
//!      ├─ no event for a while ──► a heartbeat
//!      └─ EXPIRED was sent, the server stops, the access token has expired, or the stream is old ──► the end
//! ```
//!
//! A stream reads memory, and only when it is woken: a waiting user without changes costs nothing. It takes over its connection, so that it
//! uses little memory.

mod stream;
mod streams;

use std::convert::Infallible;
use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, get};
use application::Error;
use domain::TokenId;
use futures_util::StreamExt as _;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::codes::AUTHENTICATED;
use crate::api::Api;
use crate::auth::Caller;
use crate::edge::HeadOnly;
use crate::extract::{ApiRequest, Events, PathId, RequestPart};
use crate::problem::{Code, Problem, problems};
use crate::response::EventState;
use crate::wire::{Handover, Push};
use stream::{Stream, event, is_final, read_place, reconnect_after};

pub(crate) use streams::Streams;

const MEDIA_TYPE: &str = "text/event-stream";
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// Tells proxies not to buffer the response.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(follow_queue_token);
}

/// The request for a stream.
struct StreamRequest {
    /// The id of the last event that the client received, before its connection was lost.
    last_event_id: Option<String>,
    /// Whether only the head of the response is requested.
    head_only: bool,
    /// The handover of the connection, if the server supports it.
    handover: Option<Handover>,
}

impl RequestPart for StreamRequest {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let last_event_id = request.headers().get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let head_only = request.extensions().get::<HeadOnly>().is_some();
        Ok(Self { last_event_id, head_only, handover: request.conn_data::<Handover>().cloned() })
    }
}

/// The fields of an event of a stream.
#[derive(ToSchema)]
#[schema(as = QueueTokenEvent)]
#[expect(dead_code, reason = "it only describes events in the OpenAPI document")]
struct EventBody {
    event: EventNameBody,
    /// The `Last-Event-ID` to send when reconnecting.
    #[schema(example = "WAITING.4211.GOOD")]
    id: String,
    /// The token as JSON, as in the response to polling.
    #[schema(content_media_type = "application/json")]
    data: String,
    /// The number of milliseconds after which to reconnect if the stream is interrupted; only in the first event.
    #[schema(nullable = false)]
    retry: Option<u32>,
}

/// The name of an event.
#[derive(ToSchema)]
#[schema(as = QueueTokenEventName, rename_all = "lowercase")]
#[expect(dead_code, reason = "it only describes events in the OpenAPI document")]
enum EventNameBody {
    /// The position in the queue.
    Position,
    /// The user was admitted.
    Activated,
    /// The token has ended.
    Expired,
}

problems!(EventProblems: AUTHENTICATED, &[Code::NotFound, Code::NotAcceptable, Code::RateLimited, Code::Overloaded]);

/// Stream the events of a queue token
///
/// Events are `position`, `activated` and `expired`; the data of each is the token, as in the response to polling. The stream begins with
/// the current state, sends a changed position about every `poll_after_seconds` seconds, and ends after `expired`, or when the
/// access token expires. A client that reconnects with `Last-Event-ID` receives an event only if the token has changed since; if the client
/// has received the `expired` event, the response is 204.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    params(
        ("token" = Uuid, Path, description = "The caller's token."),
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
    let ApiRequest { api, parts: (Caller { user, until, .. }, PathId(id), StreamRequest { last_event_id, head_only, handover }), .. } =
        call;
    // Listening begins before the first read, so that no change is missed.
    let listener = api.use_cases.poll.listen(id);
    let place = read_place(&api, user, id).await?;
    let mark = EventState::of(&place);
    let has_changed = last_event_id.is_none_or(|id| id != mark.to_string());
    if is_final(mark) && !has_changed {
        return Ok(HttpResponse::NoContent().finish());
    }
    let mut response = HttpResponse::Ok();
    response.content_type(MEDIA_TYPE).insert_header((header::CACHE_CONTROL, "no-store")).insert_header((ACCEL_BUFFERING, "no"));
    if head_only {
        return Ok(response.finish());
    }
    let listener = listener.ok_or_else(|| api.streams().too_many())?;
    let permit = api.streams().open().ok_or_else(|| Problem::of(Error::Overloaded, api.settings.currency))?;
    let first = if has_changed { Some([reconnect_after(id).into_bytes(), event(mark, &place)?].concat().into()) } else { None };
    // The stream ends when the access token expires.
    let lifetime = match OffsetDateTime::from_unix_timestamp(until) {
        Ok(end) => Duration::try_from(end - place.now).unwrap_or_default().min(api.settings.streams.lifetime),
        Err(_out_of_range) => api.settings.streams.lifetime,
    };
    // A client that hasn't read a frame when the next one is due is disconnected.
    let timeout_after = api.settings.streams.heartbeat;
    let stream = Stream::new(api, user, listener, &place, first, lifetime, permit);
    let frames = futures_util::stream::unfold(stream, Stream::next);
    Ok(match handover {
        Some(handover) => Push { frames, timeout_after }.into_body_of(response.finish(), handover).map_into_boxed_body(),
        None => response.body(BodyStream::new(frames.map(Ok::<_, Infallible>))),
    })
}
