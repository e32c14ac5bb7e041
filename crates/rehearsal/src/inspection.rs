//! What the referee asks for at the end: every account that the crowd has touched, and the store's own audit.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use crate::account::{Account, Entry, Payment, Reservation};
use crate::history::{Answer, Asked};
use crate::reading::{AuditBody, EntryBody, ListBody, PaymentBody, ReservationBody, WalletBody, read};
use crate::record::Verdict;
use crate::wire::Call;
use crate::world::{Asking, World};

/// So many accounts are looked at at once.
const AT_ONCE: usize = 64;

/// The accounts of all who touched money or seats; one that can't be looked at is missing.
pub(crate) async fn accounts(world: &Rc<World>) -> Vec<Account> {
    let touched: BTreeSet<u32> = {
        let history = world.history.borrow();
        let touches = |asked: &Asked| matches!(asked, Asked::Hold(_) | Asked::Charge(_) | Asked::Pay(_));
        history.iter().filter(|exchange| touches(&exchange.asked)).map(|exchange| exchange.user).collect()
    };
    let (mut looking, mut accounts) = (JoinSet::new(), Vec::with_capacity(touched.len()));
    for user in touched {
        if looking.len() >= AT_ONCE {
            accounts.extend(looking.join_next().await.and_then(Result::ok).flatten());
        }
        let world = world.clone();
        looking.spawn_local(async move { account(&world, user).await });
    }
    while let Some(account) = looking.join_next().await {
        accounts.extend(account.ok().flatten());
    }
    accounts.sort_unstable_by_key(|account: &Account| account.user);
    accounts
}

async fn account(world: &World, user: u32) -> Option<Account> {
    let wallet: WalletBody = get(world, user, "/v1/wallet", "/v1/wallet").await?;
    let entries: Vec<EntryBody> = all(world, user, "/v1/wallet/entries").await?;
    let payments: Vec<PaymentBody> = all(world, user, "/v1/payments").await?;
    let reservations: Vec<ReservationBody> = all(world, user, "/v1/reservations").await?;
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

/// Every page of a list.
async fn all<T: DeserializeOwned>(world: &World, user: u32, what: &'static str) -> Option<Vec<T>> {
    let (mut items, mut path) = (Vec::new(), format!("{what}?page_size=200"));
    loop {
        let page: ListBody<T> = get(world, user, what, &path).await?;
        items.extend(page.items);
        let Some(cursor) = page.next_cursor else { return Some(items) };
        path = format!("{what}?page_size=200&cursor={cursor}");
    }
}

async fn get<T: DeserializeOwned>(world: &World, user: u32, what: &'static str, path: &str) -> Option<T> {
    let call = Call::get(path).by(&world.jwts.borrow()[user as usize]);
    let asking = Asking { user, key: 0, due: world.now() };
    let reply = world.ask(asking, Asked::Inspect(what), &call).await?;
    read(&reply.body)
}

/// What the store says of itself, to the operator whose access token that is.
pub(crate) async fn audit(world: &World, operator: &str) -> Verdict {
    let what = "/v1/admin/audit";
    let asking = Asking { user: u32::MAX, key: 0, due: world.now() };
    let reply = world.ask(asking, Asked::Inspect(what), &Call::get(what).by(operator)).await;
    let audit = reply.filter(|reply| reply.status == 200).and_then(|reply| read::<AuditBody>(&reply.body));
    let promise = "the store's own audit holds".to_owned();
    let Some(audit) = audit else {
        let answer = world.history.borrow().last().map_or(Answer::Broken, |exchange| exchange.answer.clone());
        return Verdict { promise, looked_at: 0, violations: vec![format!("there is no audit: GET {what} -> {answer}")] };
    };
    let broken = audit.findings.iter().filter(|finding| finding.violations > 0);
    let violations = broken.map(|finding| format!("{} ({}): {} rows", finding.name, finding.promise, finding.violations)).collect();
    Verdict { promise, looked_at: audit.findings.len() as u64, violations }
}
