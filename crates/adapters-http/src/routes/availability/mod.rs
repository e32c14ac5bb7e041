//! The availability of a schedule's seats, in a few kilobytes: two bits per seat, or only what has changed since a version that the client
//! has; by polling, or as a stream of events.

mod body;
mod frame;
mod pages;
mod stream;
pub(crate) mod tickets;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use application::Error;
use domain::{Schedule, ScheduleId};
use futures_util::StreamExt as _;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::codes::{GUARDED, OPERATOR};
use super::queue_token_events::{ACCEL_BUFFERING, MEDIA_TYPE, StreamRequest};
use crate::api::Api;
use crate::extract::{
    AcceptsGzip, ApiRequest, Guard, GuardedRequest, GuardedStream, KnownTags, MaybePathId, Operator, PathId, Query, RequestPart,
    invalid_parameter,
};
use crate::problem::{Code, Problem, problems};
use crate::response::Tag;
use crate::wire::Push;
use body::AvailabilityBody;
use frame::{Update, Version};
use stream::{Stream, latest};

pub(crate) use pages::AvailabilityPages;

/// What the client has, and what it accepts.
type Client = (KnownTags, AcceptsGzip);

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_availability).service(follow_availability).service(show_availability_to_operators);
}

/// The version that the client has.
struct Since(Option<Version>);

impl RequestPart for Since {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        if request.query_string().is_empty() {
            return Ok(Self(None));
        }
        let mut query = Query::of(request)?;
        let since = query.take("since")?;
        query.end()?;
        let read =
            |text: String| Version::from_hex(&text).ok_or_else(|| invalid_parameter("since", "must be a `version` of an availability"));
        Ok(Self(since.map(read).transpose()?))
    }
}

impl Guard {
    /// Returns the schedule if the caller's token admits to it. The most frequent request: a token in memory is checked without another
    /// thread.
    async fn schedule(&self, id: Option<ScheduleId>) -> Result<Arc<Schedule>, Problem> {
        let pass = self.pass;
        match id.and_then(|id| self.api.use_cases.enter.known_schedule(pass, id)) {
            Some(schedule) => Ok(Arc::new(schedule.row)),
            None => self.run(|use_cases| async move { Ok(Arc::new(use_cases.enter.schedule(pass, id).await?.row)) }).await,
        }
    }
}

problems!(AvailabilityProblems: GUARDED, &[Code::NotFound, Code::ValidationFailed]);
problems!(EventProblems: GUARDED, &[Code::NotFound, Code::NotAcceptable, Code::RateLimited, Code::Overloaded]);

/// Get the availability of a schedule
///
/// The statuses of all seats, or with `since` only of those that have changed; if the version isn't known, or if that is shorter, of all
/// seats. The response is up to a tenth of a second old.
#[utoipa::path(
    tag = "concerts",
    security(("bearer" = [], "queue_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("since" = Option<String>, Query, description = "The `version` of the availability that the client has."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The availability.", body = AvailabilityBody, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        AvailabilityProblems,
    ),
)]
#[get("/v1/schedules/{id}/availability")]
async fn show_availability(call: GuardedRequest<(MaybePathId<ScheduleId>, Since, Client)>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: (MaybePathId(id), Since(since), (known, encoding)) } = call;
    let schedule = guard.schedule(id).await?;
    respond(&guard.api, &schedule, since, &known, encoding).await
}

problems!(OperatorProblems: OPERATOR, &[Code::NotFound, Code::ValidationFailed]);

/// Get the availability of a schedule, as an operator
///
/// The same as the availability for users, without a queue token; also of drafts and cancelled schedules.
#[utoipa::path(
    tag = "admin",
    operation_id = "show_availability_report",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("since" = Option<String>, Query, description = "The `version` of the availability that the client has."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The availability.", body = AvailabilityBody, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        OperatorProblems,
    ),
)]
#[get("/v1/admin/schedules/{id:[^/:]+}/availability")]
async fn show_availability_to_operators(call: ApiRequest<(Operator, PathId<ScheduleId>, Since, Client)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), Since(since), (known, encoding)), .. } = call;
    let schedule = api.run(|use_cases| async move { use_cases.catalogue.find_schedule(id).await }).await?;
    respond(&api, &schedule, since, &known, encoding).await
}

