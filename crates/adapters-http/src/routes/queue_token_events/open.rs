//! The opening of an event stream.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use application::Error;
use futures_util::StreamExt as _;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::mark::{Known, Snapshot};
use super::stream::{Reader, Stream, Wakers, reconnect_after};
use crate::api::Api;
use crate::edge::HeadOnly;
use crate::extract::RequestPart;
use crate::problem::Problem;
use crate::wire::{Handover, Push};

pub(crate) const MEDIA_TYPE: &str = "text/event-stream";
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// Tells caches not to store the response, and proxies not to compress it, which would delay events.
const CACHING: &str = "no-store, no-transform";
/// Tells proxies not to buffer the response.
pub(crate) const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The request for a stream.
pub(crate) struct StreamRequest {
    /// The id of the last event that the client received, before its connection was lost.
    pub(crate) last_event_id: Option<String>,
    /// Whether only the head of the response is requested.
    pub(crate) head_only: bool,
    /// The handover of the connection, if the server supports it.
    pub(crate) handover: Option<Handover>,
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
pub(super) struct EventBody {
    event: EventNameBody,
    /// The `Last-Event-ID` to send when reconnecting.
    #[schema(example = "WAITING.4211.GOOD;OPEN")]
    id: String,
    /// As JSON: the token, as in the response to polling; of a `queue` event, the news of the queue.
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
    /// The deadline of the active token has changed.
    Extended,
    /// The token has ended.
    Expired,
    /// The queue was paused, resumed, opened or closed, or its message has changed.
    Queue,
}

/// Opens the stream of `reader`.
pub(super) async fn open(api: Api, reader: Reader, request: StreamRequest) -> Result<HttpResponse, Problem> {
    let StreamRequest { last_event_id, head_only, handover } = request;
    // Listening begins before the state is read, so that no change is missed.
    let listener = api.use_cases.poll.listen(reader.id);
    let queue = Snapshot::read(&api, reader.user, reader.id).await?.place.token.queue();
    let queue_news = api.use_cases.poll.queue_news(queue);
    let now = Snapshot::read(&api, reader.user, reader.id).await?;
    let events = now.events(last_event_id.as_deref().map_or(Known::Nothing, Known::Id), reader.knows_token)?;
    if now.mark().is_final() && events.is_none() {
        return Ok(HttpResponse::NoContent().finish());
    }
    let mut response = HttpResponse::Ok();
    response.content_type(MEDIA_TYPE).insert_header((header::CACHE_CONTROL, CACHING)).insert_header((ACCEL_BUFFERING, "no"));
    if head_only {
        return Ok(response.finish());
    }
    let listener = listener.ok_or_else(|| api.streams().too_many())?;
    let permit = api.streams().open().ok_or_else(|| Problem::of(Error::Overloaded, api.settings.currency))?;
    let first = events.map(|events| [reconnect_after(reader.id).into_bytes(), events].concat().into());
    // The stream ends when its reader's credential expires.
    let lifetime = match OffsetDateTime::from_unix_timestamp(reader.until) {
        Ok(end) => Duration::try_from(end - now.place.now).unwrap_or_default().min(api.settings.streams.lifetime),
        Err(_out_of_range) => api.settings.streams.lifetime,
    };
    // A client that hasn't read a frame when the next one is due is disconnected.
    let timeout_after = api.settings.streams.heartbeat;
    let stream = Stream::new(api, reader, Wakers { token: listener, queue: queue_news }, &now, first, lifetime, permit);
    let frames = futures_util::stream::unfold(stream, Stream::next);
    Ok(match handover {
        Some(handover) => Push { frames, timeout_after }.into_body_of(response.finish(), handover).map_into_boxed_body(),
        None => response.body(BodyStream::new(frames.map(Ok::<_, Infallible>))),
    })
}
