//! Queue tokens: a user's place in a line.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, delete, get, post};
use domain::{ConcertId, TokenId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{BODY, SIGNED_IN};
use crate::api::HttpSettings;
use crate::auth::Caller;
use crate::extract::{ApiRequest, Body, FromBody, PathId};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{KnownTags, Mark, TokenBody, created, json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(poll_queue_token).service(join_queue).service(leave_queue);
}

/// A place in a line, wished for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewQueueToken)]
#[serde(deny_unknown_fields)]
struct NewTokenBody {
    /// The concert whose line it is; without one: the default line.
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

problems!(JoinProblems: SIGNED_IN, BODY, &[Code::NotFound, Code::ScheduleCancelled, Code::QueueClosed, Code::QueueFull]);
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
async fn join_queue(call: ApiRequest<(Caller, Body<NewToken>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, Body(NewToken(concert))), .. } = call;
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
async fn poll_queue_token(call: ApiRequest<(Caller, PathId<TokenId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(id), known), .. } = call;
    // A crowd asks this: what memory knows needs no other thread.
    let place = match api.use_cases.poll.known(user, id) {
        Some(place) => place,
        None => api.ask(|ask| async move { ask.poll.token(user, id).await }).await?,
    };
    let tag = Mark::of(&place).tag(&place);
    let mut answer = known.answer(&tag, "private, no-cache", || Ok(Bytes::from(json(&TokenBody::new(&place))?)))?;
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(place.poll_after.whole_seconds()));
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
async fn leave_queue(call: ApiRequest<(Caller, PathId<TokenId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathId(id)), .. } = call;
    api.ask(|ask| async move { ask.leave.execute(user, id).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}
