//! Commits: atomic, and guarded by the rows that the decision relied on.

mod group;
mod guards;
mod keys;
mod limits;
mod numbers;
mod whole;

pub use group::*;
pub use guards::*;
pub use keys::*;
pub use limits::*;
pub use numbers::*;
pub use whole::*;

use domain::change::{Admission, Guard, RowKind};
use domain::decide::admin::queue;
use domain::decide::admission::Pass;
use domain::{
    AuditEntry, Change, IdempotencyRecord, NewToken, Payment, Queue, QueueToken, QueueTransition, Reservation, Seat, User, Version,
    Versioned, Wallet, WalletEntry, Write,
};
use time::Duration;

use crate::world::{ADA, BEN, CONCERT, CYD, OTHER_QUEUE, SCHEDULE, World};

/// A payment of Ada's that is not committed yet, which writes a row of almost every kind. Ben has bought a seat before, and Cyd waits.
pub(super) struct AboutToPay {
    pub(super) ada: Pass,
    pub(super) hold: Reservation,
    pub(super) pay: Change,
}

pub(super) async fn about_to_pay(world: &World) -> AboutToPay {
    world.bought(BEN, SCHEDULE, &[4]).await;
    let ada = world.admitted(ADA).await;
    world.joined(CYD).await;
    world.charged(ADA, 100_000).await;
    let hold = world.held(ada, SCHEDULE, &[1, 2]).await;
    let pay = world.change_of(&world.a_payment(ada, hold.id())).await;
    AboutToPay { ada, hold, pay }
}

/// Returns copies of `change`, each with one guard that fails, and a description; one copy for each kind of guard.
pub(super) async fn with_failing_guards(world: &World, change: &Change) -> Vec<(&'static str, Change)> {
    let mut variants = Vec::new();
    let mut add = |what, alter: &dyn Fn(&mut Change)| {
        let mut variant = change.clone();
        alter(&mut variant);
        variants.push((what, variant));
    };
    add("a token's version", &|change| stale::<QueueToken>(change));
    add("a seat's version", &|change| stale::<Seat>(change));
    add("the last seat's version", &|change| change.rows_mut::<Seat>().last().unwrap().expected = Some(Version(99)));
    add("a reservation's version", &|change| stale::<Reservation>(change));
    add("a wallet's version", &|change| stale::<Wallet>(change));
    add("a queue's version", &|change| change.rely_on(Guard::Queue(Queue::DEFAULT, Version(2))));
    add("a concert's version", &|change| change.rely_on(Guard::Concert(CONCERT, Version(2))));
    add("a schedule's version", &|change| change.rely_on(Guard::Schedule(SCHEDULE, Version(2))));
    add("an admission version", &|change| change.write(Write { expected: Some(Version(99)), row: Admission::new(Queue::DEFAULT) }));
    add("a deadline", &|change| change.not_after = Some(world.now()));
    add("a deadline a day ago", &|change| change.not_after = Some(world.now() - Duration::days(1)));
    add("a user that exists", &|change| change.write(Write::insert(User { id: BEN, name: None, created_at: world.now() })));
    let token = NewToken { id: world.new_id(), queue: Queue::DEFAULT, user: CYD, concert: None, joined_at: world.now() };
    add("a join beside a live token", &|change| change.write(Write::insert(token.clone())));
    let old = world.ports.reservations.payments(BEN, application::PageRequest { after: None, size: 1 }).await.unwrap().remove(0);
    add("a payment that exists", &|change| alter::<Payment>(change, |payment| payment.with_id(old.id())));
    let other = world.ports.reservations.reservation(old.reservation()).await.unwrap().unwrap();
    add("a reservation that exists", &|change| change.write(Write::insert(other.clone())));
    let used = world.a_charge(BEN, 1);
    world.run(&used).await.unwrap();
    add("a key that exists", &|change| row_of::<IdempotencyRecord>(change).scope = used.idempotency.scope.clone());
    add("a wallet entry's id that exists", &|change| alter::<WalletEntry>(change, |entry| entry.with_id(used.id)));
    let pause = queue::Take { order: world.an_order(CYD), id: OTHER_QUEUE, step: QueueTransition::Pause };
    let audited = world.change_of(&pause).await.row::<AuditEntry>().cloned().unwrap();
    world.run(&pause).await.unwrap();
    add("an audit entry that exists", &|change| change.write(audited.clone()));
    variants
}

/// Changes the expected version of the first row of a kind.
fn stale<K: RowKind>(change: &mut Change) {
    let write = change.rows_mut::<K>().next().unwrap();
    write.expected = write.expected.map(Version::next);
}

/// Returns the only row of a kind, to be changed.
pub(super) fn row_of<K: RowKind>(change: &mut Change) -> &mut K {
    &mut change.rows_mut().next().unwrap().row
}

/// Applies `alter` to each row of a kind.
pub(super) fn alter<K: RowKind + Clone>(change: &mut Change, alter: impl Fn(K) -> K) {
    change.rows_mut::<K>().for_each(|write| write.row = alter(write.row.clone()));
}

/// Writes the row again, as if it had been read with the `expected` version; `None`: as if it didn't exist.
fn again<T: Clone>(row: &Versioned<T>, expected: Option<Version>) -> Write<T> {
    Write { expected, row: row.row.clone() }
}
