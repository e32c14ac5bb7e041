//! Users, as operators see them, and their resources. The ids of queue tokens are secrets, also to operators.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use application::PageRequest;
use domain::{Currency, Money, NamePrefix, PaymentId, ReservationId, User, UserId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{LIST, OPERATOR};
use super::super::payments::PaymentBody;
use super::super::reservations::ReservationBody;
use super::super::wallet::EntryBody;
use crate::api::Api;
use crate::extract::{ApiRequest, List, Operator, PageQuery, PathId, Query, RequestPart, invalid_parameter};
use crate::problem::{Code, Problem, problems};
use crate::response::{Instant, MoneyBody, TokenReportBody, uncached_json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(find_users)
        .service(show_user)
        .service(list_queue_tokens)
        .service(list_reservations)
        .service(list_payments)
        .service(list_wallet_entries);
}

/// A user, as operators see them.
#[derive(Serialize, ToSchema)]
#[schema(as = UserReport)]
struct UserBody {
    id: Uuid,
    /// The user's name; null if it is unknown.
    name: Option<String>,
    created_at: Instant,
}

/// A user with their balance.
#[derive(Serialize, ToSchema)]
#[schema(as = UserReportWithBalance)]
struct UserWithBalanceBody {
    #[serde(flatten)]
    user: UserBody,
    balance: MoneyBody,
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        Self { id: user.id.0, name: user.name.map(|name| name.as_str().to_owned()), created_at: user.created_at.into() }
    }
}

impl UserWithBalanceBody {
    fn new((user, balance): (User, Money), currency: Currency) -> Self {
        Self { user: user.into(), balance: MoneyBody::new(balance, currency) }
    }
}

/// The users to list.
struct UserFilter {
    name: Option<NamePrefix>,
    page: PageRequest<UserId>,
}

impl RequestPart for UserFilter {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let name = query
            .take("name")?
            .map(|name| NamePrefix::new(&name).map_err(|error| invalid_parameter("name", &error.to_string())))
            .transpose()?;
        let PageQuery(page) = PageQuery::take(&mut query)?;
        query.end()?;
        Ok(Self { name, page })
    }
}

problems!(FindProblems: OPERATOR, LIST);
problems!(OneProblems: OPERATOR, &[Code::NotFound]);
problems!(ListProblems: OPERATOR, LIST, &[Code::NotFound]);

/// Find users
///
/// Users are found by the beginning of their name or of a word in it.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(
        ("name" = Option<String>, Query,
         description = "The beginning of the name, or of any word in it. Case and accents are ignored.", min_length = 1, max_length = 100),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the users.", body = List<UserBody>), FindProblems),
)]
#[get("/v1/admin/users")]
async fn find_users(call: ApiRequest<(Operator, UserFilter)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, UserFilter { name, page }), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.people.users(name, page).await }).await?;
    uncached_json(StatusCode::OK, &List::new(page, UserBody::from))
}

/// Get a user with their balance
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The user.", body = UserWithBalanceBody), OneProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}")]
async fn show_user(call: ApiRequest<(Operator, PathId<UserId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    let user = api.run(|use_cases| async move { use_cases.people.user(id).await }).await?;
    uncached_json(StatusCode::OK, &UserWithBalanceBody::new(user, api.settings.currency))
}

/// List the queue tokens of a user
///
/// The latest tokens come first. The list contains the live tokens, and those with which the user made a reservation.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The latest 200 tokens, on one page.", body = List<TokenReportBody>), OneProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}/queue-tokens")]
async fn list_queue_tokens(call: ApiRequest<(Operator, PathId<UserId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    let tokens = api.run(|use_cases| async move { use_cases.people.tokens(id, PageRequest::<UserId>::MAX_SIZE).await }).await?;
    let now = api.use_cases.people.now();
    uncached_json(StatusCode::OK, &List::whole(tokens.iter().map(|token| TokenReportBody::new(token, now)).collect()))
}

/// List the reservations of a user
///
/// The newest reservations come first.
#[utoipa::path(
    tag = "admin",
    operation_id = "list_reservations_of_user",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the user's reservations.", body = List<ReservationBody>), ListProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}/reservations")]
async fn list_reservations(call: ApiRequest<(Operator, PathId<UserId>, PageQuery<ReservationId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), PageQuery(page)), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.people.reservations(id, page).await }).await?;
    let now = api.use_cases.people.now();
    uncached_json(StatusCode::OK, &List::new(page, |details| ReservationBody::new(details, now, api.settings.currency)))
}

/// List the payments of a user
///
/// The newest payments come first.
#[utoipa::path(
    tag = "admin",
    operation_id = "list_payments_of_user",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the user's payments.", body = List<PaymentBody>), ListProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}/payments")]
async fn list_payments(call: ApiRequest<(Operator, PathId<UserId>, PageQuery<PaymentId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), PageQuery(page)), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.people.payments(id, page).await }).await?;
    uncached_json(StatusCode::OK, &List::new(page, |details| PaymentBody::new(&details, api.settings.currency)))
}

/// List the wallet entries of a user
///
/// The newest entries come first.
#[utoipa::path(
    tag = "admin",
    operation_id = "list_wallet_entries_of_user",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the user's wallet entries.", body = List<EntryBody>), ListProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}/wallet-entries")]
async fn list_wallet_entries(call: ApiRequest<(Operator, PathId<UserId>, PageQuery<u64>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), PageQuery(page)), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.people.entries(id, page).await }).await?;
    uncached_json(StatusCode::OK, &List::new(page, |details| EntryBody::new(&details, api.settings.currency)))
}
