//! Users: registration and the current user.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use domain::{Operation, Outcome, UserName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{AUTHENTICATED, BODY, IDEMPOTENT};
use super::wallet::WalletBody;
use crate::api::Api;
use crate::auth::{Caller, Role};
use crate::extract::{AnonymousIdempotentBody, ApiRequest, FromBody, RequestPart};
use crate::problem::{Code, Explanation, FieldError, Problem, problems};
use crate::response::{created, replayed, uncached_json};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(register_user).service(show_me);
}

/// A new user.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewUser)]
#[serde(deny_unknown_fields)]
struct NewUserBody {
    /// The user's name: 1 to 100 characters, without control characters.
    #[schema(example = "Ada", min_length = 1, max_length = 100)]
    name: String,
}

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
struct UserBody {
    /// The user's id: the `sub` of their access token.
    id: Uuid,
    /// The user's name; null for a user of an external issuer without a name.
    name: Option<String>,
    /// The user's wallet.
    wallet: WalletBody,
}

/// A user who has just registered.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisteredUser)]
struct RegisteredUserBody {
    #[serde(flatten)]
    user: UserBody,
    /// The access token to send as `Authorization: Bearer …`. No other response contains it, unless this request is repeated with the same
    /// key.
    access_token: String,
}

struct NewUser(UserName);

impl FromBody for NewUser {
    type Wire = NewUserBody;

    fn read(wire: NewUserBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        UserName::new(&wire.name).map(Self).map_err(|error| vec![FieldError::at("/name", error)])
    }
}

/// A check that registration is open.
struct RegistrationOpen;

impl RequestPart for RegistrationOpen {
    fn of(_: &actix_web::HttpRequest, api: &Api) -> Result<Self, Problem> {
        if api.settings.registration { Ok(Self) } else { Err(Problem::new(Code::Forbidden, Explanation::RegistrationClosed)) }
    }
}

problems!(RegisterProblems: BODY, IDEMPOTENT, &[Code::Forbidden]);
problems!(MeProblems: AUTHENTICATED);

/// Register a user
///
/// The built-in issuer issues the access token.
#[utoipa::path(
    tag = "users",
    params(("Idempotency-Key" = Option<String>, Header, description = "22 to 255 visible ASCII characters that can't be guessed, such as \
         a random UUID. The key's digest is retained for 24 h by default. Repeating the request with the same key creates no second \
         user and returns the same response, with the same access token: protect the key like the token.",
         min_length = 22, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewUserBody,
    responses(
        (status = 201, description = "The new user, and the access token.", body = RegisteredUserBody, headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if the response is replayed."),
        )),
        RegisterProblems,
    ),
)]
#[post("/v1/users")]
async fn register_user(call: ApiRequest<(RegistrationOpen, AnonymousIdempotentBody<NewUser>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, body), .. } = call;
    let (NewUser(name), idempotency) = body.into_request(Operation::Register);
    let answer = api.run(|use_cases| async move { use_cases.register.execute(name, idempotency).await }).await?;
    let Outcome::Registered(user) = answer.outcome else { return Err(Problem::internal()) };
    // Issued as of the first response: a replayed response has the same token, with the same expiry.
    let access_token = api.issuers.own().issue(user.id, &[Role::User], answer.at).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the access token of a new user can't be issued");
        Problem::internal()
    })?;
    let wallet = WalletBody::new(&domain::Wallet::new(user.id), api.settings.currency);
    let user = UserBody { id: user.id.0, name: user.name.map(|name| name.as_str().to_owned()), wallet };
    let registered = created(StatusCode::CREATED, &RegisteredUserBody { user, access_token }, "/v1/users/me")?;
    Ok(replayed(registered, answer.replayed))
}

/// Get the current user
#[utoipa::path(
    tag = "users",
    security(("bearer" = [])),
    responses((status = 200, description = "The current user.", body = UserBody), MeProblems),
)]
#[get("/v1/users/me")]
async fn show_me(call: ApiRequest<Caller>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: Caller { user, .. }, .. } = call;
    let profile = api.run(|use_cases| async move { use_cases.wallet.profile(user).await }).await?;
    let name = profile.user.and_then(|user| user.name).map(|name| name.as_str().to_owned());
    uncached_json(StatusCode::OK, &UserBody { id: user.0, name, wallet: WalletBody::new(&profile.wallet, api.settings.currency) })
}
