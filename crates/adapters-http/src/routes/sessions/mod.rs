//! Sessions of browsers: sign-in that survives a closed tab, its renewal by a cookie, and its end.

mod body;
mod cookie;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use application::use_cases::{Authenticated, SessionCredential};
use domain::decide::start_session::SignedIn;
use domain::session::SessionState;
use domain::{SessionId, UserId};
use time::OffsetDateTime;
use utoipa_actix_web::service_config::ServiceConfig;

use self::body::{NewSession, NewSessionBody, SessionBody, SignedInBody};
use self::cookie::SessionCookie;
use super::codes::{AUTHENTICATED, BODY};
use crate::api::Api;
use crate::auth::Caller;
use crate::extract::{ApiRequest, Body, Device, List, PathId, RequestPart, SameOrigin};
use crate::problem::{Code, Problem, problems};
use crate::response::{created, uncached_json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(start_session).service(refresh_session).service(list_sessions).service(end_session);
}

/// Who is to be signed in.
enum SignIn {
    /// The user of a login code.
    ByCode(SessionCredential),
    /// The user of the request's access token.
    ByToken(Authenticated),
}

impl RequestPart for SignIn {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let Body(NewSession(code)) = Body::of(request, api)?;
        if let Some(code) = code {
            return Ok(Self::ByCode(code));
        }
        let caller = Caller::of(request, api)?;
        Ok(Self::ByToken(Authenticated { user: caller.user, roles: caller.roles(), session: caller.session }))
    }
}

problems!(StartProblems: AUTHENTICATED, BODY, &[Code::LoginCodeNotValid, Code::CrossSiteRequest, Code::Forbidden]);
problems!(RefreshProblems: AUTHENTICATED, &[Code::SessionEnded, Code::CrossSiteRequest]);
problems!(ListProblems: AUTHENTICATED);
problems!(EndProblems: AUTHENTICATED, &[Code::NotFound]);

/// Sign in on a browser
///
/// Starts a session of the user of the access token, or begins that of a login code. The refresh token is in a cookie that scripts can't
/// read. The access token that is returned is valid for some minutes; it can't start another session.
#[utoipa::path(
    tag = "sessions",
    security(("bearer" = []), ()),
    request_body = NewSessionBody,
    responses(
        (status = 201, description = "The session, with an access token.", body = SignedInBody,
         headers(("Location" = String), ("Set-Cookie" = String, description = "The refresh token."))),
        StartProblems,
    ),
)]
#[post("/v1/sessions")]
async fn start_session(call: ApiRequest<(SameOrigin, SignIn, Device)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, sign_in, Device(device)), .. } = call;
    let answer = api
        .run(|use_cases| async move {
            match sign_in {
                SignIn::ByCode(code) => use_cases.sessions.redeem(code, device).await,
                SignIn::ByToken(user) => use_cases.sessions.start(user, device).await,
            }
        })
        .await?;
    let location = format!("/v1/sessions/{}", answer.outcome.session.id());
    let body = issue(&api, &answer.outcome, answer.at)?;
    with_cookie(&api, created(StatusCode::CREATED, &body, &location)?, answer.outcome, answer.at)
}

/// Renew the session of this browser
///
/// Returns a new access token, and replaces the cookie. The former cookie remains valid for some seconds, for another tab; if it is sent
/// later, the session ends. Only pages of this origin may send this request.
#[utoipa::path(
    tag = "sessions",
    security(("session_cookie" = [])),
    responses(
        (status = 200, description = "The session, with a new access token.", body = SignedInBody,
         headers(("Set-Cookie" = String, description = "The new refresh token."))),
        RefreshProblems,
    ),
)]
#[post("/v1/sessions:refresh")]
async fn refresh_session(call: ApiRequest<(SameOrigin, SessionCookie)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, SessionCookie(token)), .. } = call;
    let refreshed = api.run(|use_cases| async move { use_cases.sessions.refresh(token).await }).await;
    let answer = refreshed.map_err(|problem| match problem.code() {
        Code::SessionEnded => problem.with_header(header::SET_COOKIE, cookie::remove(api.settings.sessions)),
        _ => problem,
    })?;
    let body = issue(&api, &answer.outcome, answer.at)?;
    with_cookie(&api, uncached_json(StatusCode::OK, &body)?, answer.outcome, answer.at)
}

/// List the sessions of the current user
///
/// The last used one comes first.
#[utoipa::path(
    tag = "sessions",
    security(("bearer" = [])),
    responses((status = 200, description = "The sessions.", body = List<SessionBody>), ListProblems),
)]
#[get("/v1/sessions")]
async fn list_sessions(call: ApiRequest<Caller>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: Caller { user, session: current, .. }, .. } = call;
    let sessions = api.run(|use_cases| async move { use_cases.sessions.list(user).await }).await?;
    uncached_json(StatusCode::OK, &List::whole(sessions.iter().map(|session| SessionBody::new(session, current)).collect()))
}

/// Sign out a browser
///
/// Ends a session of the caller. Its access tokens remain valid until they expire, some minutes later.
#[utoipa::path(
    tag = "sessions",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The session.")),
    responses(
        (status = 204, description = "The session has ended, now or before.",
         headers(("Set-Cookie" = String, description = "Removes the cookie, if the access token was issued by this session."))),
        EndProblems,
    ),
)]
#[delete("/v1/sessions/{id}")]
async fn end_session(call: ApiRequest<(Caller, PathId<SessionId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, session: current, .. }, PathId(id)), .. } = call;
    api.run(|use_cases| async move { use_cases.sessions.end(user, id).await }).await?;
    let mut response = HttpResponse::NoContent();
    if current == Some(id) {
        response.insert_header((header::SET_COOKIE, cookie::remove(api.settings.sessions)));
    }
    Ok(response.finish())
}

/// Issues an access token of a session, which is not valid longer than the session can be.
fn issue(api: &Api, SignedIn { session, .. }: &SignedIn, now: OffsetDateTime) -> Result<SignedInBody, Problem> {
    let latest = match session.state() {
        SessionState::Active { expires_at, .. } => *expires_at,
        SessionState::Pending { .. } | SessionState::Ended { .. } => session.ends_at(),
    };
    let valid_until = latest.min(now + api.settings.sessions.access_token);
    let access_token = api.issuers.own().issue_of_session(session, now, valid_until).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the access token of a session can't be issued");
        Problem::internal()
    })?;
    Ok(SignedInBody::new(session, access_token, valid_until, now))
}

/// Adds the cookie with the refresh token.
fn with_cookie(api: &Api, mut response: HttpResponse, signed_in: SignedIn, now: OffsetDateTime) -> Result<HttpResponse, Problem> {
    let SignedIn { session, token: secret } = signed_in;
    let user: UserId = session.user();
    let seconds = (session.ends_at() - now).whole_seconds().max(0);
    let token = SessionCredential { user, session: session.id(), secret };
    let cookie = cookie::store(&token, seconds, api.settings.sessions).ok_or_else(Problem::internal)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}
