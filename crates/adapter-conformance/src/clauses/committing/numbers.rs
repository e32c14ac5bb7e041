//! The numbers of a queue.

use std::sync::Arc;

use domain::change::Admission;
use domain::decide::admin::queue::{ChangeQueue, PolicyPatch, Take};
use domain::need::QueueHead;
use domain::{Change, Note, Queue, QueueId, QueueTransition, Title, Version, Versioned};
use time::Duration;
use tokio::sync::Barrier;

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CONCERT, CYD, OTHER_CONCERT, OTHER_QUEUE, World, assert_conflict, guest};

async fn numbers(world: &World, queue: QueueId) -> Vec<u64> {
    world.ports.tokens.live(queue, 0, ALL).await.unwrap().iter().map(|token| token.number()).collect()
}

/// `commit`: numbers are gapless within a queue from 1, one per join, in the order of commits.
pub async fn numbers_start_at_1_in_commit_order(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (early, late) = (world.change_of(&world.a_join(ADA, None)).await, world.change_of(&world.a_join(BEN, None)).await);
    assert_eq!(world.commit(&late).await.unwrap().number, Some(1), "the first commit has the lower number");
    assert_eq!(world.commit(&early).await.unwrap().number, Some(2));
    for number in 3..8 {
        assert_eq!(world.join(guest(number.into()), None).await.number(), number);
    }
    assert_eq!(
        world.ports.tokens.live(Queue::DEFAULT, 0, 2).await.unwrap().iter().map(|token| token.user()).collect::<Vec<_>>(),
        [BEN, ADA]
    );
}

/// `commit`: within a group, numbers are in the order of its changes.
pub async fn numbers_follow_the_order_of_a_group(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.joined(ADA).await;
    let users: Vec<_> = [7, 3, 9, 5, 4, 8].map(guest).into();
    let mut group: Vec<Change> = Vec::new();
    for (user, payer) in users.iter().zip(50..) {
        group.push(world.change_of(&world.a_join(*user, None)).await);
        group.push(world.change_of(&world.a_charge(guest(payer), 1)).await);
    }
    let given: Vec<_> = world.commit_group(&group).await.into_iter().map(|result| result.unwrap().number).collect();
    let expected: Vec<_> = (2..8).flat_map(|number| [Some(number), None]).collect();
    assert_eq!(given, expected);
    let queued: Vec<_> = world.ports.tokens.live(Queue::DEFAULT, 1, ALL).await.unwrap().iter().map(|token| token.user()).collect();
    assert_eq!(queued, users);
}

/// `commit`: each queue has its own numbers, also within one group.
pub async fn each_queue_has_its_own_numbers(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let mut group = Vec::new();
    for number in 0..3 {
        group.push(world.change_of(&world.a_join(guest(10 + number), None)).await);
        group.push(world.change_of(&world.a_join(guest(20 + number), Some(OTHER_CONCERT))).await);
    }
    group.push(world.change_of(&world.a_join(guest(30), Some(CONCERT))).await);
    let given: Vec<_> = world.commit_group(&group).await.into_iter().filter_map(|result| result.unwrap().number).collect();
    assert_eq!(given, [1, 1, 2, 2, 3, 3, 4]);
    assert_eq!(world.join(CYD, Some(OTHER_CONCERT)).await.number(), 4);
    assert_eq!((numbers(&world, Queue::DEFAULT).await, numbers(&world, OTHER_QUEUE).await), (vec![1, 2, 3, 4], vec![1, 2, 3, 4]));
}

/// `commit`: a join that conflicts takes no number, alone or within a group.
pub async fn a_conflicting_join_takes_no_number(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (first, second) = (world.change_of(&world.a_join(ADA, None)).await, world.change_of(&world.a_join(ADA, None)).await);
    assert_eq!(world.commit(&first).await.unwrap().number, Some(1));
    assert_conflict(&world.commit(&second).await, "a second token");
    assert_eq!(world.join(BEN, None).await.number(), 2);

    let mut late = world.change_of(&world.a_join(guest(10), None)).await;
    late.not_after(world.now());
    let group = [
        world.change_of(&world.a_join(guest(11), None)).await,
        late,
        world.change_of(&world.a_join(guest(12), None)).await,
        second,
        world.change_of(&world.a_join(guest(13), None)).await,
    ];
    let given: Vec<_> =
        world.commit_group(&group).await.into_iter().map(|result| result.ok().and_then(|committed| committed.number)).collect();
    assert_eq!(given, [Some(3), None, Some(4), None, Some(5)]);
    assert_eq!(numbers(&world, Queue::DEFAULT).await, [1, 2, 3, 4, 5]);
    world.assert_audit_is_clean().await;
}

