//! The prepaid wallet of a user.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use application::WalletEntryDetails;
use domain::{Currency, Money, Note, Operation, Outcome, UserId, Wallet, WalletEntryKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{AUTHENTICATED, BODY, IDEMPOTENT, LIST};
use super::reserved_schedule::{ReservedScheduleBody, ReservedSeatBody};
use crate::auth::Caller;
use crate::extract::{ApiRequest, BoundedText, FromBody, IdempotentBody, List, PageQuery, privileged_actor};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, MoneyBody, replayed, uncached_json};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_wallet).service(charge_wallet).service(list_wallet_entries);
}

/// The wallet of a user.
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

/// A new charge.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewCharge)]
#[serde(deny_unknown_fields)]
struct NewChargeBody {
    amount: MoneyBody,
    /// The user whose wallet is charged; if omitted, the caller.
    user_id: Option<Uuid>,
    /// Recorded in the audit log; allowed only with the role `operator` or `cashier`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000, example = "Box office 2, receipt 4711")]
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

/// A charge of a wallet.
#[derive(Serialize, ToSchema)]
#[schema(as = Charge)]
struct ChargeBody {
    /// The id of the wallet entry.
    id: Uuid,
    /// The user whose wallet was charged.
    user_id: Uuid,
    amount: MoneyBody,
    /// The balance after the charge.
    balance: MoneyBody,
    created_at: Instant,
}

/// A change of a wallet's balance.
#[derive(Serialize, ToSchema)]
#[schema(as = WalletEntry)]
pub(super) struct EntryBody {
    id: Uuid,
    kind: KindBody,
    /// The change of the balance: negative for payments.
    amount: MoneyBody,
    /// The balance after the change.
    balance: MoneyBody,
    /// The payment of the entry; null for a charge.
    payment_id: Option<Uuid>,
    /// The reservation of the payment; null for a charge.
    reservation_id: Option<Uuid>,
    /// The current schedule of the reservation, with its concert; null for a charge.
    schedule: Option<ReservedScheduleBody>,
    /// The seats of the reservation, sorted by number; null for a charge.
    seats: Option<Vec<ReservedSeatBody>>,
    created_at: Instant,
}

/// The kind of a wallet entry.
#[derive(Serialize, ToSchema)]
#[schema(as = WalletEntryKind)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum KindBody {
    /// A charge of the wallet from outside.
    Charge,
    /// A debit for a payment.
    Payment,
    /// A credit for a refunded payment.
    Refund,
}

impl EntryBody {
    pub(super) fn new(details: &WalletEntryDetails, currency: Currency) -> Self {
        let WalletEntryDetails { entry, reservation } = details;
        let (kind, payment) = match entry.kind() {
            WalletEntryKind::Charge => (KindBody::Charge, None),
            WalletEntryKind::Payment(payment) => (KindBody::Payment, Some(payment)),
            WalletEntryKind::Refund(payment) => (KindBody::Refund, Some(payment)),
        };
        Self {
            id: entry.id().0,
            kind,
            amount: MoneyBody::signed(entry.signed_minor(), currency),
            balance: MoneyBody::new(entry.balance(), currency),
            payment_id: payment.map(|payment| payment.0),
            reservation_id: reservation.as_ref().map(|details| details.reservation.id().0),
            schedule: reservation.as_ref().map(ReservedScheduleBody::new),
            seats: reservation.as_ref().map(|details| ReservedSeatBody::list(details.reservation.seats(), currency)),
            created_at: entry.at().into(),
        }
    }
}

problems!(WalletProblems: AUTHENTICATED);
problems!(ChargeProblems: AUTHENTICATED, BODY, IDEMPOTENT, &[Code::Forbidden, Code::NotFound, Code::WalletLimitExceeded]);
problems!(EntriesProblems: AUTHENTICATED, LIST);

/// Get the wallet of the current user
#[utoipa::path(
    tag = "wallet",
    security(("bearer" = [])),
    responses((status = 200, description = "The caller's wallet, empty until the first charge.", body = WalletBody), WalletProblems),
)]
#[get("/v1/wallet")]
async fn show_wallet(call: ApiRequest<Caller>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: Caller { user, .. }, .. } = call;
    let wallet = api.run(|use_cases| async move { use_cases.wallet.wallet(user).await }).await?;
    uncached_json(StatusCode::OK, &WalletBody::new(&wallet, api.settings.currency))
}

/// Charge a wallet
///
/// With `wallet.charging = "open"` users charge their own wallets, without proof of payment. With `"operator"` a charge requires an access
/// token with the role `operator` or `cashier`, and names the user. A charge with one of these roles is recorded in the audit log. The
/// idempotency key belongs to the caller, even if another user's wallet is charged.
#[utoipa::path(
    tag = "wallet",
    security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; retained for 24 h by default.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewChargeBody,
    responses(
        (status = 201, description = "The wallet is charged.", body = ChargeBody,
         headers(("Idempotency-Replayed" = String, description = "`true` if the response is replayed."))),
        ChargeProblems,
    ),
)]
#[post("/v1/wallet/charges")]
async fn charge_wallet(call: ApiRequest<(Caller, IdempotentBody<NewCharge>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user: caller, operator, cashier, .. }, body), .. } = call;
    let (NewCharge { amount, user, reason }, idempotency) = body.into_request(Operation::Charge, caller);
    let actor = privileged_actor(operator || cashier, caller, reason)?;
    let answer = api.run(move |use_cases| async move { use_cases.charge.execute(actor.as_ref(), idempotency, user, amount).await }).await?;
    let Outcome::Charged(entry) = answer.outcome else { return Err(Problem::internal()) };
    let currency = api.settings.currency;
    let body = ChargeBody {
        id: entry.id().0,
        user_id: entry.user().0,
        amount: MoneyBody::new(entry.amount(), currency),
        balance: MoneyBody::new(entry.balance(), currency),
        created_at: entry.at().into(),
    };
    Ok(replayed(uncached_json(StatusCode::CREATED, &body)?, answer.replayed))
}

/// List the wallet entries of the current user
///
/// The newest entries come first.
#[utoipa::path(
    tag = "wallet",
    security(("bearer" = [])),
    params(
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the wallet entries.", body = List<EntryBody>), EntriesProblems),
)]
#[get("/v1/wallet/entries")]
async fn list_wallet_entries(call: ApiRequest<(Caller, PageQuery<u64>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PageQuery(page)), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.wallet.entries(user, page).await }).await?;
    uncached_json(StatusCode::OK, &List::new(page, |details| EntryBody::new(&details, api.settings.currency)))
}
