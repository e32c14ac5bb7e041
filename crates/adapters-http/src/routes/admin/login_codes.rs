//! Login codes: a shop's back end signs in its users' browsers, and the command line opens the console.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use domain::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{BODY, OPERATOR};
use super::actor::actor;
use crate::auth::write_credential;
use crate::extract::{ApiRequest, Body, FromBody, OperatorCaller};
use crate::problem::{FieldError, Problem, problems};
use crate::response::{Instant, seconds_until, uncached_json};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(create_login_code);
}

/// A login code to be created.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewLoginCode)]
#[serde(deny_unknown_fields)]
struct NewLoginCodeBody {
    /// The user to be signed in, who need not be registered; without one, the caller.
    user_id: Option<Uuid>,
}

struct NewLoginCode(Option<UserId>);

impl FromBody for NewLoginCode {
    type Wire = NewLoginCodeBody;

    fn read(wire: NewLoginCodeBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        Ok(Self(wire.user_id.map(UserId)))
    }
}

/// A login code.
#[derive(Serialize, ToSchema)]
#[schema(as = LoginCode)]
struct LoginCodeBody {
    user_id: Uuid,
    /// The code, for `POST /v1/sessions`. Pass it to a page in the fragment of its URL (`#code=…`), which browsers don't send to servers.
    code: String,
    expires_at: Instant,
    expires_in_seconds: i64,
}

problems!(CreateProblems: OPERATOR, BODY);

/// Create a login code
///
/// A browser that redeems the code within a minute, once, is signed in as the user: without roles, unless it is the caller, whose session
/// has the roles of the caller. Recorded in the audit log. An access token of a session can't create codes.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    request_body = NewLoginCodeBody,
    responses((status = 201, description = "The code. No other response contains it.", body = LoginCodeBody), CreateProblems),
)]
#[post("/v1/admin/login-codes")]
async fn create_login_code(call: ApiRequest<(OperatorCaller, Body<NewLoginCode>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (OperatorCaller(caller), Body(NewLoginCode(user))), .. } = call;
    let (by, roles, session) = (actor(caller.user, None), caller.roles(), caller.session);
    let (answer, code) =
        api.run(move |use_cases| async move { use_cases.sessions.create_login_code(&by, roles, session, user).await }).await?;
    let expires_at = answer.outcome.ends_at();
    let body = LoginCodeBody {
        user_id: code.user.0,
        code: write_credential(&code),
        expires_at: expires_at.into(),
        expires_in_seconds: seconds_until(expires_at, answer.at),
    };
    uncached_json(StatusCode::CREATED, &body)
}
