//! What a commit checks, guard by guard.

use application::ports::Load;
use domain::change::Check;
use domain::{Change, NewToken, Queue, Route, User, Version, Versioned, Wallet, Write};

use super::{about_to_pay, again};
use crate::Adapter;
use crate::world::{ADA, BEN, CONCERT, CYD, DATE, MOMENT, OTHER_CONCERT, OTHER_QUEUE, World, assert_committed, assert_conflict};

/// One row of every sort that can be written, alone in a change, if it is expected at another version.
async fn rewrites(world: &World, expected: impl Fn(Version) -> Option<Version>) -> Vec<(&'static str, Change)> {
    let scene = about_to_pay(world).await;
    world.commit(&scene.pay).await.unwrap();
    let payment = scene.pay.payment.clone().unwrap().row.id;
    let key = scene.pay.key.clone().unwrap().row.scope;
    let seen = world.load(Load::Pay { key, token: scene.ada.token, reservation: scene.hold.id }).await;
    let refund = world.load(Load::Refund { key: world.new_key(ADA, Route::Refunds).scope, payment }).await;
    let change = Change::default;
    vec![
        ("token", Change { tokens: vec![rewrite(&seen.tokens[0], &expected)], ..change() }),
        ("seat", Change { seats: vec![rewrite(&seen.seats[0], &expected)], ..change() }),
        ("reservation", Change { reservations: vec![rewrite(&seen.reservations[0], &expected)], ..change() }),
        ("payment", Change { payment: refund.payment.map(|payment| rewrite(&payment, &expected)), ..change() }),
        ("wallet", Change { wallet: seen.wallet.map(|wallet| rewrite(&wallet, &expected)), ..change() }),
        ("key", Change { key: seen.key.map(|key| rewrite(&key, &expected)), ..change() }),
    ]
}

fn rewrite<T: Clone>(row: &Versioned<T>, expected: impl Fn(Version) -> Option<Version>) -> Write<T> {
    again(row, expected(row.version))
}

/// `commit`: a conflict, with nothing written, if a row has another version than expected, older or newer.
pub async fn another_version_of_a_row_is_a_conflict(adapter: &dyn Adapter) {
    for (what, other) in [("older", -1), ("newer", 1), ("much newer", 1_000)] {
        let world = World::with_halls(adapter, 4).await;
        let changes = rewrites(&world, |version| Some(Version(version.0 + other))).await;
        world.note(changes.iter().map(|(_, change)| change));
        let before = world.everything().await;
        for (row, change) in changes {
            assert_conflict(&world.commit(&change).await, &format!("a {row} that is {what}"));
        }
        assert_eq!(world.everything().await, before);
    }
}

/// `commit`: a written row's version is the expected one plus one, and the expected one is then no more.
pub async fn a_row_is_written_once_under_a_version(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    for (row, change) in rewrites(&world, Some).await {
        world.commit_and_read_back(&change).await;
        assert_conflict(&world.commit(&change).await, &format!("the {row} a second time"));
    }
}

/// `commit`: a conflict if a row to be inserted exists.
pub async fn an_insert_of_what_exists_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let mut inserts: Vec<_> = rewrites(&world, |_| None).await;
    inserts.retain(|(row, _)| !matches!(*row, "token" | "seat"));
    inserts.push(("user", Change { user: Some(User { id: BEN, name: None, created_at: world.now() }), ..Change::default() }));
    let cyds = world.joined(CYD).await;
    let place = NewToken { id: cyds, queue: OTHER_QUEUE, user: ADA, concert: None, joined_at: world.now() };
    inserts.push(("token of a join", Change { join: Some(place), ..Change::default() }));
    world.note(inserts.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (row, change) in inserts {
        assert_conflict(&world.commit(&change).await, &format!("a {row} that exists"));
        assert_eq!(world.everything().await, before, "{row}");
    }
    assert_eq!(world.join(ADA, Some(OTHER_CONCERT)).await.number, 1, "no number was taken");
}

