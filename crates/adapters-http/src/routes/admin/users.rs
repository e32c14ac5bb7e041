//! Users, as operators find them, and what is theirs. The ids of their queue tokens are secrets, from operators too.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use application::PageRequest;
use domain::{Currency, Money, NamePrefix, PaymentId, QueueToken, ReservationId, TokenStatus, User, UserId};
use serde::Serialize;
use time::OffsetDateTime;
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
use crate::response::{Instant, MoneyBody, personal, token_status};

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
    /// What they call themselves; null if they never said.
    name: Option<String>,
    created_at: Instant,
}

/// A user, and what they have.
#[derive(Serialize, ToSchema)]
#[schema(as = UserReportWithBalance)]
struct UserWithBalanceBody {
    #[serde(flatten)]
    user: UserBody,
    balance: MoneyBody,
}

/// A user's place in a line, without the secret that admits.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueTokenReport)]
struct TokenBody {
    queue_id: Uuid,
    concert_id: Option<Uuid>,
    /// `WAITING`, `ACTIVE` or `EXPIRED`.
    #[schema(example = "WAITING")]
    status: &'static str,
    /// Why it has ended: `PAID`, `TIMED_OUT`, `UNCLAIMED` or `LEFT`.
    expired_reason: Option<&'static str>,
    number: u64,
    joined_at: Instant,
    activated_at: Option<Instant>,
    /// When it ends or has ended; null while it waits.
    expires_at: Option<Instant>,
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

impl TokenBody {
    fn new(token: &QueueToken, now: OffsetDateTime) -> Self {
        let status = token.status(now);
        let expired_reason = match status {
            TokenStatus::Expired(reason) => Some(token_status::reason(reason)),
            TokenStatus::Waiting | TokenStatus::Active => None,
        };
        Self {
            queue_id: token.queue().0,
            concert_id: token.concert().map(|concert| concert.0),
            status: token_status::name(status),
            expired_reason,
            number: token.number(),
            joined_at: token.joined_at().into(),
            activated_at: token.activated_at().map(Instant::from),
            expires_at: token.expires_at().map(Instant::from),
        }
    }
}

/// Which users.
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

/// Users, by the beginning of their names or of a word in them.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(
        ("name" = Option<String>, Query, description = "How their names, or any word in them, begin. Neither case nor accents count.", min_length = 1, max_length = 100),
        ("page_size" = Option<usize>, Query, description = "How many at most: 50 by default, 200 at most.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of the users.", body = List<UserBody>), FindProblems),
)]
#[get("/v1/admin/users")]
async fn find_users(call: ApiRequest<(Operator, UserFilter)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, UserFilter { name, page }), .. } = call;
    let page = api.ask(|ask| async move { ask.people.users(name, page).await }).await?;
    personal(StatusCode::OK, &List::new(page, UserBody::from))
}

/// A user, and what they have.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The user.", body = UserWithBalanceBody), OneProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}")]
async fn show_user(call: ApiRequest<(Operator, PathId<UserId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    let user = api.ask(|ask| async move { ask.people.user(id).await }).await?;
    personal(StatusCode::OK, &UserWithBalanceBody::new(user, api.settings.currency))
}

/// A user's places in line, the last joined first: live ones, and those under which they made a reservation.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The latest 200 places, on one page.", body = List<TokenBody>), OneProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}/queue-tokens")]
async fn list_queue_tokens(call: ApiRequest<(Operator, PathId<UserId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    let tokens = api.ask(|ask| async move { ask.people.tokens(id, PageRequest::<UserId>::MAX_SIZE).await }).await?;
    let now = api.use_cases.people.now();
    personal(StatusCode::OK, &List::whole(tokens.iter().map(|token| TokenBody::new(token, now)).collect()))
}

/// A user's reservations, newest first.
#[utoipa::path(
    tag = "desk",
    operation_id = "list_reservations_of_user",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("page_size" = Option<usize>, Query, description = "How many at most: 50 by default, 200 at most.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of the user's reservations.", body = List<ReservationBody>), ListProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}/reservations")]
async fn list_reservations(call: ApiRequest<(Operator, PathId<UserId>, PageQuery<ReservationId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), PageQuery(page)), .. } = call;
    let page = api.ask(|ask| async move { ask.people.reservations(id, page).await }).await?;
    let now = api.use_cases.people.now();
    personal(StatusCode::OK, &List::new(page, |details| ReservationBody::new(details, now, api.settings.currency)))
}

/// A user's payments, newest first.
#[utoipa::path(
    tag = "desk",
    operation_id = "list_payments_of_user",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("page_size" = Option<usize>, Query, description = "How many at most: 50 by default, 200 at most.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of the user's payments.", body = List<PaymentBody>), ListProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}/payments")]
async fn list_payments(call: ApiRequest<(Operator, PathId<UserId>, PageQuery<PaymentId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), PageQuery(page)), .. } = call;
    let page = api.ask(|ask| async move { ask.people.payments(id, page).await }).await?;
    personal(StatusCode::OK, &List::new(page, |payment| PaymentBody::new(&payment, None, api.settings.currency)))
}

/// A user's book, newest first.
#[utoipa::path(
    tag = "desk",
    operation_id = "list_wallet_entries_of_user",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("page_size" = Option<usize>, Query, description = "How many at most: 50 by default, 200 at most.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of the user's book.", body = List<EntryBody>), ListProblems),
)]
#[get("/v1/admin/users/{id:[^/:]+}/wallet-entries")]
async fn list_wallet_entries(call: ApiRequest<(Operator, PathId<UserId>, PageQuery<u64>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), PageQuery(page)), .. } = call;
    let page = api.ask(|ask| async move { ask.people.entries(id, page).await }).await?;
    personal(StatusCode::OK, &List::new(page, |entry| EntryBody::new(&entry, api.settings.currency)))
}
