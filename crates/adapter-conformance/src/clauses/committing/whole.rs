//! The rows that a commit writes.

use domain::change::{Admission, Guard};
use domain::decide::register;
use domain::{
    Change, Command as _, NewToken, Payment, Queue, QueueToken, Reservation, Seat, UserName, Version, Wallet, WalletEntry, Write, need,
};
use time::Duration;

use super::{about_to_pay, alter, row_of, with_failing_guards};
use crate::Adapter;
use crate::world::{
    ADA, ALL, BEN, CONCERT, CYD, DAN, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, SECOND_SCHEDULE, World, assert_committed,
    assert_conflict, guest, needs_of, won,
};
use application::PageRequest;

/// `commit`: a change is written completely, with the correct versions: join, tick, claim, charge, hold, repeated hold, payment, refund.
pub async fn each_step_of_a_purchase_is_written_completely(adapter: &dyn Adapter) {
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

/// `commit`: a change is written completely: decisions about one wallet that build on each other, see `Change::chain`.
pub async fn a_chain_of_charges_is_written_completely(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 1).await;
    world.run(&world.a_charge(ADA, 5)).await.unwrap();
    let before = world.find(need::Account(ADA)).await.wallet.unwrap();
    let charges = [1, 2, 3].map(|amount| world.a_charge(ADA, amount));
    let mut chain = world.change_of(&charges[0]).await;
    for charge in &charges[1..] {
        let mut rows = world.load(&needs_of(&charge.needs())).await;
        rows.replace_wallet(chain.chainable_wallet().unwrap());
        chain.chain(charge.decide_by(&rows, &world.rules).unwrap().unwrap().change.unwrap());
    }
    assert_committed(&world.commit(&chain).await, "a chain is one change");
    for charge in &charges {
        assert!(world.run(charge).await.unwrap().replayed, "each charge has its record");
    }
    let wallet = world.find(need::Account(ADA)).await.wallet.unwrap();
    assert_eq!((wallet.balance(), wallet.version), (won(11), before.version.next()), "the chain is one change of the wallet");
    let entries = world.ports.wallets.entries(ADA, PageRequest { after: None, size: ALL }).await.unwrap();
    let balances: Vec<_> = entries.iter().map(WalletEntry::balance).collect();
    assert_eq!(balances, [11, 8, 6, 5].map(won));
    world.assert_audit_is_clean().await;
}

/// `commit`: a change is written completely: a registration, a first write, joins with and without a concert, each way a hold or a token
/// ends.
pub async fn each_end_of_a_hold_or_token_is_written_completely(adapter: &dyn Adapter) {
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
        "Cyd's new hold ends Ben's and her own old hold"
    );
    world.commit_and_read_back(&taken_over).await;
    let rejoined = world.change_of(&world.a_join(DAN, Some(CONCERT))).await;
    assert_eq!(rejoined.rows::<QueueToken>().map(|token| token.row.id()).collect::<Vec<_>>(), [dan.token.unwrap()], "Dan's old token ends");
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

