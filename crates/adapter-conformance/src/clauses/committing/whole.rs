//! What a commit writes.

use domain::change::{Admission, Guard};
use domain::decide::register;
use domain::{Change, NewToken, Payment, Queue, QueueToken, Reservation, Seat, UserName, Version, Wallet, WalletEntry, Write};
use time::Duration;

use super::{about_to_pay, alter, spoilt, the};
use crate::Adapter;
use crate::world::{
    ADA, ALL, BEN, CONCERT, CYD, DAN, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, SECOND_SCHEDULE, World, assert_committed,
    assert_conflict, guest,
};
use application::PageRequest;

/// `commit`: a change is written whole, with the versions that it should have: join, tick, claim, charge, hold, the same hold again, pay, refund.
pub async fn a_purchase_is_written_whole_at_every_step(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    world.clock.advance(Duration::microseconds(123_457));
    let join = world.change_of(&world.a_join(ADA, None)).await;
    world.commit_and_read_back(&join).await;
    let ada = domain::decide::admission::Pass { user: ADA, token: join.row::<NewToken>().map(|new| new.row.id) };
    world.commit_and_read_back(&world.change_of_tick(Queue::DEFAULT).await.unwrap().0).await;
    world.commit_and_read_back(&world.change_of(&world.a_claim(ada, None)).await).await;
    world.commit_and_read_back(&world.change_of(&world.a_charge(ADA, 50_000)).await).await;
    world.commit_and_read_back(&world.change_of(&world.a_charge_for(BEN, ADA, 1)).await).await;
    let hold = world.change_of(&world.a_hold(ada, SCHEDULE, &[3, 1])).await;
    world.commit_and_read_back(&hold).await;
    world.commit_and_read_back(&world.change_of(&world.a_hold(ada, SCHEDULE, &[1, 3])).await).await;
    let pay = world.change_of(&world.a_payment(ada, hold.row::<Reservation>().unwrap().row.id())).await;
    world.commit_and_read_back(&pay).await;
    world.pass_seconds(3_600);
    world.commit_and_read_back(&world.change_of(&world.a_refund(ADA, pay.row::<Payment>().unwrap().row.id())).await).await;
    world.assert_audit_is_clean().await;
}

/// `commit`: a change is written whole: a registration, a first write, joins with and without a concert, every way in which a hold or a token ends.
pub async fn every_ending_is_written_whole(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    world.clock.advance(Duration::microseconds(999_999));
    let name = UserName::new("Ádám Ünlü 音 🎵").unwrap();
    world.commit_and_read_back(&world.change_of(&register::Command { user: guest(9), name, idempotency: None }).await).await;
    world.commit_and_read_back(&world.change_of(&world.a_join(guest(9), Some(OTHER_CONCERT))).await).await;
    world.commit_and_read_back(&world.change_of_tick(OTHER_QUEUE).await.unwrap().0).await;

    let released = world.admitted(ADA).await;
    let hold = world.held(released, SCHEDULE, &[1, 2]).await;
    world.commit_and_read_back(&world.change_of(&world.a_release(ADA, hold.id())).await).await;
    world.held(released, SECOND_SCHEDULE, &[1, 2]).await;
    world.commit_and_read_back(&world.change_of(&world.a_leave(ADA, released.token.unwrap())).await).await;
    let waiting = world.joined(ADA).await;
    world.commit_and_read_back(&world.change_of(&world.a_leave(ADA, waiting)).await).await;

    let (ben, cyd, dan) = (world.admitted(BEN).await, world.admitted(CYD).await, world.admitted(DAN).await);
    world.held(ben, SCHEDULE, &[1, 2]).await;
    world.held(cyd, NEIGHBOUR_SCHEDULE, &[4]).await;
    world.pass_seconds(300);
    let taken_over = world.change_of(&world.a_hold(cyd, SCHEDULE, &[2, 3])).await;
    assert_eq!(
        (taken_over.rows::<Reservation>().count(), taken_over.rows::<Seat>().count()),
        (3, 4),
        "Cyd's new hold ends Ben's and her own old one"
    );
    world.commit_and_read_back(&taken_over).await;
    let rejoined = world.change_of(&world.a_join(DAN, Some(CONCERT))).await;
    assert_eq!(rejoined.rows::<QueueToken>().map(|token| token.row.id()).collect::<Vec<_>>(), [dan.token.unwrap()], "DAN's old token ends");
    world.commit_and_read_back(&rejoined).await;
    world.pass_seconds(300);
    for change in world.changes_of_sweep().await {
        world.commit_and_read_back(&change).await;
    }
    for queue in [Queue::DEFAULT, OTHER_QUEUE] {
        world.commit_and_read_back(&world.change_of_tick(queue).await.unwrap().0).await;
    }
    world.assert_audit_is_clean().await;
}