/// `commit`: a row that isn't there has no version that could be expected.
pub async fn an_update_of_what_does_not_exist_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let mut changes = rewrites(&world, |_| Some(Version::FIRST)).await;
    for (_, change) in &mut changes {
        change.tokens.iter_mut().for_each(|token| token.row.id = world.new_id());
        change.seats.iter_mut().for_each(|seat| seat.row.number = crate::world::seat_number(999));
        change.reservations.iter_mut().for_each(|reservation| reservation.row.id = world.new_id());
        change.payment.iter_mut().for_each(|payment| payment.row.id = world.new_id());
        change.wallet.iter_mut().for_each(|wallet| wallet.row = Wallet::new(world.new_id()));
        change.key.iter_mut().for_each(|key| key.row.scope = world.new_key(ADA, Route::Payments).scope);
    }
    world.note(changes.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (row, change) in changes {
        assert_conflict(&world.commit(&change).await, &format!("a {row} that doesn't exist"));
    }
    assert_eq!(world.everything().await, before);
}

/// `commit`: a conflict if a checked row has another version, or isn't there.
pub async fn another_version_of_a_checked_row_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let checks = |version| [Check::Queue(OTHER_QUEUE, version), Check::Concert(CONCERT, version), Check::Schedule(DATE, version)];
    let unknown = [
        Check::Queue(world.new_id(), Version::FIRST),
        Check::Concert(world.new_id(), Version::FIRST),
        Check::Schedule(world.new_id(), Version::FIRST),
    ];
    for wrong in [checks(Version(0)), checks(Version(2)), unknown].concat() {
        let mut charge = world.change_of(&world.a_charge(ADA, 1)).await;
        charge.checks.push(wrong);
        assert_conflict(&world.commit(&charge).await, &format!("{wrong:?}"));
        let alone = Change { checks: vec![wrong], ..Change::default() };
        assert_conflict(&world.commit(&alone).await, &format!("{wrong:?} alone"));
    }
    let right = Change { checks: checks(Version::FIRST).to_vec(), ..Change::default() };
    assert_committed(&world.commit(&right).await, "all as they are");
    assert_eq!(world.ports.wallets.wallet(ADA).await.unwrap(), None);
}

/// `commit`: a check alone moves nothing: changes that check the same row go together.
pub async fn a_checked_row_keeps_its_version(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let (adas, bens) = (world.a_hold(ada, DATE, &[1]), world.a_hold(ben, DATE, &[2]));
    let holds = [world.change_of(&adas).await, world.change_of(&bens).await];
    assert!(holds.iter().all(|hold| hold.checks.len() == 3));
    assert!(world.commit_group(&holds).await.iter().all(Result::is_ok));
    assert_eq!(world.concert(CONCERT).await.unwrap().version, Version::FIRST);
    assert_eq!(world.schedule(DATE).await.unwrap().version, Version::FIRST);
    assert_eq!(world.queue(Queue::DEFAULT).await.unwrap().version, Version::FIRST);
}

/// `commit`: a conflict if a checked row is written by a change before it in the group, whatever row that is.
pub async fn a_check_of_a_row_that_its_group_writes_before_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let (queue, concert) = (world.queue(OTHER_QUEUE).await.unwrap(), world.concert(CONCERT).await.unwrap());
    let date = world.schedule(DATE).await.unwrap();
    let change = Change::default;
    for (what, check, write) in [
        ("queue", Check::Queue(queue.id, queue.version), Change { queues: vec![Write::update(&queue, queue.row.clone())], ..change() }),
        (
            "concert",
            Check::Concert(concert.id, concert.version),
            Change { concerts: vec![Write::update(&concert, concert.row.clone())], ..change() },
        ),
        ("date", Check::Schedule(date.id, date.version), Change { schedules: vec![Write::update(&date, date.row.clone())], ..change() }),
    ] {
        let relies = Change { checks: vec![check], ..world.change_of(&world.a_charge(ADA, 5)).await };
        let [first, second] = &world.commit_group(&[write, relies]).await[..] else { panic!("two results") };
        assert_committed(first, what);
        assert_conflict(second, what);
    }
    assert_eq!(world.ports.wallets.wallet(ADA).await.unwrap(), None);
}