/// `commit`: a number is never assigned twice, whatever the state of the token that had it.
pub async fn the_number_of_an_ended_token_is_not_reused(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for number in 1..5 {
        let token = world.join(ADA, None).await;
        assert_eq!(token.number(), number);
        world.left(ADA, token.id()).await;
    }
    assert_eq!(world.join(BEN, None).await.number(), 5);
    world.assert_audit_is_clean().await;
}

/// `commit`: a queue that an operator changes keeps its numbers, its admission version and its tokens: only joins take numbers, and only
/// ticks increment the admission version.
pub async fn a_changed_queue_keeps_its_numbers_and_admission_version(adapter: &dyn Adapter) {
    for (id, concert) in [(Queue::DEFAULT, None), (OTHER_QUEUE, Some(OTHER_CONCERT))] {
        let mut world = World::with_halls(adapter, 2).await;
        (world.rules.queue.capacity, world.rules.queue.batch) = (3, 2);
        for number in 1..=5 {
            assert_eq!(world.join(guest(number), concert).await.number(), u64::try_from(number).unwrap());
        }
        assert_eq!(world.tick(id).await.admitted, 2);
        let ended = world.ports.tokens.live(id, 2, 1).await.unwrap().remove(0);
        world.left(ended.user(), ended.id()).await;
        assert_eq!(world.prune(world.now() + Duration::SECOND, ALL).await.tokens, 1);

        let order = || world.an_order(CYD);
        let state = async || {
            let line = world.find(QueueHead { queue: id, at_most: ALL }).await.unwrap();
            (
                line.admission,
                line.waiting,
                line.active,
                [line.lapsed, line.first_waiting].concat(),
                world.ports.tokens.live(id, 0, ALL).await.unwrap(),
            )
        };
        let before = state().await;
        let admission = Versioned::new(Version(2), Admission::restore(id, 2, 2));
        assert_eq!((&before.0, before.1, before.2), (&admission, 2, 2), "after one tick, five joins and one leave");
        let policy = PolicyPatch { claim: Some(Some(Duration::seconds(99))), max_waiting: Some(Some(40)), ..PolicyPatch::default() };
        let (name, message) = (Title::new("Renamed").ok(), Some(Note::new("soon").ok()));
        world.run(&ChangeQueue { order: order(), id, expected: None, name, policy, message }).await.unwrap();
        assert_eq!(state().await, before, "patched");
        for step in [QueueTransition::Pause, QueueTransition::Resume, QueueTransition::Close, QueueTransition::Open] {
            world.run(&Take { order: order(), id, step }).await.unwrap();
            assert_eq!(state().await, before, "{step:?}");
        }
        assert_eq!(world.join(guest(9), concert).await.number(), 6, "numbers continue");
        assert_eq!(world.tick(id).await.admitted, 1, "two of three admissions are taken");
        world.assert_audit_is_clean().await;
    }
}

/// `commit`: numbers are gapless under concurrent joins.
pub async fn numbers_are_gapless_under_concurrent_joins(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let barrier = Arc::new(Barrier::new(24));
    let mut tasks = Vec::new();
    for user in 0..24 {
        let join = world.change_of(&world.a_join(guest(100 + user), None)).await;
        let (store, barrier) = (world.ports.store.clone(), barrier.clone());
        tasks.push(tokio::spawn(async move {
            barrier.wait().await;
            store.commit(&[join]).await.remove(0).unwrap().number.unwrap()
        }));
    }
    let mut given = Vec::new();
    for task in tasks {
        given.push(task.await.unwrap());
    }
    given.sort_unstable();
    assert!(given.into_iter().eq(1..=24));
    assert!(numbers(&world, Queue::DEFAULT).await.into_iter().eq(1..=24));
}
