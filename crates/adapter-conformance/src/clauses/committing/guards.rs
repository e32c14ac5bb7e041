//! The checks of a commit, guard by guard.

use domain::change::{Admission, Guard, RowWrite};
use domain::{
    Change, Concert, IdempotencyRecord, NewToken, Operation, Payment, Queue, QueueToken, Schedule, User, Version, Versioned, Wallet, Write,
    need,
};

use super::{about_to_pay, again};
use crate::Adapter;
use crate::world::{
    ADA, BEN, CONCERT, CYD, DAN, MOMENT, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, World, assert_committed, assert_conflict, guest,
};

/// Returns a change for each kind of row that can be written, which rewrites one row with the version that `expected` returns.
async fn rewrites(world: &World, expected: impl Fn(Version) -> Option<Version>) -> Vec<(&'static str, Change)> {
    let fixture = about_to_pay(world).await;
    world.commit(&fixture.pay).await.unwrap();
    let payment = fixture.pay.row::<Payment>().unwrap().row.id();
    let key = need::Key(fixture.pay.row::<IdempotencyRecord>().unwrap().row.scope.clone());
    let (key, token, paid) = world.find((key, need::Token(fixture.ada.token.unwrap()), need::Payment(payment))).await;
    let (token, paid) = (token.unwrap().token, paid.unwrap());
    assert_eq!(paid.reservation.reservation.id(), fixture.hold.id());
    let rows: [(&str, RowWrite); 6] = [
        ("token", rewrite(&token, &expected).into()),
        ("seat", rewrite(&paid.reservation.seats[0], &expected).into()),
        ("reservation", rewrite(&paid.reservation.reservation, &expected).into()),
        ("payment", rewrite(&paid.payment, &expected).into()),
        ("wallet", rewrite(&paid.wallet, &expected).into()),
        ("key", rewrite(&key.unwrap(), &expected).into()),
    ];
    rows.map(|(what, row)| (what, Change::default().writing(row))).into()
}

fn rewrite<T: Clone>(row: &Versioned<T>, expected: impl Fn(Version) -> Option<Version>) -> Write<T> {
    again(row, expected(row.version))
}

/// `commit`: a conflict, with nothing written, if the expected version of a row is older or newer than its version.
pub async fn another_version_of_a_row_is_a_conflict(adapter: &dyn Adapter) {
    for (what, other) in [("older", -1), ("newer", 1), ("much newer", 1_000)] {
        let world = World::with_halls(adapter, 4).await;
        let changes = rewrites(&world, |version| Some(Version(version.0 + other))).await;
        world.track(changes.iter().map(|(_, change)| change));
        let before = world.everything().await;
        for (row, change) in changes {
            assert_conflict(&world.commit(&change).await, &format!("the {row} at a {what} version"));
        }
        assert_eq!(world.everything().await, before);
    }
}

/// `commit`: the version of a written row is the expected one plus one, so a second write with the same expected version is a conflict.
pub async fn a_row_is_written_once_per_version(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    for (row, change) in rewrites(&world, Some).await {
        world.commit_and_read_back(&change).await;
        assert_conflict(&world.commit(&change).await, &format!("the {row} a second time"));
    }
}

/// `commit`: a conflict if a row to be inserted exists.
pub async fn an_insert_of_an_existing_row_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let mut inserts: Vec<_> = rewrites(&world, |_| None).await;
    inserts.retain(|(row, _)| !matches!(*row, "token" | "seat"));
    inserts.push(("user", Change::default().writing(Write::insert(User { id: BEN, name: None, created_at: world.now() }))));
    let cyds = world.joined(CYD).await;
    let token = NewToken { id: cyds, queue: OTHER_QUEUE, user: ADA, concert: None, joined_at: world.now() };
    inserts.push(("token of a join", Change::default().writing(Write::insert(token))));
    world.track(inserts.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (row, change) in inserts {
        assert_conflict(&world.commit(&change).await, &format!("a {row} that exists"));
        assert_eq!(world.everything().await, before, "{row}");
    }
    assert_eq!(world.join(ADA, Some(OTHER_CONCERT)).await.number(), 1, "no number must be taken");
}