/// `commit`: a conflict if the admission version is another; it counts up, each queue's for itself.
pub async fn another_admission_version_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let admit = |queue, version| Change { admission: Some((queue, Version(version))), ..Change::default() };
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
    world.load(Load::Tick { queue, at_most: 0 }).await.admission
}

/// `commit`: joins, holds and payments leave the admission version alone: a storm of joins can't starve the tick.
pub async fn only_a_tick_bumps_the_admission_version(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    world.joined(ADA).await;
    let (tick, _) = world.change_of_tick(Queue::DEFAULT).await.unwrap();
    world.joined(BEN).await;
    world.join(CYD, Some(OTHER_CONCERT)).await;
    assert_committed(&world.commit(&tick).await, "a tick after joins");
    assert_eq!(admission(&world, Queue::DEFAULT).await, Some(Version(2)));
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let before = admission(&world, Queue::DEFAULT).await;
    let hold = world.held(ada, DATE, &[1]).await;
    world.charged(ADA, 50_000).await;
    world.paid(ada, hold.id).await;
    world.left(BEN, ben.token.unwrap()).await;
    assert_eq!(admission(&world, Queue::DEFAULT).await, before);
}

/// `commit`: a conflict if the user of a join has a live token in that queue that the change doesn't end; a lapsed row is live.
pub async fn a_join_beside_a_live_token_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let place = |user, queue| NewToken { id: world.new_id(), queue, user, concert: None, joined_at: world.now() };
    let join = |place| Change { join: Some(place), ..Change::default() };
    world.charged(BEN, 1).await;
    let token = world.joined(ADA).await;
    assert_conflict(&world.commit(&join(place(ADA, Queue::DEFAULT))).await, "beside a waiting token");
    world.tick(Queue::DEFAULT).await;
    assert_conflict(&world.commit(&join(place(ADA, Queue::DEFAULT))).await, "beside an active token");
    world.pass_seconds(120);
    assert_conflict(&world.commit(&join(place(ADA, Queue::DEFAULT))).await, "beside a lapsed token");
    let mut moved = join(place(ADA, Queue::DEFAULT));
    moved.tokens.push(Write::update(&world.token(token).await, world.token(token).await.row));
    assert_conflict(&world.commit(&moved).await, "a change that writes the live token and doesn't end it");
    assert_eq!(world.token(token).await.version, Version(2));

    assert_eq!(world.commit(&join(place(ADA, OTHER_QUEUE))).await.unwrap().number, Some(1), "in another queue");
    assert_eq!(world.commit(&join(place(BEN, Queue::DEFAULT))).await.unwrap().number, Some(2), "another user");
    let ending = world.change_of(&world.a_join(ADA, None)).await;
    assert_eq!(ending.tokens.len(), 1);
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

/// `commit`: a process that was frozen between load and commit can't pay with a hold that has ended, hold with a token that has ended, or leave
/// late.
pub async fn a_decision_does_not_outlive_what_it_relied_on(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    world.charged(ADA, 50_000).await;
    let hold = world.held(ada, DATE, &[1]).await;
    let late = [
        ("a payment", world.change_of(&world.a_payment(ada, hold.id)).await),
        ("a release", world.change_of(&world.a_release(ADA, hold.id)).await),
        ("a first hold", world.change_of(&world.a_hold(ben, DATE, &[2])).await),
        ("a first claim", world.change_of(&world.a_claim(ben, None)).await),
        ("a leave", world.change_of(&world.a_leave(BEN, ben.token.unwrap())).await),
    ];
    world.pass_seconds(300);
    world.note(late.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (what, change) in &late {
        assert_conflict(&world.commit(change).await, what);
    }
    assert_eq!(world.everything().await, before);
}
