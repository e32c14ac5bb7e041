//! How many may wait in a line.

use std::sync::Arc;

use domain::need::Line;
use domain::{Change, ConcertId, Guard, NewToken, Queue, QueueId, UserId};
use tokio::sync::Barrier;

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, OTHER_CONCERT, OTHER_QUEUE, World, assert_committed, assert_conflict, guest};

/// `user` joins the line of `concert`, in which so many may wait.
async fn a_join(world: &World, user: UserId, concert: Option<ConcertId>, line_limit: u32) -> Change {
    let join = world.change_of(&world.a_join(user, concert)).await;
    let queue = join.row::<NewToken>().unwrap().row.queue;
    join.relying_on(Guard::Room(queue, line_limit))
}

async fn waiting(world: &World, queue: QueueId) -> u32 {
    world.find(Line { queue, at_most: 0 }).await.unwrap().waiting
}

/// `commit`: a join is a conflict, with nothing written, if with it more than its limit would wait.
pub async fn a_join_beyond_the_limit_of_its_line_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let late = a_join(&world, CYD, Some(OTHER_CONCERT), 2).await;
    assert_conflict(&world.commit(&a_join(&world, ADA, Some(OTHER_CONCERT), 0).await).await, "nobody may wait");
    for user in [ADA, BEN] {
        world.commit(&a_join(&world, user, Some(OTHER_CONCERT), 2).await).await.unwrap();
    }
    let lowered = a_join(&world, CYD, Some(OTHER_CONCERT), 1).await;
    world.note([&late, &lowered]);
    let before = world.everything().await;
    assert_conflict(&world.commit(&late).await, "two wait, who didn't when it was decided");
    assert_conflict(&world.commit(&lowered).await, "two wait, and the limit was lowered");
    assert_eq!(world.everything().await, before);

    assert_committed(&world.commit(&a_join(&world, CYD, None, 1).await).await, "another line");
    let third = world.commit(&a_join(&world, CYD, Some(OTHER_CONCERT), 3).await).await;
    assert_eq!(third.unwrap().number, Some(3), "the limit was raised, and no number is lost");
    world.assert_audit_is_clean().await;
}

/// `commit`: of a group, those that its order puts first are committed as long as there is room, with gapless numbers; the others are
/// conflicts, and hold nobody else back.
pub async fn of_a_group_as_many_join_as_there_is_room_for(adapter: &dyn Adapter) {
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
    assert_eq!(committed, [false, true, true, true, true, false, true, true, false, false], "who fails takes no room");
    assert_eq!((waiting(&world, OTHER_QUEUE).await, waiting(&world, Queue::DEFAULT).await), (3, 2));
    world.assert_audit_is_clean().await;
}

/// `commit`: joins of one group may have different limits, or none: each counts for all, and is judged by its own.
pub async fn each_join_of_a_group_has_its_own_limit(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let mut group = Vec::new();
    for (user, line_limit) in (10..).zip([Some(1), None, Some(2), Some(3), None, Some(4)]) {
        let mut join = world.change_of(&world.a_join(guest(user), None)).await;
        join.guards.extend(line_limit.map(|limit| Guard::Room(Queue::DEFAULT, limit)));
        group.push(join);
    }
    let committed: Vec<bool> = world.commit_group(&group).await.iter().map(Result::is_ok).collect();
    assert_eq!(committed, [true, true, false, true, true, false]);
    assert_eq!(waiting(&world, Queue::DEFAULT).await, 4);
    world.assert_audit_is_clean().await;
}

/// `commit`: who leaves the line, or is let in, makes room.
pub async fn who_leaves_or_is_let_in_makes_room_again(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let [ada, ben] = [ADA, BEN].map(|user| world.join(user, Some(OTHER_CONCERT)));
    let (ada, _) = (ada.await, ben.await);
    let cyd = a_join(&world, CYD, Some(OTHER_CONCERT), 2).await;
    assert_conflict(&world.commit(&cyd).await, "two wait");
    world.left(ADA, ada.id()).await;
    assert_eq!(world.commit(&cyd).await.unwrap().number, Some(3), "one has left");

    let more = a_join(&world, guest(10), Some(OTHER_CONCERT), 2).await;
    assert_conflict(&world.commit(&more).await, "two wait again");
    assert_eq!(world.tick(OTHER_QUEUE).await.admitted, 2);
    for (number, user) in [(4, 10), (5, 11)] {
        let join = a_join(&world, guest(user), Some(OTHER_CONCERT), 2).await;
        assert_eq!(world.commit(&join).await.unwrap().number, Some(number), "two were let in");
    }
    assert_conflict(&world.commit(&a_join(&world, guest(12), Some(OTHER_CONCERT), 2).await).await, "two wait");
    world.assert_audit_is_clean().await;
}

/// `commit`: within a group, only who leaves before a join makes room for it.
pub async fn room_is_counted_in_the_order_of_a_group(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let ada = world.joined(ADA).await;
    world.joined(BEN).await;
    let leave = world.change_of(&world.a_leave(ADA, ada)).await;
    let [first, second] = [a_join(&world, guest(10), None, 2), a_join(&world, guest(11), None, 2)];
    let results = world.commit_group(&[first.await, leave, second.await]).await;
    assert_conflict(&results[0], "before anybody left");
    assert_committed(&results[1], "the leave");
    assert_eq!(results[2].as_ref().unwrap().number, Some(3), "one has left");
    assert_eq!(waiting(&world, Queue::DEFAULT).await, 2);
    world.assert_audit_is_clean().await;
}

/// `commit`: groups that join at once, of other processes too, fill the line to its limit and no further.
pub async fn joins_at_once_fill_a_line_to_its_limit(adapter: &dyn Adapter) {
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
