//! Commits: whole or not at all, guarded by what the decision relied on.

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
    AuditEntry, Change, IdempotencyRecord, NewToken, Payment, Queue, QueueStep, QueueToken, Reservation, Seat, User, Version, Versioned,
    Wallet, WalletEntry, Write,
};
use time::Duration;

use crate::world::{ADA, BEN, CONCERT, CYD, OTHER_QUEUE, SCHEDULE, World};

/// Ada is about to pay: a change that writes a row of almost every sort. Ben has bought a seat before, and Cyd waits.
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

/// `change`, spoilt by one guard that doesn't hold; in as many ways as there are guards.
pub(super) async fn spoilt(world: &World, change: &Change) -> Vec<(&'static str, Change)> {
    let mut ways = Vec::new();
    let mut spoil = |what, spoil: &dyn Fn(&mut Change)| {
        let mut spoilt = change.clone();
        spoil(&mut spoilt);
        ways.push((what, spoilt));
    };
    spoil("a token's version", &|change| stale::<QueueToken>(change));
    spoil("a seat's version", &|change| stale::<Seat>(change));
    spoil("the last seat's version", &|change| change.rows_mut::<Seat>().last().unwrap().expected = Some(Version(99)));
    spoil("a reservation's version", &|change| stale::<Reservation>(change));
    spoil("a wallet's version", &|change| stale::<Wallet>(change));
    spoil("a queue's version", &|change| change.rely_on(Guard::Queue(Queue::DEFAULT, Version(2))));
    spoil("a concert's version", &|change| change.rely_on(Guard::Concert(CONCERT, Version(2))));
    spoil("a date's version", &|change| change.rely_on(Guard::Schedule(SCHEDULE, Version(2))));
    spoil("an admission version", &|change| change.write(Write { expected: Some(Version(99)), row: Admission(Queue::DEFAULT) }));
    spoil("a deadline", &|change| change.not_after = Some(world.now()));
    spoil("a deadline long gone", &|change| change.not_after = Some(world.now() - Duration::days(1)));
    spoil("a user who exists", &|change| change.write(Write::insert(User { id: BEN, name: None, created_at: world.now() })));
    let place = NewToken { id: world.new_id(), queue: Queue::DEFAULT, user: CYD, concert: None, joined_at: world.now() };
    spoil("a join beside a live token", &|change| change.write(Write::insert(place.clone())));
    let old = world.ports.reservations.payments(BEN, application::PageRequest { after: None, size: 1 }).await.unwrap().remove(0);
    spoil("a payment that exists", &|change| alter::<Payment>(change, |payment| payment.with_id(old.id())));
    let other = world.ports.reservations.reservation(old.reservation()).await.unwrap().unwrap();
    spoil("a reservation that exists", &|change| change.write(Write::insert(other.clone())));
    let used = world.a_charge(BEN, 1);
    world.run(&used).await.unwrap();
    spoil("a key that exists", &|change| the::<IdempotencyRecord>(change).scope = used.idempotency.scope.clone());
    spoil("a wallet entry's id that exists", &|change| alter::<WalletEntry>(change, |entry| entry.with_id(used.id)));
    let pause = queue::Take { order: world.an_order(CYD), id: OTHER_QUEUE, step: QueueStep::Pause };
    let audited = world.change_of(&pause).await.row::<AuditEntry>().cloned().unwrap();
    world.run(&pause).await.unwrap();
    spoil("an audit entry that exists", &|change| change.write(audited.clone()));
    ways
}

/// The first of the rows of one kind is expected at another version.
fn stale<K: RowKind>(change: &mut Change) {
    let write = change.rows_mut::<K>().next().unwrap();
    write.expected = write.expected.map(Version::next);
}

/// The only row of a kind, to be changed.
pub(super) fn the<K: RowKind>(change: &mut Change) -> &mut K {
    &mut change.rows_mut().next().unwrap().row
}

/// The rows of a kind, each as `alter` makes it.
pub(super) fn alter<K: RowKind + Clone>(change: &mut Change, alter: impl Fn(K) -> K) {
    change.rows_mut::<K>().for_each(|write| write.row = alter(write.row.clone()));
}

/// The row once more, as if it had been read with another version; none: as if it weren't there.
fn again<T: Clone>(row: &Versioned<T>, expected: Option<Version>) -> Write<T> {
    Write { expected, row: row.row.clone() }
}