/// `commit`: a conflict if a row to be updated doesn't exist.
pub async fn an_update_of_a_missing_row_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let mut changes = rewrites(&world, |_| Some(Version::FIRST)).await;
    for (_, change) in &mut changes {
        for write in &mut change.writes {
            match write {
                RowWrite::Token(token) => token.row = token.row.clone().with_place(|place| place.id = world.new_id()),
                RowWrite::Seat(seat) => seat.row = seat.row.clone().with_place(SCHEDULE, crate::world::seat_number(999)),
                RowWrite::Reservation(hold) => hold.row = hold.row.clone().with_id(world.new_id()),
                RowWrite::Payment(payment) => payment.row = payment.row.clone().with_id(world.new_id()),
                RowWrite::Wallet(wallet) => wallet.row = Wallet::new(world.new_id()),
                RowWrite::Key(key) => key.row.scope = world.new_key(ADA, Operation::Pay).scope,
                other => panic!("{other:?} is not expected"),
            }
        }
    }
    world.track(changes.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (row, change) in changes {
        assert_conflict(&world.commit(&change).await, &format!("a {row} that doesn't exist"));
    }
    assert_eq!(world.everything().await, before);
}

/// `commit`: a conflict if a checked row has another version or doesn't exist.
pub async fn another_version_of_a_checked_row_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let guards = |version| [Guard::Queue(OTHER_QUEUE, version), Guard::Concert(CONCERT, version), Guard::Schedule(SCHEDULE, version)];
    let unknown = [
        Guard::Queue(world.new_id(), Version::FIRST),
        Guard::Concert(world.new_id(), Version::FIRST),
        Guard::Schedule(world.new_id(), Version::FIRST),
    ];
    for wrong in [guards(Version(0)), guards(Version(2)), unknown].concat() {
        let mut charge = world.change_of(&world.a_charge(ADA, 1)).await;
        charge.rely_on(wrong);
        assert_conflict(&world.commit(&charge).await, &format!("{wrong:?}"));
        let alone = Change::default().relying_on(wrong);
        assert_conflict(&world.commit(&alone).await, &format!("{wrong:?} alone"));
    }
    let right = Change { guards: guards(Version::FIRST).to_vec(), ..Change::default() };
    assert_committed(&world.commit(&right).await, "all versions are current");
    assert_eq!(world.ports.wallets.wallet(ADA).await.unwrap(), None);
}

/// `commit`: a check doesn't change the row's version: changes that check the same row are committed together.
pub async fn a_checked_row_keeps_its_version(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let (adas, bens) = (world.a_hold(ada, SCHEDULE, &[1]), world.a_hold(ben, SCHEDULE, &[2]));
    let holds = [world.change_of(&adas).await, world.change_of(&bens).await];
    assert!(holds.iter().all(|hold| hold.guards.len() == 3));
    assert!(world.commit_group(&holds).await.iter().all(Result::is_ok));
    assert_eq!(world.concert(CONCERT).await.unwrap().version, Version::FIRST);
    assert_eq!(world.schedule(SCHEDULE).await.unwrap().version, Version::FIRST);
    assert_eq!(world.queue(Queue::DEFAULT).await.unwrap().version, Version::FIRST);
}

/// `commit`: if one change of a group writes a row that another one relies on, the later one is a conflict, for every kind of row.
pub async fn a_write_and_a_guard_of_one_row_conflict_in_a_group(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let (queue, concert) = (world.queue(OTHER_QUEUE).await.unwrap(), world.concert(CONCERT).await.unwrap());
    let schedule = world.schedule(SCHEDULE).await.unwrap();
    let rows: [(&str, Guard, RowWrite); 3] = [
        ("queue", Guard::Queue(queue.id(), queue.version), Write::update(&queue, queue.row.clone()).into()),
        ("concert", Guard::Concert(concert.id(), concert.version), Write::update(&concert, concert.row.clone()).into()),
        ("schedule", Guard::Schedule(schedule.id(), schedule.version), Write::update(&schedule, schedule.row.clone()).into()),
    ];
    for (what, guard, write) in rows {
        let relies = world.change_of(&world.a_charge(ADA, 5)).await.relying_on(guard);
        let [first, second] = &world.commit_group(&[Change::default().writing(write.clone()), relies]).await[..] else {
            panic!("two results")
        };
        assert_committed(first, what);
        assert_conflict(second, what);
        let again = write_again(&write);
        let relies = world.change_of(&world.a_charge(BEN, 5)).await.relying_on(newer(guard));
        let [first, second] = &world.commit_group(&[relies, again]).await[..] else { panic!("two results") };
        assert_committed(first, what);
        assert_conflict(second, what);
    }
    assert_eq!(world.ports.wallets.wallet(ADA).await.unwrap(), None);
    assert_eq!(world.balance(BEN).await, 15);
    assert_eq!(world.concert(CONCERT).await.unwrap().version, Version(2), "only the first group wrote it");
}

