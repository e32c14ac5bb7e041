//! Users: who buys.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use domain::UserName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{BODY, SIGNED_IN};
use super::wallet::WalletBody;
use crate::answer::{created, personal};
use crate::api::{Api, HttpSettings};
use crate::auth::{Caller, Role};
use crate::extract::{Body, Call, Part, Said};
use crate::problem::{Code, Flaw, Problem, problems};

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
    /// What to send as `Authorization: Bearer …` from now on. It is told this once.
    access_token: String,
}

struct NewUser(UserName);

impl Said for NewUser {
    type Wire = NewUserBody;

    fn read(wire: NewUserBody, _: &HttpSettings) -> Result<Self, Vec<Flaw>> {
        UserName::new(&wire.name).map(Self).map_err(|error| vec![Flaw::at("/name", error)])
    }
}

/// The built-in issuer takes new users.
struct OpenDoor;

impl Part for OpenDoor {
    fn of(_: &actix_web::HttpRequest, api: &Api) -> Result<Self, Problem> {
        if api.settings.registration {
            Ok(Self)
        } else {
            Err(Problem::new(Code::Forbidden, "nobody registers here: bring the access token of the issuer that is used"))
        }
    }
}

problems!(RegisterProblems: BODY, &[Code::Forbidden]);
problems!(MeProblems: SIGNED_IN);

/// Register with the built-in issuer.
#[utoipa::path(
    tag = "users",
    request_body = NewUserBody,
    responses(
        (status = 201, description = "The new user, and the access token.", body = RegisteredUserBody, headers(("Location" = String))),
        RegisterProblems,
    ),
)]
#[post("/v1/users")]
async fn register_user(call: Call<(OpenDoor, Body<NewUser>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (_, Body(NewUser(name))), .. } = call;
    let answer = api.ask(|ask| async move { ask.register.execute(name).await }).await?;
    let user = answer.outcome;
    let access_token = api.issuers.own().issue(user.id, &[Role::User], answer.at).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the new user gets no access token");
        Problem::internal()
    })?;
    let wallet = WalletBody::new(&domain::Wallet::new(user.id), api.settings.currency);
    let user = UserBody { id: user.id.0, name: user.name.map(|name| name.as_str().to_owned()), wallet };
    created(StatusCode::CREATED, &RegisteredUserBody { user, access_token }, "/v1/users/me")
}

/// Who I am, and what I have.
#[utoipa::path(
    tag = "users",
    security(("bearer" = [])),
    responses((status = 200, description = "The caller.", body = UserBody), MeProblems),
)]
#[get("/v1/users/me")]
async fn show_me(call: Call<Caller>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: Caller { user, .. }, .. } = call;
    let profile = api.ask(|ask| async move { ask.wallet.profile(user).await }).await?;
    let name = profile.user.and_then(|user| user.name).map(|name| name.as_str().to_owned());
    personal(StatusCode::OK, &UserBody { id: user.0, name, wallet: WalletBody::new(&profile.wallet, api.settings.currency) })
}