async fn respond(
    api: &Api,
    schedule: &Schedule,
    since: Option<Version>,
    known: &KnownTags,
    encoding: AcceptsGzip,
) -> Result<HttpResponse, Problem> {
    let frame = latest(api, schedule).await?;
    let update = frame.update(since, &api.runtime).await?;
    // Changes are too short to be compressed.
    let (body, encoding) = match update {
        Update::Changes(changes) => (changes.json, AcceptsGzip(false)),
        Update::Whole(whole) => (whole.content.body(encoding.0), encoding),
    };
    let response = known.respond(&Tag::readable(frame.version), "private, no-cache", || Ok(body))?;
    Ok(encoding.describe(response))
}

/// The fields of an event of a stream.
#[derive(ToSchema)]
#[schema(as = SeatAvailabilityEvent)]
#[expect(dead_code, reason = "it only describes events in the OpenAPI document")]
struct EventBody {
    /// `availability`.
    #[schema(example = "availability")]
    event: String,
    /// The `Last-Event-ID` to send when reconnecting: the `version`.
    #[schema(example = "9b74c9897bac770ffc029102a200c5de")]
    id: String,
    /// The availability as JSON, as in the response to polling.
    #[schema(content_media_type = "application/json")]
    data: String,
    /// The number of milliseconds after which to reconnect if the stream is interrupted; only in the first event.
    #[schema(nullable = false)]
    retry: Option<u32>,
}

/// Stream the availability of a schedule
///
/// The stream begins with all seats, or with the changes since `Last-Event-ID`. Then an event follows about every second in which the
/// availability has changed, with the changes since the previous event, or with all seats if that is shorter. It ends with the queue token
/// or the access token.
#[utoipa::path(
    tag = "concerts",
    security(("bearer" = [], "queue_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was received."),
    ),
    responses(
        (status = 200, description = "The events, each with these fields.", body = EventBody, content_type = "text/event-stream"),
        EventProblems,
    ),
)]
#[get("/v1/schedules/{id}/availability/events")]
async fn follow_availability(call: GuardedStream<(MaybePathId<ScheduleId>, StreamRequest)>) -> Result<HttpResponse, Problem> {
    let GuardedStream { guard, parts: (MaybePathId(id), request) } = call;
    let schedule = guard.schedule(id).await?;
    follow(guard, &schedule, request).await
}

/// Opens the stream of `schedule` for a caller whom `guard` admits to it.
async fn follow(guard: Guard, schedule: &Schedule, request: StreamRequest) -> Result<HttpResponse, Problem> {
    let Guard { api, pass, until } = guard;
    let StreamRequest { last_event_id, head_only, handover } = request;
    let mut response = HttpResponse::Ok();
    response
        .content_type(MEDIA_TYPE)
        .insert_header((header::CACHE_CONTROL, "no-store, no-transform"))
        .insert_header((ACCEL_BUFFERING, "no"));
    if head_only {
        return Ok(response.finish());
    }
    let listener = pass.token.and_then(|token| api.use_cases.poll.listen(token)).ok_or_else(|| api.streams().too_many())?;
    let permit = api.streams().open().ok_or_else(|| Problem::of(Error::Overloaded, api.settings.currency))?;
    let frame = latest(&api, schedule).await?;
    let last_sent = last_event_id.and_then(|id| Version::from_hex(&id));
    // The stream ends when its reader's credential expires.
    let lifetime = match OffsetDateTime::from_unix_timestamp(until) {
        Ok(end) => Duration::try_from(end - api.clock.now()).unwrap_or_default().min(api.settings.streams.lifetime),
        Err(_out_of_range) => api.settings.streams.lifetime,
    };
    // A client that hasn't read a frame when the next heartbeat is due is disconnected.
    let timeout_after = api.settings.streams.heartbeat;
    let stream = Stream::new(api, pass, schedule.id(), listener, (frame, last_sent), lifetime, permit);
    let frames = futures_util::stream::unfold(stream, Stream::next);
    Ok(match handover {
        Some(handover) => Push { frames, timeout_after }.into_body_of(response.finish(), handover).map_into_boxed_body(),
        None => response.body(BodyStream::new(frames.map(Ok::<_, Infallible>))),
    })
}