/// Returns the same write, for the version that `write` has created.
fn write_again(write: &RowWrite) -> Change {
    let mut again = Change::default().writing(write.clone());
    again.rows_mut::<Queue>().for_each(|queue| queue.expected = Some(Version(2)));
    again.rows_mut::<Concert>().for_each(|concert| concert.expected = Some(Version(2)));
    again.rows_mut::<Schedule>().for_each(|schedule| schedule.expected = Some(Version(2)));
    again
}

/// Returns the guard of the same row at its second version.
fn newer(guard: Guard) -> Guard {
    match guard {
        Guard::Queue(id, _) => Guard::Queue(id, Version(2)),
        Guard::Concert(id, _) => Guard::Concert(id, Version(2)),
        Guard::Schedule(id, _) => Guard::Schedule(id, Version(2)),
        other @ (Guard::NoLiveHold(_) | Guard::NoLiveToken(..) | Guard::MaxWaiting(..)) => other,
    }
}

/// `commit`: if one change of a group inserts into a set that another one requires to be empty, the later one is a conflict: a hold of a
/// concert and a [`Guard::NoLiveHold`] of it, a join for a concert and a [`Guard::NoLiveToken`] of it. Changes that insert don't conflict.
pub async fn an_insert_and_a_guard_of_an_empty_set_conflict_in_a_group(adapter: &dyn Adapter) {
    for adding_first in [true, false] {
        let world = World::with_halls(adapter, 4).await;
        let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
        let mut hold = world.change_of(&world.a_hold(ada, SCHEDULE, &[1])).await;
        let mut another = world.change_of(&world.a_hold(ben, SCHEDULE, &[2])).await;
        let mut join = world.change_of(&world.a_join(CYD, Some(CONCERT))).await;
        let mut follower = world.change_of(&world.a_join(world.new_id(), Some(CONCERT))).await;
        // Only the set can cause a conflict.
        for change in [&mut hold, &mut another, &mut join, &mut follower] {
            change.guards.retain(|guard| !matches!(guard, Guard::Concert(..)));
        }
        let no_hold = world.change_of(&world.a_charge(DAN, 1)).await.relying_on(Guard::NoLiveHold(CONCERT));
        let no_token = world.change_of(&world.a_charge(guest(8), 1)).await.relying_on(Guard::NoLiveToken(OTHER_QUEUE, CONCERT));
        let no_token_here = world.change_of(&world.a_charge(guest(9), 1)).await.relying_on(Guard::NoLiveToken(Queue::DEFAULT, CONCERT));
        for (adding, adding_too, wants_empty) in [(hold, another, no_hold), (join, follower, no_token_here)] {
            let group = if adding_first { [adding, adding_too, wants_empty] } else { [wants_empty, adding, adding_too] };
            let committed: Vec<bool> = world.commit_group(&group).await.iter().map(Result::is_ok).collect();
            assert_eq!(committed, if adding_first { [true, true, false] } else { [true, false, false] });
        }
        assert_committed(&world.commit(&no_token).await, "the concert has no token in another queue");
        world.assert_audit_is_clean().await;
    }
}

/// `commit`: a conflict if the admission version differs; it increments for each queue separately.
pub async fn another_admission_version_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let admit = |queue, version| Change::default().writing(Write { expected: Some(Version(version)), row: Admission::new(queue) });
    for wrong in [0, 2, 99] {
        assert_conflict(&world.commit(&admit(Queue::DEFAULT, wrong)).await, "another version");
    }
    assert_committed(&world.commit(&admit(Queue::DEFAULT, 1)).await, "the first");
    assert_conflict(&world.commit(&admit(Queue::DEFAULT, 1)).await, "the first again");
    assert_committed(&world.commit(&admit(Queue::DEFAULT, 2)).await, "the second");
    assert_committed(&world.commit(&admit(OTHER_QUEUE, 1)).await, "another queue");
    assert_conflict(&world.commit(&admit(world.new_id(), 1)).await, "an unknown queue");
    assert_eq!((admission(&world, Queue::DEFAULT).await, admission(&world, OTHER_QUEUE).await), (Some(Version(3)), Some(Version(2))));
}

async fn admission(world: &World, queue: domain::QueueId) -> Option<Version> {
    world.find(need::QueueHead { queue, at_most: 0 }).await.map(|line| line.admission.version)
}

