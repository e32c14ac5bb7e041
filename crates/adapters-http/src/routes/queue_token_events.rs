//! The events of a queue token: what becomes of a place in line, pushed instead of polled (server-sent events).
//!
//! ```text
//!   the current state, unless the client has it (Last-Event-ID)
//!      │
//!      ├─ news of the token (admitted, ended) ──┐
//!      ├─ its poll hint has passed: the position │──► an event, if anything has changed
//!      ├─ its deadline has passed ──────────────┘
//!      ├─ nothing for long ──► a heartbeat
//!      └─ EXPIRED was told, the server stops, the access token has expired, or the stream is old ──► the end
//! ```
//!
//! A stream reads memory, when it is woken; so nobody pays for those who wait and needn't be told anything. It takes its connection over:
//! what it keeps is little.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, get};
use application::Error;
use application::waiting_room::{Listener, Place};
use domain::{TokenId, TokenStatus, UserId};
use futures_util::StreamExt as _;
use metrics::{Counter, Gauge};
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::codes::SIGNED_IN;
use crate::api::Api;
use crate::auth::Caller;
use crate::edge::HeadOnly;
use crate::extract::{ApiRequest, Events, PathId, RequestPart};
use crate::limits::refusals;
use crate::problem::{Code, Problem, problems};
use crate::response::{Mark, TokenBody, json};
use crate::wire::{Handover, Push};

const MEDIA_TYPE: &str = "text/event-stream";
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// Tells a proxy in between to pass everything on at once.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
const HEARTBEAT: &[u8] = b":\n\n";
/// Clients whose stream broke come back after 1 to 5 s: not all at once.
const RECONNECT_AFTER_MILLISECONDS: (u32, u32) = (1_000, 16);
/// After so many seconds one of too many streams may have ended.
const RETRY_SECONDS: i64 = 5;
/// The clock that deadlines are compared with may be this much behind the one that a stream sleeps by.
const AFTER_A_DEADLINE: Duration = Duration::from_millis(2);
const OPEN: &str = "frontrow_event_streams";

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(follow_queue_token);
}

/// The event streams that are open.
pub(crate) struct Streams {
    places: Arc<Semaphore>,
    open: Gauge,
    /// How often all places were taken.
    full: Counter,
    /// How often enough streams of one token were open.
    too_many: Counter,
}

/// Leave to keep a stream open, until it is dropped.
struct Permit {
    _place: OwnedSemaphorePermit,
    open: Gauge,
}

impl Streams {
    /// Room for `at_most` streams.
    pub(crate) fn new(at_most: usize) -> Self {
        metrics::describe_gauge!(OPEN, "Event streams that are open.");
        let (full, too_many) = (refusals("event_streams"), refusals("event_streams_of_a_token"));
        Self { places: Arc::new(Semaphore::new(at_most)), open: metrics::gauge!(OPEN), full, too_many }
    }

    fn open(&self) -> Option<Permit> {
        let place = self.places.clone().try_acquire_owned().inspect_err(|_| self.full.increment(1)).ok()?;
        self.open.increment(1.0);
        Some(Permit { _place: place, open: self.open.clone() })
    }

    fn too_many(&self) -> Problem {
        self.too_many.increment(1);
        Problem::new(Code::RateLimited, "enough event streams of this token are open").retry_after(RETRY_SECONDS)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.open.decrement(1.0);
    }
}

/// What the client wants of the stream.
struct StreamRequest {
    /// What the client was told last, before its connection broke.
    last: Option<String>,
    /// Whether the answer's head is all that it wants.
    silent: bool,
    /// Where the connection is asked for, if the server gives it away.
    handover: Option<Handover>,
}

impl RequestPart for StreamRequest {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let last = request.headers().get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let silent = request.extensions().get::<HeadOnly>().is_some();
        Ok(Self { last, silent, handover: request.conn_data::<Handover>().cloned() })
    }
}

/// An event of a stream, by its fields.
#[derive(ToSchema)]
#[schema(as = QueueTokenEvent)]
#[expect(dead_code, reason = "it only tells the document what events look like")]
struct EventBody {
    /// `position`, `activated` or `expired`.
    #[schema(example = "position")]
    event: String,
    /// What to send as `Last-Event-ID`.
    #[schema(example = "WAITING.4211")]
    id: String,
    /// The token as JSON, as polling tells it.
    data: String,
    /// After so many milliseconds a client whose stream broke comes back; with the first event.
    #[schema(nullable = false)]
    retry: Option<u32>,
}

problems!(EventProblems: SIGNED_IN, &[Code::NotFound, Code::NotAcceptable, Code::RateLimited, Code::Overloaded]);

