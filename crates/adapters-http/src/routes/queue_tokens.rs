//! Queue tokens: a user's place in a line.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, delete, get, post};
use application::waiting_room::Place;
use domain::{ConcertId, TokenId, TokenStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{BODY, SIGNED_IN};
use crate::answer::{Instant, KnownTags, Tag, created, json, seconds_until, token_status};
use crate::api::HttpSettings;
use crate::auth::Caller;
use crate::extract::{Body, Call, PathId, Said};
use crate::problem::{Code, Flaw, Problem, problems};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(join_queue).service(poll_queue_token).service(leave_queue);
}

/// A place in a line, wished for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewQueueToken)]
#[serde(deny_unknown_fields)]
struct NewTokenBody {
    /// The concert whose line it is; without one: the default line.
    concert_id: Option<Uuid>,
}

struct NewToken(Option<ConcertId>);

impl Said for NewToken {
    type Wire = NewTokenBody;

    fn read(wire: NewTokenBody, _: &HttpSettings) -> Result<Self, Vec<Flaw>> {
        Ok(Self(wire.concert_id.map(ConcertId)))
    }
}

/// A user's place in a line.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueToken)]
struct TokenBody {
    /// The secret that admits: what to send as `Queue-Token`.
    token: Uuid,
    queue_id: Uuid,
    concert_id: Option<Uuid>,
    /// `WAITING`, `ACTIVE` or `EXPIRED`.
    #[schema(example = "WAITING")]
    status: &'static str,
    /// Why it has ended: `PAID`, `TIMED_OUT`, `UNCLAIMED` or `LEFT`.
    expired_reason: Option<&'static str>,
    /// The place's number in its queue: in the order of arrival, without gaps.
    number: u64,
    /// 1 for the next to be admitted; null unless it waits.
    position: Option<u64>,
    people_ahead: Option<u64>,
    estimated_wait: EstimateBody,
    /// When to ask again.
    poll_after_seconds: i64,
    joined_at: Instant,
    activated_at: Option<Instant>,
    /// When it ends or has ended; null while it waits.
    expires_at: Option<Instant>,
    /// How long it is until then; null unless it is active.
    expires_in_seconds: Option<i64>,
}

/// How long the wait may be.
#[derive(Serialize, ToSchema)]
#[schema(as = EstimatedWait)]
struct EstimateBody {
    /// Whether the rest means anything.
    known: bool,
    /// Half of those in this place wait no longer.
    p50_seconds: Option<i64>,
    /// Nine of ten of those in this place wait no longer.
    p90_seconds: Option<i64>,
}

impl TokenBody {
    fn new(place: &Place) -> Self {
        let Place { token, now, position, estimate, poll_after } = place;
        let status = token.status(*now);
        let (expired_reason, expires_in_seconds) = match status {
            TokenStatus::Waiting => (None, None),
            TokenStatus::Active => (None, token.expires_at().map(|at| seconds_until(at, *now))),
            TokenStatus::Expired(reason) => (Some(token_status::reason(reason)), None),
        };
        let (p50, p90) = estimate.map_or((None, None), |estimate| (estimate.p50, estimate.p90));
        Self {
            token: token.id.0,
            queue_id: token.queue.0,
            concert_id: token.concert.map(|concert| concert.0),
            status: token_status::name(status),
            expired_reason,
            number: token.number,
            position: *position,
            people_ahead: position.map(|position| position.saturating_sub(1)),
            estimated_wait: EstimateBody {
                known: p50.is_some() && p90.is_some(),
                p50_seconds: p50.map(time::Duration::whole_seconds),
                p90_seconds: p90.map(time::Duration::whole_seconds),
            },
            poll_after_seconds: poll_after.whole_seconds(),
            joined_at: token.joined_at.into(),
            activated_at: token.activated_at().map(Instant::from),
            expires_at: token.expires_at().map(Instant::from),
            expires_in_seconds,
        }
    }

    /// Estimates, countdowns and the poll hint make no difference.
    fn tag(&self, place: &Place) -> Tag {
        let deadline = place.token.expires_at().map(time::OffsetDateTime::unix_timestamp_nanos);
        let told_apart_by = (self.token, self.status, self.expired_reason, self.number, self.position, deadline);
        Tag::of(format!("{told_apart_by:?}").as_bytes())
    }
}

problems!(JoinProblems: SIGNED_IN, BODY, &[Code::NotFound, Code::QueueClosed, Code::QueueFull]);
problems!(PollProblems: SIGNED_IN, &[Code::NotFound]);
problems!(LeaveProblems: SIGNED_IN, &[Code::NotFound]);

/// Take a place in a line, or find the one I have.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    request_body = NewTokenBody,
    responses(
        (status = 201, description = "A new place, behind all others.", body = TokenBody, headers(("Location" = String))),
        (status = 200, description = "The place that the caller has already.", body = TokenBody, headers(("Location" = String))),
        JoinProblems,
    ),
)]
#[post("/v1/queue-tokens")]
async fn join_queue(call: Call<(Caller, Body<NewToken>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Caller { user, .. }, Body(NewToken(concert))) } = call;
    let joining = api.ask(|ask| async move { ask.join.execute(user, concert).await }).await?;
    let status = if joining.new { StatusCode::CREATED } else { StatusCode::OK };
    let body = TokenBody::new(&api.use_cases.poll.place(&joining.token));
    created(status, &body, &format!("/v1/queue-tokens/{}", body.token))
}

/// How far the line has come.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    params(
        ("token" = Uuid, Path, description = "The caller's token."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer before."),
    ),
    responses(
        (status = 200, description = "The token.", body = TokenBody, headers(
            ("ETag" = String, description = "Ignores estimates, countdowns and the poll hint."),
            ("Retry-After" = String, description = "When to ask again, in seconds."),
        )),
        (status = 304, description = "Nothing has changed.", headers(("ETag" = String), ("Retry-After" = String))),
        PollProblems,
    ),
)]
#[get("/v1/queue-tokens/{token}")]
async fn poll_queue_token(call: Call<(Caller, PathId<TokenId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Caller { user, .. }, PathId(id), known) } = call;
    // A crowd asks this: what memory knows needs no other thread.
    let place = match api.use_cases.poll.known(user, id) {
        Some(place) => place,
        None => api.ask(|ask| async move { ask.poll.token(user, id).await }).await?,
    };
    let body = TokenBody::new(&place);
    let mut answer = known.answer(&body.tag(&place), "private, no-cache", || Ok(Bytes::from(json(&body)?)))?;
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(body.poll_after_seconds));
    Ok(answer)
}

/// Give my place up, in the line or in the shop; live holds are released.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    params(("token" = Uuid, Path, description = "The caller's token.")),
    responses((status = 204, description = "It has ended, now or before."), LeaveProblems),
)]
#[delete("/v1/queue-tokens/{token}")]
async fn leave_queue(call: Call<(Caller, PathId<TokenId>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Caller { user, .. }, PathId(id)) } = call;
    api.ask(|ask| async move { ask.leave.execute(user, id).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}
