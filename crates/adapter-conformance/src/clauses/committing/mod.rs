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

use domain::change::Check;
use domain::decide::admission::Pass;
use domain::decide::desk::queue;
use domain::{Change, NewToken, Queue, QueueStep, Reservation, User, Version, Versioned, Write};
use time::Duration;

use crate::world::{ADA, BEN, CONCERT, CYD, DATE, OTHER_QUEUE, World};

/// Ada is about to pay: a change that writes a row of almost every sort. Ben has bought a seat before, and Cyd waits.
pub(super) struct AboutToPay {
    pub(super) ada: Pass,
    pub(super) hold: Reservation,
    pub(super) pay: Change,
}

pub(super) async fn about_to_pay(world: &World) -> AboutToPay {
    world.bought(BEN, DATE, &[4]).await;
    let ada = world.admitted(ADA).await;
    world.joined(CYD).await;
    world.charged(ADA, 100_000).await;
    let hold = world.held(ada, DATE, &[1, 2]).await;
    let pay = world.change_of(&world.a_payment(ada, hold.id)).await;
    AboutToPay { ada, hold, pay }
}

/// `change`, spoilt by one guard that doesn't hold; in as many ways as there are guards.
async fn spoilt(world: &World, change: &Change) -> Vec<(&'static str, Change)> {
    let mut ways = Vec::new();
    let mut spoil = |what, spoil: &dyn Fn(&mut Change)| {
        let mut spoilt = change.clone();
        spoil(&mut spoilt);
        ways.push((what, spoilt));
    };
    spoil("a token's version", &|change| stale(&mut change.tokens[0]));
    spoil("a seat's version", &|change| stale(&mut change.seats[0]));
    spoil("the last seat's version", &|change| stale(change.seats.last_mut().unwrap()));
    spoil("a reservation's version", &|change| stale(&mut change.reservations[0]));
    spoil("a wallet's version", &|change| stale(change.wallet.as_mut().unwrap()));
    spoil("a queue's version", &|change| change.checks.push(Check::Queue(Queue::DEFAULT, Version(2))));
    spoil("a concert's version", &|change| change.checks.push(Check::Concert(CONCERT, Version(2))));
    spoil("a date's version", &|change| change.checks.push(Check::Schedule(DATE, Version(2))));
    spoil("an admission version", &|change| change.admission = Some((Queue::DEFAULT, Version(99))));
    spoil("a deadline", &|change| change.not_after = Some(world.now()));
    spoil("a deadline long gone", &|change| change.not_after = Some(world.now() - Duration::days(1)));
    spoil("a user who exists", &|change| change.user = Some(User { id: BEN, name: None, created_at: world.now() }));
    let place = NewToken { id: world.new_id(), queue: Queue::DEFAULT, user: CYD, concert: None, joined_at: world.now() };
    spoil("a join beside a live token", &|change| change.join = Some(place.clone()));
    let old = world.ports.bookings.payments(BEN, application::PageRequest { after: None, size: 1 }).await.unwrap().remove(0);
    spoil("a payment that exists", &|change| change.payment.as_mut().unwrap().row.id = old.id);
    let other = world.ports.bookings.reservation(old.reservation).await.unwrap().unwrap();
    spoil("a reservation that exists", &|change| change.reservations.push(Write::insert(other.clone())));
    let used = world.a_charge(BEN, 1);
    world.run(&used).await.unwrap();
    spoil("a key that exists", &|change| change.key.as_mut().unwrap().row.scope = used.keyed.scope.clone());
    spoil("a wallet entry's id that exists", &|change| change.entry.as_mut().unwrap().id = used.id);
    let pause = queue::Take { order: world.an_order(CYD), id: OTHER_QUEUE, step: QueueStep::Pause };
    let audited = world.change_of(&pause).await.deed;
    world.run(&pause).await.unwrap();
    spoil("an audit entry that exists", &|change| change.deed.clone_from(&audited));
    ways
}

fn stale<T>(write: &mut Write<T>) {
    write.expected = write.expected.map(Version::next);
}

/// The row once more, as if it had been read with another version; none: as if it weren't there.
fn again<T: Clone>(row: &Versioned<T>, expected: Option<Version>) -> Write<T> {
    Write { expected, row: row.row.clone() }
}
