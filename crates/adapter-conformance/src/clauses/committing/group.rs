//! Groups of changes.

use application::PageRequest;
use domain::change::{Admission, Guard};
use domain::{Change, Queue, User, Version, Wallet, WalletEntry, Write};

use super::{about_to_pay, with_failing_guards};
use crate::Adapter;
use crate::world::{
    ADA, BEN, CONCERT, DAN, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, SECOND_SCHEDULE, World, assert_committed, assert_conflict, guest,
};

/// `commit`: a change that fails doesn't prevent the others of its group from being committed, for any cause and at any index.
pub async fn a_failing_change_does_not_block_its_group(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let fixture = about_to_pay(&world).await;
    let mut committed = 0;
    for (what, change) in with_failing_guards(&world, &fixture.pay).await {
        for at in 0..3 {
            let mut group = Vec::new();
            for user in 10..12 {
                group.push(world.change_of(&world.a_charge(guest(user), 5)).await);
            }
            world.track([&change]);
            group.insert(at, change.clone());
            let results = world.commit_group(&group).await;
            for (index, result) in results.iter().enumerate() {
                if index == at {
                    assert_conflict(result, &format!("{what} at {at}"));
                } else {
                    assert_committed(result, &format!("with {what} at {at}"));
                }
            }
            committed += 1;
        }
    }
    for user in 10..12 {
        let wallet = world.ports.wallets.wallet(guest(user)).await.unwrap().unwrap();
        assert_eq!(wallet.balance().minor(), 5 * committed);
    }
    assert_committed(&world.commit(&fixture.pay).await, "the original change");
    world.assert_audit_is_clean().await;
}

/// `commit`: several changes of a group may fail, for different reasons; the results are in the order of the changes.
pub async fn each_change_of_a_group_has_its_own_result(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    world.joined(BEN).await;
    let late = Some(world.now());
    let existing = User { id: BEN, name: None, created_at: world.now() };
    let group = [
        world.change_of(&world.a_charge(guest(10), 5)).await,
        world.change_of(&world.a_charge(guest(11), 5)).await.relying_on(Guard::Concert(CONCERT, Version(2))),
        Change { not_after: late, ..world.change_of(&world.a_join(guest(12), None)).await },
        world.change_of(&world.a_join(guest(13), None)).await,
        world.change_of(&world.a_charge(guest(14), 5)).await.writing(Write::insert(existing)),
        world
            .change_of(&world.a_charge(guest(15), 5))
            .await
            .writing(Write { expected: Some(Version(7)), row: Admission::new(OTHER_QUEUE) }),
        world.change_of(&world.a_charge(BEN, 5)).await,
        Change { not_after: late, ..world.change_of(&world.a_charge(guest(16), 5)).await },
    ];
    let committed: Vec<bool> = world.commit_group(&group).await.iter().map(Result::is_ok).collect();
    assert_eq!(committed, [true, false, false, true, false, false, true, false]);
    for (change, committed) in group.iter().zip(committed) {
        let user = change.row::<Wallet>().map(|wallet| wallet.row.user()).unwrap();
        let entries = world.ports.wallets.entries(user, PageRequest { after: None, size: 5 }).await.unwrap();
        assert_eq!(entries.len(), usize::from(committed && change.row::<WalletEntry>().is_some()), "{change:?}");
    }
    world.assert_audit_is_clean().await;
}

/// `commit`: a group may be as large as a lane's batch, with changes of several kinds.
pub async fn a_large_group_is_committed(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 200).await;
    let mut passes = Vec::new();
    for user in 0..80 {
        passes.push(world.joined(guest(100 + user)).await);
    }
    while world.tick(Queue::DEFAULT).await.admitted > 0 {}
    let mut group = Vec::new();
    for (user, (token, seat)) in (100..).zip(passes.into_iter().zip(1..)) {
        let pass = domain::decide::admission::Pass { user: guest(user), token: Some(token) };
        group.push(world.change_of(&world.a_hold(pass, SECOND_SCHEDULE, &[seat, seat + 100])).await);
    }
    for user in 1_000..1_400 {
        group.push(world.change_of(&world.a_join(guest(user), Some(OTHER_CONCERT))).await);
    }
    for user in 2_000..2_100 {
        group.push(world.change_of(&world.a_charge(guest(user), 5)).await);
    }
    let results = world.commit_group(&group).await;
    let numbers: Vec<u64> = results.into_iter().filter_map(|result| result.unwrap().number).collect();
    assert!(numbers.into_iter().eq(1..=400));
    world.assert_audit_is_clean().await;
}

/// `commit`: groups that are committed concurrently don't affect each other's rows.
pub async fn concurrent_groups_are_both_committed(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let ada = world.admitted(ADA).await;
    let dan = world.admitted(DAN).await;
    let mut groups = [Vec::new(), Vec::new()];
    for (group, (pass, schedule)) in groups.iter_mut().zip([(ada, SCHEDULE), (dan, SECOND_SCHEDULE)]) {
        group.push(world.change_of(&world.a_hold(pass, schedule, &[1, 2])).await);
        for _ in 0..20 {
            group.push(world.change_of(&world.a_join(world.new_id(), None)).await);
        }
    }
    let tasks = groups.map(|group| {
        let store = world.ports.store.clone();
        tokio::spawn(async move { store.commit(&group).await })
    });
    for task in tasks {
        let results = task.await.unwrap();
        assert!(results.iter().all(Result::is_ok), "{results:?}");
    }
    let numbers: Vec<u64> = world.ports.tokens.live(Queue::DEFAULT, 0, 100).await.unwrap().iter().map(|token| token.number()).collect();
    assert!(numbers.into_iter().eq(1..=42));
    world.assert_audit_is_clean().await;
}
