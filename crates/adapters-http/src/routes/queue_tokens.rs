//! Queue tokens: users' entries in queues.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, delete, get, post};
use domain::{ConcertId, TokenId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{AUTHENTICATED, BODY};
use crate::auth::Caller;
use crate::extract::{ApiRequest, Body, FromBody, KnownTags, PathId};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{EventState, TokenBody, created, json};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(poll_queue_token).service(join_queue).service(leave_queue);
}

/// A request to join a queue.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewQueueToken)]
#[serde(deny_unknown_fields)]
struct NewTokenBody {
    /// The concert whose queue to join; if omitted, the default queue.
    #[schema(example = "0f207207-0000-7000-8000-0000000c1b00")]
    concert_id: Option<Uuid>,
}

struct NewToken(Option<ConcertId>);

impl FromBody for NewToken {
    type Wire = NewTokenBody;

    fn read(wire: NewTokenBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        Ok(Self(wire.concert_id.map(ConcertId)))
    }
}

problems!(JoinProblems: AUTHENTICATED, BODY, &[Code::NotFound, Code::ScheduleCancelled, Code::QueueClosed, Code::QueueFull]);
problems!(PollProblems: AUTHENTICATED, &[Code::NotFound]);
problems!(LeaveProblems: AUTHENTICATED, &[Code::NotFound]);

/// Join a queue
///
/// If the caller already has a live token in the queue, it is returned.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    request_body = NewTokenBody,
    responses(
        (status = 201, description = "A new token, at the end of the queue.", body = TokenBody, headers(("Location" = String))),
        (status = 200, description = "The caller's existing token.", body = TokenBody, headers(("Location" = String))),
        JoinProblems,
    ),
)]
#[post("/v1/queue-tokens")]
async fn join_queue(call: ApiRequest<(Caller, Body<NewToken>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, Body(NewToken(concert))), .. } = call;
    let joining = api.run(|use_cases| async move { use_cases.join.execute(user, concert).await }).await?;
    let status = if joining.new { StatusCode::CREATED } else { StatusCode::OK };
    let body = TokenBody::new(&api.use_cases.poll.place(&joining.token));
    created(status, &body, &format!("/v1/queue-tokens/{}", joining.token.id().0))
}

/// Get a queue token
///
/// Clients poll the token to learn its position in the queue and when it becomes active.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    params(
        ("token" = Uuid, Path, description = "The token."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The token.", body = TokenBody, headers(
            ("ETag" = String, description = "Not affected by changes of the estimates, the countdowns and `poll_after_seconds`."),
            ("Retry-After" = String, description = "The number of seconds after which to poll again."),
        )),
        (status = 304, description = "Not modified.", headers(("ETag" = String), ("Retry-After" = String))),
        PollProblems,
    ),
)]
#[get("/v1/queue-tokens/{token}")]
async fn poll_queue_token(call: ApiRequest<(Caller, PathId<TokenId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(id), known), .. } = call;
    // The most frequent request: a token in memory is read without another thread.
    let place = match api.use_cases.poll.known(user, id) {
        Some(place) => place,
        None => api.run(|use_cases| async move { use_cases.poll.token(user, id).await }).await?,
    };
    let tag = EventState::of(&place).tag(&place);
    let mut response = known.respond(&tag, "private, no-cache", || Ok(Bytes::from(json(&TokenBody::new(&place))?)))?;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(place.poll_after.whole_seconds()));
    Ok(response)
}

/// Leave a queue
///
/// Ends the caller's token, whether it is waiting or active; held seats are released.
#[utoipa::path(
    tag = "queue",
    security(("bearer" = [])),
    params(("token" = Uuid, Path, description = "The token.")),
    responses((status = 204, description = "The token has ended, now or before."), LeaveProblems),
)]
#[delete("/v1/queue-tokens/{token}")]
async fn leave_queue(call: ApiRequest<(Caller, PathId<TokenId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(id)), .. } = call;
    api.run(|use_cases| async move { use_cases.leave.execute(user, id).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}
