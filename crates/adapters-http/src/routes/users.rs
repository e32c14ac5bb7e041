//! Users: who buys.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use domain::{Operation, Outcome, UserName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{BODY, KEYED, SIGNED_IN};
use super::wallet::WalletBody;
use crate::api::{Api, HttpSettings};
use crate::auth::{Caller, Role};
use crate::extract::{AnonymousIdempotentBody, ApiRequest, FromBody, RequestPart};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{created, personal, replayed};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(register_user).service(show_me);
}

/// A person introduces themselves.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewUser)]
#[serde(deny_unknown_fields)]
struct NewUserBody {
    /// What they call themselves: 1 to 100 characters, none of them a control character.
    #[schema(example = "Ada", min_length = 1, max_length = 100)]
    name: String,
}

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
struct UserBody {
    /// The user's id: the `sub` of their access token.
    id: Uuid,
    /// What they call themselves; null if an external issuer vouches for them and they never said.
    name: Option<String>,
    /// What they have.
    wallet: WalletBody,
}

/// A user who has just registered.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisteredUser)]
struct RegisteredUserBody {
    #[serde(flatten)]
    user: UserBody,
    /// What to send as `Authorization: Bearer …` from now on. It is in no other response; the same request with the same key has it again.
    access_token: String,
}

struct NewUser(UserName);

impl FromBody for NewUser {
    type Wire = NewUserBody;

    fn read(wire: NewUserBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        UserName::new(&wire.name).map(Self).map_err(|error| vec![FieldError::at("/name", error)])
    }
}

/// The built-in issuer takes new users.
struct RegistrationOpen;

impl RequestPart for RegistrationOpen {
    fn of(_: &actix_web::HttpRequest, api: &Api) -> Result<Self, Problem> {
        if api.settings.registration {
            Ok(Self)
        } else {
            Err(Problem::new(Code::Forbidden, "nobody registers here: bring the access token of the issuer that is used"))
        }
    }
}

problems!(RegisterProblems: BODY, KEYED, &[Code::Forbidden]);
problems!(MeProblems: SIGNED_IN);

/// Register with the built-in issuer.
#[utoipa::path(
    tag = "users",
    params(("Idempotency-Key" = Option<String>, Header, description = "22 to 255 visible characters that nobody can guess: a random UUID, say. \
         Kept for 24 h as a digest. The same request again creates no second user and has the first response, with the same access token; so \
         keep it as secret as that.", min_length = 22, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewUserBody,
    responses(
        (status = 201, description = "The new user, and the access token.", body = RegisteredUserBody, headers(
            ("Location" = String), ("Idempotency-Replayed" = String, description = "`true` if this is the first answer again."),
        )),
        RegisterProblems,
    ),
)]
#[post("/v1/users")]
async fn register_user(call: ApiRequest<(RegistrationOpen, AnonymousIdempotentBody<NewUser>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, body), .. } = call;
    let (NewUser(name), idempotency) = body.to(Operation::Register);
    let answer = api.ask(|ask| async move { ask.register.execute(name, idempotency).await }).await?;
    let Outcome::Registered(user) = answer.outcome else { return Err(Problem::internal()) };
    // From the instant of the first response: a repeated one has the same token, which ends when that one ends.
    let access_token = api.issuers.own().issue(user.id, &[Role::User], answer.at).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the new user gets no access token");
        Problem::internal()
    })?;
    let wallet = WalletBody::new(&domain::Wallet::new(user.id), api.settings.currency);
    let user = UserBody { id: user.id.0, name: user.name.map(|name| name.as_str().to_owned()), wallet };
    let registered = created(StatusCode::CREATED, &RegisteredUserBody { user, access_token }, "/v1/users/me")?;
    Ok(replayed(registered, answer.replayed))
}

/// Who I am, and what I have.
#[utoipa::path(
    tag = "users",
    security(("bearer" = [])),
    responses((status = 200, description = "The caller.", body = UserBody), MeProblems),
)]
#[get("/v1/users/me")]
async fn show_me(call: ApiRequest<Caller>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: Caller { user, .. }, .. } = call;
    let profile = api.ask(|ask| async move { ask.wallet.profile(user).await }).await?;
    let name = profile.user.and_then(|user| user.name).map(|name| name.as_str().to_owned());
    personal(StatusCode::OK, &UserBody { id: user.0, name, wallet: WalletBody::new(&profile.wallet, api.settings.currency) })
}
