//! The limit of waiting users in a queue.

use std::sync::Arc;

use domain::need::QueueHead;
use domain::{Change, ConcertId, Guard, NewToken, Queue, QueueId, UserId};
use tokio::sync::Barrier;

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, OTHER_CONCERT, OTHER_QUEUE, World, assert_committed, assert_conflict, guest};

/// Returns the join of `user` to the queue of `concert`, with a limit of waiting users.
async fn a_join(world: &World, user: UserId, concert: Option<ConcertId>, queue_limit: u32) -> Change {
    let join = world.change_of(&world.a_join(user, concert)).await;
    let queue = join.row::<NewToken>().unwrap().row.queue;
    join.relying_on(Guard::MaxWaiting(queue, queue_limit))
}

async fn waiting(world: &World, queue: QueueId) -> u32 {
    world.find(QueueHead { queue, at_most: 0 }).await.unwrap().waiting
}

/// `commit`: a join is a conflict, with nothing written, if it would exceed its limit of waiting users.
pub async fn a_join_beyond_the_queue_limit_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let late = a_join(&world, CYD, Some(OTHER_CONCERT), 2).await;
    assert_conflict(&world.commit(&a_join(&world, ADA, Some(OTHER_CONCERT), 0).await).await, "the limit is 0");
    for user in [ADA, BEN] {
        world.commit(&a_join(&world, user, Some(OTHER_CONCERT), 2).await).await.unwrap();
    }
    let lowered = a_join(&world, CYD, Some(OTHER_CONCERT), 1).await;
    world.track([&late, &lowered]);
    let before = world.everything().await;
    assert_conflict(&world.commit(&late).await, "two users have joined since the decision");
    assert_conflict(&world.commit(&lowered).await, "two users wait, and the limit was lowered to 1");
    assert_eq!(world.everything().await, before);

    assert_committed(&world.commit(&a_join(&world, CYD, None, 1).await).await, "another queue");
    let third = world.commit(&a_join(&world, CYD, Some(OTHER_CONCERT), 3).await).await;
    assert_eq!(third.unwrap().number, Some(3), "the limit was raised to 3, and no number is skipped");
    world.assert_audit_is_clean().await;
}

/// `commit`: the joins of a group are committed in its order, with gapless numbers, until the limit is reached; the others are conflicts,
/// and don't affect other changes.
pub async fn joins_of_a_group_fill_the_queue_to_its_limit(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let mut group = Vec::new();
    for user in 10..15 {
        group.push(a_join(&world, guest(user), Some(OTHER_CONCERT), 2).await);
    }
    let results = world.commit_group(&group).await;
    let numbers: Vec<_> = results.iter().map(|result| result.as_ref().ok().and_then(|committed| committed.number)).collect();
    assert_eq!(numbers, [Some(1), Some(2), None, None, None]);
    results[2..].iter().for_each(|result| assert_conflict(result, "no room"));
    assert_eq!(waiting(&world, OTHER_QUEUE).await, 2);
    world.assert_audit_is_clean().await;

    let mut mixed = Vec::new();
    for user in [20, 30, 40].map(guest) {
        mixed.push(world.change_of(&world.a_charge(user, 5)).await);
        mixed.push(a_join(&world, world.new_id(), Some(OTHER_CONCERT), 3).await);
        mixed.push(a_join(&world, world.new_id(), None, 2).await);
    }
    let late = Change { not_after: Some(world.now()), ..a_join(&world, CYD, Some(OTHER_CONCERT), 3).await };
    mixed.insert(0, late);
    let committed: Vec<bool> = world.commit_group(&mixed).await.iter().map(Result::is_ok).collect();
    assert_eq!(committed, [false, true, true, true, true, false, true, true, false, false], "a failed join takes no room");
    assert_eq!((waiting(&world, OTHER_QUEUE).await, waiting(&world, Queue::DEFAULT).await), (3, 2));
    world.assert_audit_is_clean().await;
}