/// `commit`: the record of a new hold and that of a found hold are replayed as they were written.
pub async fn records_of_new_and_found_holds_are_replayed(adapter: &dyn Adapter) {
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

/// `commit`: nothing of a change is written if any guard fails.
pub async fn a_change_with_a_failing_guard_writes_nothing(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let fixture = about_to_pay(&world).await;
    let variants = with_failing_guards(&world, &fixture.pay).await;
    world.track(variants.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (what, change) in &variants {
        assert_conflict(&world.commit(change).await, what);
        assert_eq!(world.everything().await, before, "{what}: nothing must be written");
    }
    assert_committed(&world.commit(&fixture.pay).await, "the original change");
    world.assert_audit_is_clean().await;
}

/// `commit`: nothing of a user's first write is written if a guard fails: no user, no wallet, no token.
pub async fn a_first_write_with_a_failing_guard_writes_nothing(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    world.joined(BEN).await;
    let join = world.change_of(&world.a_join(ADA, Some(CONCERT))).await;
    let stale = |guard| join.clone().relying_on(guard);
    let others = world.change_of(&world.a_charge(BEN, 1)).await.row::<Wallet>().unwrap().row;
    let variants = [
        ("a queue's version", stale(Guard::Queue(Queue::DEFAULT, Version(2)))),
        ("a concert's version", stale(Guard::Concert(CONCERT, Version(2)))),
        ("a deadline", Change { not_after: Some(world.now()), ..join.clone() }),
        ("an admission version", join.clone().writing(Write { expected: Some(Version(2)), row: Admission::new(Queue::DEFAULT) })),
        ("an existing wallet", join.clone().writing(Write::insert(others))),
    ];
    world.track(variants.iter().map(|(_, change)| change));
    let before = world.everything().await;
    for (what, change) in &variants {
        assert_conflict(&world.commit(change).await, what);
        assert_eq!(world.everything().await, before, "{what}: nothing must be written");
    }
    assert_eq!(world.commit(&join).await.unwrap().number, Some(2), "the original change");
    world.assert_audit_is_clean().await;
}

/// `commit`: wallet entries are never changed or deleted: a sequence number of a wallet is used once.
pub async fn a_wallet_entry_is_never_overwritten(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let first = world.charged(ADA, 500).await;
    let mut forged = world.change_of(&world.a_charge(ADA, 700)).await;
    alter::<WalletEntry>(&mut forged, |entry| entry.with_sequence(first.sequence()));
    world.track([&forged]);
    let before = world.everything().await;
    assert!(world.commit(&forged).await.is_err(), "a second entry with the sequence of the first");
    assert_eq!(world.everything().await, before);

    let (_, payment) = world.bought(ADA, SCHEDULE, &[1]).await;
    world.refunded(ADA, payment.id()).await;
    let entries = world.ports.wallets.entries(ADA, PageRequest { after: None, size: ALL }).await.unwrap();
    assert_eq!(entries.last(), Some(&first), "the first entry must be unchanged");
    assert_eq!(entries.iter().map(WalletEntry::sequence).collect::<Vec<_>>(), [4, 3, 2, 1]);
}

/// `commit`: a conflict if a wallet entry with that id exists, of any user, also in the same group.
pub async fn a_wallet_entry_id_is_used_once(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let first = world.charged(ADA, 500).await;
    let mut variants = [world.change_of(&world.a_charge(ADA, 700)).await, world.change_of(&world.a_charge(BEN, 700)).await];
    for change in &mut variants {
        alter::<WalletEntry>(change, |entry| entry.with_id(first.id()));
    }
    world.track(&variants);
    let before = world.everything().await;
    for change in &variants {
        assert_conflict(&world.commit(change).await, "the id of an existing entry");
        assert_eq!(world.everything().await, before);
    }

    let mut changes = Vec::new();
    for user in [BEN, CYD, DAN] {
        changes.push(world.change_of(&world.a_charge(user, 900)).await);
    }
    let used = row_of::<WalletEntry>(&mut changes[0]).id();
    alter::<WalletEntry>(&mut changes[1], |entry| entry.with_id(used));
    let results = world.commit_group(&changes).await;
    assert_committed(&results[0], "a new id");
    assert_conflict(&results[1], "the id of an earlier entry of the group");
    assert_committed(&results[2], "another user's entry");
    assert_eq!((world.balance(BEN).await, world.balance(DAN).await), (900, 900));
    assert_eq!(world.ports.wallets.entries(CYD, PageRequest { after: None, size: ALL }).await.unwrap(), []);
    world.assert_audit_is_clean().await;
}

/// `commit`: an empty group has no results, and an empty change is committed.
pub async fn an_empty_change_is_committed(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    assert!(world.commit_group(&[]).await.is_empty());
    assert_committed(&world.commit(&Change::default()).await, "an empty change");
}