/// What becomes of my place, as it happens.
///
/// Events are `position`, `activated` and `expired`; the data of each is the token as polling tells it. The stream begins with the
/// current state, tells a new position about as often as `poll_after_seconds` advises to poll, and ends after `expired`, or when the access
/// token does. A client that comes back with `Last-Event-ID` is told what has changed since, and 204 if the token has ended and it knows.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    params(
        ("token" = Uuid, Path, description = "The caller's token."),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was received."),
    ),
    responses(
        (status = 200, description = "The events, each with these fields.", body = EventBody, content_type = "text/event-stream"),
        (status = 204, description = "It has ended, and the caller knows: don't come back."),
        EventProblems,
    ),
)]
#[get("/v1/queue-tokens/{token}/events")]
async fn follow_queue_token(call: ApiRequest<(Caller, PathId<TokenId>, StreamRequest), Events>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, until, .. }, PathId(id), StreamRequest { last, silent, handover }), .. } = call;
    // Listening begins before the first look: nothing falls in between.
    let listener = api.use_cases.poll.listen(id);
    let place = look(&api, user, id).await?;
    let mark = Mark::of(&place);
    let news = last.is_none_or(|last| last != mark.to_string());
    if is_final(mark) && !news {
        return Ok(HttpResponse::NoContent().finish());
    }
    let mut answer = HttpResponse::Ok();
    answer.content_type(MEDIA_TYPE).insert_header((header::CACHE_CONTROL, "no-store")).insert_header((ACCEL_BUFFERING, "no"));
    if silent {
        return Ok(answer.finish());
    }
    let listener = listener.ok_or_else(|| api.streams().too_many())?;
    let permit = api.streams().open().ok_or_else(|| Problem::of(Error::Overloaded, api.settings.currency))?;
    let first = if news { Some([reconnect_after(id).into_bytes(), event(mark, &place)?].concat().into()) } else { None };
    let now = Instant::now();
    // Nobody is told more than their access token lets them ask for.
    let lifetime = match OffsetDateTime::from_unix_timestamp(until) {
        Ok(end) => Duration::try_from(end - place.now).unwrap_or_default().min(api.settings.streams.lifetime),
        Err(_past_all_years) => api.settings.streams.lifetime,
    };
    // Who hasn't taken a frame when the next one is due is gone.
    let timeout_after = api.settings.streams.heartbeat;
    let stream = Box::new(Stream {
        user,
        id,
        listener,
        first,
        told: mark,
        look_at: look_at(&place),
        quiet_since: now,
        ends_at: now + lifetime,
        api,
        _permit: permit,
    });
    let frames = futures_util::stream::unfold(stream, Stream::next);
    Ok(match handover {
        Some(handover) => Push { frames, timeout_after }.into_body_of(answer.finish(), handover).map_into_boxed_body(),
        None => answer.body(BodyStream::new(frames.map(Ok::<_, Infallible>))),
    })
}

const fn is_final(mark: Mark) -> bool {
    match mark.status {
        TokenStatus::Waiting | TokenStatus::Active => false,
        TokenStatus::Expired(_) => true,
    }
}

/// Where the token stands: from memory, as it nearly always is.
async fn look(api: &Api, user: UserId, id: TokenId) -> Result<Place, Problem> {
    match api.use_cases.poll.known(user, id) {
        Some(place) => Ok(place),
        // Boxed, since each open stream has room for this.
        None => Box::pin(api.ask(|ask| async move { ask.poll.token(user, id).await })).await,
    }
}

/// When the token must be looked at again, whatever happens before.
fn look_at(place: &Place) -> Instant {
    let until = |at: OffsetDateTime| Duration::try_from(at - place.now).unwrap_or_default() + AFTER_A_DEADLINE;
    let hint = Duration::try_from(place.poll_after).unwrap_or_default();
    Instant::now() + place.token.expires_at().map_or(hint, |at| hint.min(until(at)))
}

/// One client's events. There are thousands of them: they are kept small.
struct Stream {
    user: UserId,
    id: TokenId,
    listener: Listener,
    /// What is sent before anything else.
    first: Option<Bytes>,
    told: Mark,
    look_at: Instant,
    quiet_since: Instant,
    ends_at: Instant,
    api: Api,
    _permit: Permit,
}

impl Stream {
    /// The next frame; none if the stream ends here.
    async fn next(mut self: Box<Self>) -> Option<(Bytes, Box<Self>)> {
        if let Some(first) = self.first.take() {
            return Some((first, self));
        }
        while !is_final(self.told) && self.sleep().await {
            // Who can't be told ends, and asks again.
            let place = look(&self.api, self.user, self.id).await.ok()?;
            let (mark, now) = (Mark::of(&place), Instant::now());
            self.look_at = look_at(&place);
            let frame = if self.told != mark {
                Bytes::from(event(mark, &place).ok()?)
            } else if self.show_life_at() <= now {
                Bytes::from_static(HEARTBEAT)
            } else {
                continue;
            };
            (self.told, self.quiet_since) = (mark, now);
            return Some((frame, self));
        }
        None
    }

    fn show_life_at(&self) -> Instant {
        self.quiet_since + self.api.settings.streams.heartbeat
    }

    /// Sleeps until it is time to look again, or there is news; whether the stream goes on then.
    async fn sleep(&self) -> bool {
        tokio::select! {
            biased;
            () = self.api.closing.cancelled() => false,
            () = self.listener.news() => Instant::now() < self.ends_at,
            () = sleep_until(self.look_at.min(self.show_life_at()).min(self.ends_at)) => Instant::now() < self.ends_at,
        }
    }
}

/// When a client is to come back, should its stream break: a line of the first event.
fn reconnect_after(id: TokenId) -> String {
    let (least, spread) = RECONNECT_AFTER_MILLISECONDS;
    format!("retry: {}\n", least + spread * u32::from(id.0.as_bytes()[13]))
}

/// The event that tells of `place`.
fn event(mark: Mark, place: &Place) -> Result<Vec<u8>, Problem> {
    let name = match mark.status {
        TokenStatus::Waiting => "position",
        TokenStatus::Active => "activated",
        TokenStatus::Expired(_) => "expired",
    };
    let mut event = format!("event: {name}\nid: {mark}\ndata: ").into_bytes();
    event.extend(json(&TokenBody::new(place))?);
    event.extend_from_slice(b"\n\n");
    Ok(event)
}