/// `commit`: joins of one group may have different limits, or none: each join counts toward all limits, and is checked against its own.
pub async fn each_join_of_a_group_has_its_own_limit(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let mut group = Vec::new();
    for (user, queue_limit) in (10..).zip([Some(1), None, Some(2), Some(3), None, Some(4)]) {
        let mut join = world.change_of(&world.a_join(guest(user), None)).await;
        join.guards.extend(queue_limit.map(|limit| Guard::MaxWaiting(Queue::DEFAULT, limit)));
        group.push(join);
    }
    let committed: Vec<bool> = world.commit_group(&group).await.iter().map(Result::is_ok).collect();
    assert_eq!(committed, [true, true, false, true, true, false]);
    assert_eq!(waiting(&world, Queue::DEFAULT).await, 4);
    world.assert_audit_is_clean().await;
}

/// `commit`: a user who leaves the queue or is admitted frees room for another one.
pub async fn leaving_and_admitted_users_free_room_in_the_queue(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let [ada, ben] = [ADA, BEN].map(|user| world.join(user, Some(OTHER_CONCERT)));
    let (ada, _) = (ada.await, ben.await);
    let cyd = a_join(&world, CYD, Some(OTHER_CONCERT), 2).await;
    assert_conflict(&world.commit(&cyd).await, "two users wait");
    world.left(ADA, ada.id()).await;
    assert_eq!(world.commit(&cyd).await.unwrap().number, Some(3), "one user has left");

    let more = a_join(&world, guest(10), Some(OTHER_CONCERT), 2).await;
    assert_conflict(&world.commit(&more).await, "two users wait again");
    assert_eq!(world.tick(OTHER_QUEUE).await.admitted, 2);
    for (number, user) in [(4, 10), (5, 11)] {
        let join = a_join(&world, guest(user), Some(OTHER_CONCERT), 2).await;
        assert_eq!(world.commit(&join).await.unwrap().number, Some(number), "two users were admitted");
    }
    assert_conflict(&world.commit(&a_join(&world, guest(12), Some(OTHER_CONCERT), 2).await).await, "two users wait");
    world.assert_audit_is_clean().await;
}

/// `commit`: within a group, only a leave before a join frees room for it.
pub async fn room_in_the_queue_is_counted_in_the_order_of_the_group(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let ada = world.joined(ADA).await;
    world.joined(BEN).await;
    let leave = world.change_of(&world.a_leave(ADA, ada)).await;
    let [first, second] = [a_join(&world, guest(10), None, 2), a_join(&world, guest(11), None, 2)];
    let results = world.commit_group(&[first.await, leave, second.await]).await;
    assert_conflict(&results[0], "before the leave");
    assert_committed(&results[1], "the leave");
    assert_eq!(results[2].as_ref().unwrap().number, Some(3), "one user has left");
    assert_eq!(waiting(&world, Queue::DEFAULT).await, 2);
    world.assert_audit_is_clean().await;
}

/// `commit`: concurrent groups of joins, also of other processes, fill the queue to its limit and no further.
pub async fn concurrent_joins_fill_the_queue_to_its_limit(adapter: &dyn Adapter) {
    const GROUPS: usize = 6;
    for _ in 0..3 {
        let world = World::with_halls(adapter, 2).await;
        let stores = [Some(world.ports.store.clone()), adapter.beside(world.clock.clone()).await.map(|ports| ports.store)];
        let stores: Vec<_> = stores.into_iter().flatten().collect();
        let barrier = Arc::new(Barrier::new(GROUPS));
        let mut tasks = Vec::new();
        for number in 0..GROUPS {
            let mut group = Vec::new();
            for _ in 0..4 {
                group.push(a_join(&world, world.new_id(), None, 7).await);
            }
            let (store, barrier) = (stores[number % stores.len()].clone(), barrier.clone());
            tasks.push(tokio::spawn(async move {
                barrier.wait().await;
                store.commit(&group).await
            }));
        }
        let mut given = Vec::new();
        for task in tasks {
            for result in task.await.unwrap() {
                match result {
                    Ok(committed) => given.push(committed.number.unwrap()),
                    conflict @ Err(_) => assert_conflict(&conflict, "no room"),
                }
            }
        }
        given.sort_unstable();
        assert_eq!(given, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(waiting(&world, Queue::DEFAULT).await, 7);
        assert_eq!(world.ports.tokens.live(Queue::DEFAULT, 0, ALL).await.unwrap().len(), 7);
        world.assert_audit_is_clean().await;
    }
}
