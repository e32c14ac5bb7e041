//! The wallet: prepaid money.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use domain::{Currency, EntryKind, Money, Note, Operation, Outcome, UserId, Wallet, WalletEntry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{BODY, KEYED, LIST, SIGNED_IN};
use crate::api::HttpSettings;
use crate::auth::Caller;
use crate::extract::{ApiRequest, BoundedText, FromBody, IdempotentBody, List, PageQuery, order};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, MoneyBody, personal, replayed};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_wallet).service(charge_wallet).service(list_wallet_entries);
}

/// What a user has.
#[derive(Serialize, ToSchema)]
#[schema(as = Wallet)]
pub(super) struct WalletBody {
    balance: MoneyBody,
}

impl WalletBody {
    pub(super) fn new(wallet: &Wallet, currency: Currency) -> Self {
        Self { balance: MoneyBody::new(wallet.balance(), currency) }
    }
}

/// Money to be put in.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewCharge)]
#[serde(deny_unknown_fields)]
struct NewChargeBody {
    amount: MoneyBody,
    /// Whose wallet; without it the caller's own. Another user's takes the role `operator` or `cashier`.
    user_id: Option<Uuid>,
    /// For the audit log; only with one of these roles.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000, example = "Cash desk 2, receipt 4711")]
    reason: Option<BoundedText<1_000>>,
}

struct NewCharge {
    amount: Money,
    user: Option<UserId>,
    reason: Option<Note>,
}

impl FromBody for NewCharge {
    type Wire = NewChargeBody;

    fn read(wire: NewChargeBody, settings: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let amount = wire.amount.read("/amount", settings.currency).map_err(|field_error| vec![field_error])?;
        Ok(Self { amount, user: wire.user_id.map(UserId), reason: wire.reason.map(|reason| reason.0) })
    }
}

/// Money that was put in.
#[derive(Serialize, ToSchema)]
#[schema(as = Charge)]
struct ChargeBody {
    /// The id of its entry in the wallet's book.
    id: Uuid,
    /// Whose wallet it is.
    user_id: Uuid,
    amount: MoneyBody,
    /// What is in the wallet now.
    balance: MoneyBody,
    created_at: Instant,
}

/// A line in the wallet's book.
#[derive(Serialize, ToSchema)]
#[schema(as = WalletEntry)]
pub(super) struct EntryBody {
    id: Uuid,
    kind: KindBody,
    /// What it changed: payments are negative.
    amount: MoneyBody,
    /// What was in the wallet afterwards.
    balance: MoneyBody,
    /// The payment that it belongs to, if it is not a charge.
    payment_id: Option<Uuid>,
    created_at: Instant,
}

/// What an entry tells of.
#[derive(Serialize, ToSchema)]
#[schema(as = WalletEntryKind)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum KindBody {
    /// Money came in from outside.
    Charge,
    /// Money went to a payment.
    Payment,
    /// Money came back from a payment.
    Refund,
}

impl EntryBody {
    pub(super) fn new(entry: &WalletEntry, currency: Currency) -> Self {
        let (kind, payment) = match entry.kind() {
            EntryKind::Charge => (KindBody::Charge, None),
            EntryKind::Payment(payment) => (KindBody::Payment, Some(payment)),
            EntryKind::Refund(payment) => (KindBody::Refund, Some(payment)),
        };
        Self {
            id: entry.id().0,
            kind,
            amount: MoneyBody::signed(entry.signed_minor(), currency),
            balance: MoneyBody::new(entry.balance(), currency),
            payment_id: payment.map(|payment| payment.0),
            created_at: entry.at().into(),
        }
    }
}

problems!(WalletProblems: SIGNED_IN);
problems!(ChargeProblems: SIGNED_IN, BODY, KEYED, &[Code::Forbidden, Code::NotFound, Code::WalletLimitExceeded]);
problems!(EntriesProblems: SIGNED_IN, LIST);

/// What I have.
#[utoipa::path(
    tag = "wallet",
    security(("bearer" = [])),
    responses((status = 200, description = "The caller's wallet, empty until the first charge.", body = WalletBody), WalletProblems),
)]
#[get("/v1/wallet")]
async fn show_wallet(call: ApiRequest<Caller>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: Caller { user, .. }, .. } = call;
    let wallet = api.ask(|ask| async move { ask.wallet.wallet(user).await }).await?;
    personal(StatusCode::OK, &WalletBody::new(&wallet, api.settings.currency))
}

/// Put money in.
///
/// With `wallet.charging = "open"` users charge their own wallets, on their word; with `"operator"` only access tokens with the role `operator` or
/// `cashier` charge, and name the user. A charge with one of these roles is in the audit log. The key is the caller's, whoever's wallet it is.
#[utoipa::path(
    tag = "wallet",
    security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible characters; kept for 24 h.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewChargeBody,
    responses(
        (status = 201, description = "The money is in.", body = ChargeBody,
         headers(("Idempotency-Replayed" = String, description = "`true` if this is the first answer again."))),
        ChargeProblems,
    ),
)]
#[post("/v1/wallet/charges")]
async fn charge_wallet(call: ApiRequest<(Caller, IdempotentBody<NewCharge>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user: caller, operator, cashier, .. }, body), .. } = call;
    let (NewCharge { amount, user, reason }, idempotency) = body.to(Operation::Charge, caller);
    let by = order(operator || cashier, caller, reason)?;
    let answer = api.ask(move |ask| async move { ask.charge.execute(by.as_ref(), idempotency, user, amount).await }).await?;
    let Outcome::Charged(entry) = answer.outcome else { return Err(Problem::internal()) };
    let currency = api.settings.currency;
    let body = ChargeBody {
        id: entry.id().0,
        user_id: entry.user().0,
        amount: MoneyBody::new(entry.amount(), currency),
        balance: MoneyBody::new(entry.balance(), currency),
        created_at: entry.at().into(),
    };
    Ok(replayed(personal(StatusCode::CREATED, &body)?, answer.replayed))
}

/// My wallet's book, newest first.
#[utoipa::path(
    tag = "wallet",
    security(("bearer" = [])),
    params(
        ("page_size" = Option<usize>, Query, description = "How many at most: 50 by default, 200 at most.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of the book.", body = List<EntryBody>), EntriesProblems),
)]
#[get("/v1/wallet/entries")]
async fn list_wallet_entries(call: ApiRequest<(Caller, PageQuery<u64>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PageQuery(page)), .. } = call;
    let page = api.ask(|ask| async move { ask.wallet.entries(user, page).await }).await?;
    personal(StatusCode::OK, &List::new(page, |entry| EntryBody::new(&entry, api.settings.currency)))
}