/// `commit`: a found hold's record, too, comes back as it was written.
pub async fn records_come_back_long_after(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let ada = world.admitted(ADA).await;
    let (first, again) = (world.a_hold(ada, SCHEDULE, &[1, 2]), world.a_hold(ada, SCHEDULE, &[2, 1]));
    let (made, found) = (world.run(&first).await.unwrap(), world.run(&again).await.unwrap());
    let at = world.now();
    world.pass_seconds(3_600);
    for (command, first_answer) in [(first, made), (again, found)] {
        let replay = world.run(&command).await.unwrap();
        assert_eq!((replay.outcome, replay.at, replay.replayed), (first_answer.outcome, at, true));
    }
}

/// `commit`: nothing is written of a change of which one guard fails, whichever it is.
pub async fn a_change_with_one_failing_guard_is_not_written_at_all(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let scene = about_to_pay(&world).await;
    let ways = spoilt(&world, &scene.pay).await;
    world.note(ways.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (what, change) in &ways {
        assert_conflict(&world.commit(change).await, what);
        assert_eq!(world.everything().await, before, "{what}: something was written");
    }
    assert_committed(&world.commit(&scene.pay).await, "unspoilt");
    world.assert_audit_is_clean().await;
}

/// `commit`: nothing is written of a first write of which one guard fails: no user, no wallet, no place in the line.
pub async fn a_first_write_with_one_failing_guard_is_not_written_at_all(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    world.joined(BEN).await;
    let join = world.change_of(&world.a_join(ADA, Some(CONCERT))).await;
    let stale = |guard| join.clone().relying_on(guard);
    let others = world.change_of(&world.a_charge(BEN, 1)).await.row::<Wallet>().unwrap().row;
    let ways = [
        ("a queue's version", stale(Guard::Queue(Queue::DEFAULT, Version(2)))),
        ("a concert's version", stale(Guard::Concert(CONCERT, Version(2)))),
        ("a deadline", Change { not_after: Some(world.now()), ..join.clone() }),
        ("an admission version", join.clone().writing(Write { expected: Some(Version(2)), row: Admission(Queue::DEFAULT) })),
        ("a wallet that exists", join.clone().writing(Write::insert(others))),
    ];
    world.note(ways.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (what, change) in &ways {
        assert_conflict(&world.commit(change).await, what);
        assert_eq!(world.everything().await, before, "{what}: something was written");
    }
    assert_eq!(world.commit(&join).await.unwrap().number, Some(2), "unspoilt");
    world.assert_audit_is_clean().await;
}

/// `commit`: wallet entries are never changed or deleted: a place in a book is taken once.
pub async fn an_entry_is_never_written_over(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let first = world.charged(ADA, 500).await;
    let mut forged = world.change_of(&world.a_charge(ADA, 700)).await;
    alter::<WalletEntry>(&mut forged, |entry| entry.with_sequence(first.sequence()));
    world.note([&forged]);
    let before = world.everything().await;
    assert!(world.commit(&forged).await.is_err(), "a second entry in the first one's place");
    assert_eq!(world.everything().await, before);

    let (_, payment) = world.bought(ADA, SCHEDULE, &[1]).await;
    world.refunded(ADA, payment.id()).await;
    let entries = world.ports.wallets.entries(ADA, PageRequest { after: None, size: ALL }).await.unwrap();
    assert_eq!(entries.last(), Some(&first), "the first entry is as it was");
    assert_eq!(entries.iter().map(WalletEntry::sequence).collect::<Vec<_>>(), [4, 3, 2, 1]);
}

/// `commit`: a conflict if there is a wallet entry with that id, whosever it is, in the same group, too.
pub async fn a_wallet_entrys_id_is_used_once(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let first = world.charged(ADA, 500).await;
    let mut ways = [world.change_of(&world.a_charge(ADA, 700)).await, world.change_of(&world.a_charge(BEN, 700)).await];
    for change in &mut ways {
        alter::<WalletEntry>(change, |entry| entry.with_id(first.id()));
    }
    world.note(&ways);
    let before = world.everything().await;
    for change in &ways {
        assert_conflict(&world.commit(change).await, "the id of an entry that exists");
        assert_eq!(world.everything().await, before);
    }

    let mut changes = Vec::new();
    for user in [BEN, CYD, DAN] {
        changes.push(world.change_of(&world.a_charge(user, 900)).await);
    }
    let used = the::<WalletEntry>(&mut changes[0]).id();
    alter::<WalletEntry>(&mut changes[1], |entry| entry.with_id(used));
    let results = world.commit_group(&changes).await;
    assert_committed(&results[0], "a new id");
    assert_conflict(&results[1], "the id of an entry before it in the group");
    assert_committed(&results[2], "another's entry");
    assert_eq!((world.balance(BEN).await, world.balance(DAN).await), (900, 900));
    assert_eq!(world.ports.wallets.entries(CYD, PageRequest { after: None, size: ALL }).await.unwrap(), []);
    world.assert_audit_is_clean().await;
}

/// `commit`: no changes have no answers, and an empty change is as good as committed.
pub async fn nothing_to_commit_is_committed(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    assert!(world.commit_group(&[]).await.is_empty());
    assert_committed(&world.commit(&Change::default()).await, "an empty change");
}