/// `commit`: joins, holds and payments don't change the admission version, so many joins can't starve the tick.
pub async fn only_a_tick_increments_the_admission_version(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    world.joined(ADA).await;
    let (tick, _) = world.change_of_tick(Queue::DEFAULT).await.unwrap();
    world.joined(BEN).await;
    world.join(CYD, Some(OTHER_CONCERT)).await;
    assert_committed(&world.commit(&tick).await, "a tick after joins");
    assert_eq!(admission(&world, Queue::DEFAULT).await, Some(Version(2)));
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let before = admission(&world, Queue::DEFAULT).await;
    let hold = world.held(ada, SCHEDULE, &[1]).await;
    world.charged(ADA, 50_000).await;
    world.paid(ada, hold.id()).await;
    world.left(BEN, ben.token.unwrap()).await;
    assert_eq!(admission(&world, Queue::DEFAULT).await, before);
}

/// `commit`: a conflict if the user of a join has a live token in that queue that the change doesn't end; a lapsed row is live.
pub async fn a_join_beside_a_live_token_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let token_for = |user, queue| NewToken { id: world.new_id(), queue, user, concert: None, joined_at: world.now() };
    let join = |token: NewToken| Change::default().writing(Write::insert(token));
    world.charged(BEN, 1).await;
    let token = world.joined(ADA).await;
    assert_conflict(&world.commit(&join(token_for(ADA, Queue::DEFAULT))).await, "beside a waiting token");
    world.tick(Queue::DEFAULT).await;
    assert_conflict(&world.commit(&join(token_for(ADA, Queue::DEFAULT))).await, "beside an active token");
    world.pass_seconds(120);
    assert_conflict(&world.commit(&join(token_for(ADA, Queue::DEFAULT))).await, "beside a lapsed token");
    let mut rewriting = join(token_for(ADA, Queue::DEFAULT));
    rewriting.write(Write::update(&world.token(token).await, world.token(token).await.row));
    assert_conflict(&world.commit(&rewriting).await, "a change that writes the live token and doesn't end it");
    assert_eq!(world.token(token).await.version, Version(2));

    assert_eq!(world.commit(&join(token_for(ADA, OTHER_QUEUE))).await.unwrap().number, Some(1), "in another queue");
    assert_eq!(world.commit(&join(token_for(BEN, Queue::DEFAULT))).await.unwrap().number, Some(2), "another user");
    let ending = world.change_of(&world.a_join(ADA, None)).await;
    assert_eq!(ending.rows::<QueueToken>().count(), 1);
    assert_eq!(world.commit(&ending).await.unwrap().number, Some(3), "a change that ends it");
    world.assert_audit_is_clean().await;
}

/// `commit`: a conflict if the store's clock, read after the guards are secured, is at or past `not_after`.
pub async fn a_change_past_its_deadline_is_a_conflict(adapter: &dyn Adapter) {
    for (what, late, in_time) in [("a moment before", -1, true), ("exactly at", 0, false), ("a moment after", 1, false)] {
        let world = World::with_halls(adapter, 4).await;
        let mut change = world.change_of(&world.a_charge(ADA, 500)).await;
        let deadline = world.now() + time::Duration::SECOND;
        change.not_after(deadline);
        world.clock.advance(deadline - world.now() + MOMENT * late);
        assert_eq!(world.commit(&change).await.is_ok(), in_time, "{what} the deadline");
        assert_eq!(world.ports.wallets.wallet(ADA).await.unwrap().is_some(), in_time, "{what} the deadline");
    }
}

/// `commit`: a process that was paused between load and commit can't pay for a hold that has lapsed, or hold, claim or leave with a token
/// that has lapsed.
pub async fn a_decision_on_lapsed_rows_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    world.charged(ADA, 50_000).await;
    let hold = world.held(ada, SCHEDULE, &[1]).await;
    let late = [
        ("a payment", world.change_of(&world.a_payment(ada, hold.id())).await),
        ("a release", world.change_of(&world.a_release(ADA, hold.id())).await),
        ("a first hold", world.change_of(&world.a_hold(ben, SCHEDULE, &[2])).await),
        ("a first claim", world.change_of(&world.a_claim(ben, None)).await),
        ("a leave", world.change_of(&world.a_leave(BEN, ben.token.unwrap())).await),
    ];
    world.pass_seconds(300);
    world.track(late.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (what, change) in &late {
        assert_conflict(&world.commit(change).await, what);
    }
    assert_eq!(world.everything().await, before);
}
