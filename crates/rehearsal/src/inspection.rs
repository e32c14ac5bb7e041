//! The requests of the checker at the end: the account of every user who touched money or seats, and the store's own audit.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::account::{Account, Entry, Payment, Reservation};
use crate::history::{Answer, Request};
use crate::reading::{AuditBody, EntryBody, FindingBody, ListBody, PaymentBody, ReservationBody, WalletBody, read};
use crate::record::Verdict;
use crate::wire::Call;
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
    let wallet: WalletBody = get(world, user, "/v1/wallet", "/v1/wallet").await?;
    let entries: Vec<EntryBody> = get_all(world, user, "/v1/wallet/entries").await?;
    let payments: Vec<PaymentBody> = get_all(world, user, "/v1/payments").await?;
    let reservations: Vec<ReservationBody> = get_all(world, user, "/v1/reservations").await?;
    let payment = |body: PaymentBody| Payment {
        id: body.id,
        reservation: body.reservation_id,
        amount: body.amount.amount,
        is_completed: body.status == "COMPLETED",
    };
    let reservation = |body: ReservationBody| Reservation {
        id: body.id,
        seats: body.seats.iter().map(|seat| seat.number).collect(),
        is_confirmed: body.status == "CONFIRMED",
    };
    Some(Account {
        user,
        balance: wallet.balance.amount,
        entries: entries.into_iter().map(|body| Entry { kind: body.kind, amount: body.amount.amount }).collect(),
        payments: payments.into_iter().map(payment).collect(),
        reservations: reservations.into_iter().map(reservation).collect(),
    })
}

/// Returns the items of all pages of a list.
async fn get_all<T: DeserializeOwned>(world: &World, user: u32, resource: &'static str) -> Option<Vec<T>> {
    let (mut items, mut path) = (Vec::new(), format!("{resource}?page_size=200"));
    loop {
        let page: ListBody<T> = get(world, user, resource, &path).await?;
        items.extend(page.items);
        let Some(cursor) = page.next_cursor else { return Some(items) };
        path = format!("{resource}?page_size=200&cursor={cursor}");
    }
}

async fn get<T: DeserializeOwned>(world: &World, user: u32, resource: &'static str, path: &str) -> Option<T> {
    let call = Call::get(path).with_jwt(&world.jwts.borrow()[user as usize]);
    let context = RequestContext { user, key: 0, due: world.now() };
    let reply = world.send(context, Request::Inspect(resource), &call).await?;
    read(&reply.body)
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
async fn findings(world: &World, operator: &str) -> Option<Vec<FindingBody>> {
    let context = || RequestContext { user: u32::MAX, key: 0, due: world.now() };
    let send = async |call: Call| world.send(context(), Request::Inspect(AUDITS), &call.with_jwt(operator)).await;
    let started = send(Call::post(AUDITS, String::new())).await.filter(|reply| reply.status == 202)?;
    let mut audit: AuditBody = read(&started.body)?;
    let path = format!("{AUDITS}/{}", audit.id);
    let mut misses = 0;
    while audit.status == "RUNNING" {
        sleep(POLL_INTERVAL).await;
        let reply = send(Call::get(path.clone())).await?;
        match reply.status {
            200 => audit = read(&reply.body)?,
            // Behind a load balancer another instance may respond, which doesn't know the audit.
            404 if misses < MAX_MISSES => misses += 1,
            _ => return None,
        }
    }
    audit.findings
}
