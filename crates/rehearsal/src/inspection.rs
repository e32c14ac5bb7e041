//! The requests of the checker at the end: the account of every user who touched money or seats, and the store's own audit.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use frontrow_client::audits::{AuditStatus, Finding, show_audit, start_audit};
use frontrow_client::payments::{self, PaymentStatus, list_payments};
use frontrow_client::reservations::{self, ReservationStatus, list_reservations};
use frontrow_client::wallet::{WalletEntry, list_wallet_entries, show_wallet};
use frontrow_client::{Call, Page};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::account::{Account, Entry, Payment, Reservation};
use crate::history::{Answer, Request};
use crate::record::Verdict;
use crate::world::{RequestContext, World};

/// The resource of the server's audits.
const AUDITS: &str = "/v1/admin/audits";
/// The pause before a running audit is requested again.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// The maximum number of responses of other instances.
const MAX_MISSES: u32 = 100;
/// The number of accounts that are read concurrently.
const CONCURRENCY: usize = 64;

/// Returns the accounts of all users who touched money or seats, except those that can't be read.
pub(crate) async fn accounts(world: &Rc<World>) -> Vec<Account> {
    let touched: BTreeSet<u32> = {
        let history = world.history.borrow();
        let touches = |request: &Request| matches!(request, Request::Hold(_) | Request::Charge(_) | Request::Pay(_));
        history.iter().filter(|exchange| touches(&exchange.request)).map(|exchange| exchange.user).collect()
    };
    let (mut reads, mut accounts) = (JoinSet::new(), Vec::with_capacity(touched.len()));
    for user in touched {
        if reads.len() >= CONCURRENCY {
            accounts.extend(reads.join_next().await.and_then(Result::ok).flatten());
        }
        let world = world.clone();
        reads.spawn_local(async move { account(&world, user).await });
    }
    while let Some(account) = reads.join_next().await {
        accounts.extend(account.ok().flatten());
    }
    accounts.sort_unstable_by_key(|account: &Account| account.user);
    accounts
}

async fn account(world: &World, user: u32) -> Option<Account> {
    let wallet = get(world, user, "/v1/wallet", show_wallet()).await?;
    let entries = get_all(world, user, "/v1/wallet/entries", list_wallet_entries()).await?;
    let payments = get_all(world, user, "/v1/payments", list_payments()).await?;
    let reservations = get_all(world, user, "/v1/reservations", list_reservations()).await?;
    let entry = |entry: WalletEntry| Entry { kind: entry.kind.to_string(), amount: entry.amount.amount };
    let payment = |payment: payments::Payment| Payment {
        id: payment.id.0,
        reservation: payment.reservation_id.0,
        amount: payment.amount.amount,
        is_completed: payment.status == PaymentStatus::Completed,
    };
    let reservation = |reservation: reservations::Reservation| Reservation {
        id: reservation.id.0,
        seats: reservation.seats.iter().map(|seat| seat.number).collect(),
        is_confirmed: reservation.status == ReservationStatus::Confirmed,
    };
    Some(Account {
        user,
        balance: wallet.balance.amount,
        entries: entries.into_iter().map(entry).collect(),
        payments: payments.into_iter().map(payment).collect(),
        reservations: reservations.into_iter().map(reservation).collect(),
    })
}

/// Returns the items of all pages of a list.
async fn get_all<T>(world: &World, user: u32, resource: &'static str, call: Call<Page<T>>) -> Option<Vec<T>> {
    let call = call.query("page_size", 200);
    let (mut items, mut cursor) = (Vec::new(), None);
    loop {
        let page = get(world, user, resource, call.clone().optional_query("cursor", cursor)).await?;
        items.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Some(items);
        }
    }
}

async fn get<T>(world: &World, user: u32, resource: &'static str, call: Call<T>) -> Option<T> {
    let jwt = world.jwts.borrow()[user as usize].clone();
    let context = RequestContext { user, key: 0, due: world.now() };
    call.read(&world.send(context, Request::Inspect(resource), &call, &jwt).await?).ok()
}

/// Has the server audit its store, with the access token of an operator, and returns the result as a verdict.
pub(crate) async fn audit(world: &World, operator: &str) -> Verdict {
    let promise = "the store's own audit finds no violations".to_owned();
    let Some(findings) = findings(world, operator).await else {
        let answer = world.history.borrow().last().map_or(Answer::Broken, |exchange| exchange.answer.clone());
        return Verdict { promise, looked_at: 0, violations: vec![format!("the audit is not available: {AUDITS} -> {answer}")] };
    };
    let broken = findings.iter().filter(|finding| finding.violations > 0);
    let violations = broken.map(|finding| format!("{} ({}): {} rows", finding.name, finding.promise, finding.violations)).collect();
    Verdict { promise, looked_at: findings.len() as u64, violations }
}

/// Starts an audit and waits for its end; returns none if it fails.
async fn findings(world: &World, operator: &str) -> Option<Vec<Finding>> {
    let context = || RequestContext { user: u32::MAX, key: 0, due: world.now() };
    let send = async |call: &Call<_>| world.send(context(), Request::Inspect(AUDITS), call, operator).await;
    let start = start_audit();
    let mut audit = start.read(&send(&start).await.filter(|reply| reply.status == 202)?).ok()?;
    let show = show_audit(audit.id);
    let mut misses = 0;
    while audit.status == AuditStatus::Running {
        sleep(POLL_INTERVAL).await;
        let reply = send(&show).await?;
        match reply.status {
            200 => audit = show.read(&reply).ok()?,
            // Behind a load balancer another instance may respond, which doesn't know the audit.
            404 if misses < MAX_MISSES => misses += 1,
            _ => return None,
        }
    }
    audit.findings
}
