//! Queues with their tokens, as a tick loads them.

use domain::change::Admission;
use domain::decide::admin::admit;
use domain::decide::admission::Pass;
use domain::loaded::LoadedQueueHead;
use domain::need::{Key, QueueHead, Token};
use domain::{Offer, Operation, Outcome, Queue, QueueId, QueueToken, TokenId, Version, Versioned};

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, DAN, MOMENT, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, World, guest};

fn ids(tokens: &[Versioned<QueueToken>]) -> Vec<TokenId> {
    tokens.iter().map(|token| token.id()).collect()
}

fn admission(queue: QueueId, version: i64, last_admitted: u64, admitted: u64) -> Versioned<Admission> {
    Versioned::new(Version(version), Admission::restore(queue, last_admitted, admitted))
}

async fn line(world: &World, at_most: u32) -> LoadedQueueHead {
    world.find(QueueHead { queue: Queue::DEFAULT, at_most }).await.expect("the default queue")
}

/// [`QueueHead`]: the queue, its admission row, the numbers of waiting and ACTIVE tokens, and the waiting tokens with the lowest numbers, up
/// to `at_most`.
pub async fn a_queue_head_has_its_counts_and_the_lowest_waiting_numbers(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let empty = LoadedQueueHead {
        queue: world.queue(Queue::DEFAULT).await.unwrap(),
        admission: admission(Queue::DEFAULT, 1, 0, 0),
        waiting: 0,
        active: 0,
        offers: None,
        lapsed: vec![],
        first_waiting: vec![],
    };
    assert_eq!(line(&world, 10).await, empty, "an empty queue");

    let ada = world.admitted(ADA).await;
    world.admitted(BEN).await;
    let mut waiting = Vec::new();
    for number in 10..15 {
        waiting.push(world.joined(guest(number)).await);
        world.join(guest(number), Some(OTHER_CONCERT)).await;
    }
    world.left(guest(10), waiting[0]).await;
    let first_waiting = vec![world.token(waiting[1]).await, world.token(waiting[2]).await];
    let expected = LoadedQueueHead { admission: admission(Queue::DEFAULT, 3, 2, 2), active: 2, waiting: 4, first_waiting, ..empty };
    assert_eq!(line(&world, 2).await, expected, "two of four waiting tokens");

    world.left(ADA, ada.token.unwrap()).await;
    let mut first_waiting = expected.first_waiting.clone();
    first_waiting.extend([world.token(waiting[3]).await, world.token(waiting[4]).await]);
    let expected = LoadedQueueHead { active: 1, first_waiting, ..expected };
    assert_eq!(line(&world, ALL).await, expected, "all waiting tokens");

    let seen = world.find(QueueHead { queue: OTHER_QUEUE, at_most: 0 }).await;
    let queue = world.queue(OTHER_QUEUE).await.unwrap();
    let offers = Some(vec![Offer { schedule: world.schedule(OTHER_SCHEDULE).await.unwrap().row, has_seats: true }]);
    let admission = admission(OTHER_QUEUE, 1, 0, 0);
    let expected = LoadedQueueHead { queue, admission, active: 0, waiting: 5, offers, first_waiting: vec![], lapsed: vec![] };
    assert_eq!(seen, Some(expected), "none of five waiting tokens");
    assert_eq!(world.find(QueueHead { queue: world.new_id(), at_most: 10 }).await, None, "an unknown queue");
}

/// [`QueueHead`]: the tokens that are ACTIVE and past their deadline, the earliest deadline first, up to `at_most`; ACTIVE tokens are counted by
/// their rows, lapsed or not.
pub async fn a_queue_head_has_its_lapsed_tokens_by_deadline(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let ada = world.admitted(ADA).await;
    world.claimed(ada).await;
    world.pass_seconds(10);
    let ben = world.admitted(BEN).await;
    world.pass_seconds(10);
    let cyd = world.admitted(CYD).await;
    world.admitted_to(DAN, OTHER_CONCERT).await;
    let waiting = world.joined(guest(9)).await;
    let [ada, ben, cyd] = [ada, ben, cyd].map(|pass: Pass| pass.token.unwrap());
    let to_ben = world.token(ben).await.expires_at().unwrap() - world.now();

    world.clock.advance(to_ben - MOMENT);
    let seen = line(&world, 10).await;
    assert_eq!((ids(&seen.lapsed), seen.active, seen.waiting), (vec![], 3, 1), "a moment before the first deadline");
    world.clock.advance(MOMENT);
    assert_eq!(ids(&line(&world, 10).await.lapsed), [ben], "a token lapses at its deadline");

    world.pass_seconds(3_600);
    assert_eq!(ids(&line(&world, 1).await.lapsed), [ben], "the earliest deadline");
    assert_eq!(ids(&line(&world, 2).await.lapsed), [ben, cyd], "the two earliest deadlines, although Ada's number is lower");
    let expected = LoadedQueueHead {
        queue: world.queue(Queue::DEFAULT).await.unwrap(),
        admission: admission(Queue::DEFAULT, 4, 3, 3),
        waiting: 1,
        active: 3,
        offers: None,
        lapsed: vec![world.token(ben).await, world.token(cyd).await, world.token(ada).await],
        first_waiting: vec![world.token(waiting).await],
    };
    assert_eq!(line(&world, 10).await, expected, "all lapsed tokens");
}

/// [`QueueHead`]: without waiting tokens, ACTIVE ones aren't counted; lapsed tokens are found nevertheless.
pub async fn a_queue_head_without_waiting_tokens_counts_no_active_ones(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let ada = world.admitted(ADA).await.token.unwrap();
    let seen = line(&world, 10).await;
    assert_eq!((seen.waiting, seen.active, ids(&seen.lapsed)), (0, 0, vec![]));
    world.pass_seconds(120);
    let seen = line(&world, 10).await;
    assert_eq!((seen.waiting, seen.active, ids(&seen.lapsed)), (0, 0, vec![ada]));
    let waiting = world.joined(BEN).await;
    let seen = line(&world, 10).await;
    assert_eq!((seen.waiting, seen.active, ids(&seen.lapsed), ids(&seen.first_waiting)), (1, 1, vec![ada], vec![waiting]));
    world.left(BEN, waiting).await;
    let seen = line(&world, 10).await;
    assert_eq!(
        (seen.waiting, seen.active, ids(&seen.lapsed), ids(&seen.first_waiting)),
        (0, 0, vec![ada], vec![]),
        "no user waits any more"
    );
}

/// [`QueueHead`]: up to `at_most` tokens of each kind, each need by its own limit, whatever else of the queue is in the same load.
pub async fn each_queue_head_limits_its_lapsed_and_waiting_tokens(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (mut lapsed, mut waiting) = (Vec::new(), Vec::new());
    for number in 10..13 {
        lapsed.push(world.admitted(guest(number)).await.token.unwrap());
        world.pass_seconds(1);
    }
    world.pass_seconds(120);
    for number in 20..23 {
        waiting.push(world.joined(guest(number)).await);
    }
    let lines = [1, 3, 0, 2, ALL].map(|at_most| QueueHead { queue: Queue::DEFAULT, at_most });
    let (last, latest) = (Token(waiting[2]), Token(lapsed[2]));
    let (found, ..) = world.find((lines.to_vec(), last, latest)).await;
    for (line, seen) in lines.iter().zip(found) {
        let seen = seen.unwrap();
        let some = usize::try_from(line.at_most).unwrap().min(3);
        assert_eq!((seen.waiting, seen.active), (3, 3), "{line:?} must count all tokens");
        assert_eq!((ids(&seen.lapsed), ids(&seen.first_waiting)), (lapsed[..some].to_vec(), waiting[..some].to_vec()), "{line:?}");
    }
}

/// [`Key`], [`QueueHead`]: both in one load, as a manual admission requires them.
pub async fn a_queue_head_and_the_key_of_an_admission_are_loaded_together(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for user in [ADA, BEN, CYD] {
        world.join(user, Some(OTHER_CONCERT)).await;
    }
    let idempotency = world.new_key(DAN, Operation::Admit);
    let (key, line) = (Key(idempotency.scope.clone()), QueueHead { queue: OTHER_QUEUE, at_most: 9 });
    let command = |count| admit::Command { order: world.an_order(DAN), idempotency: idempotency.clone(), queue: OTHER_QUEUE, count };
    let alone = world.find(line.clone()).await;
    assert_eq!(world.find((key.clone(), line.clone())).await, (None, alone), "before the first use of the key");
    let answer = world.run(&command(1)).await.unwrap().outcome;
    assert_eq!(answer, Outcome::Admitted { admitted: 1 });
    let (record, seen) = world.find((key, line.clone())).await;
    assert_eq!(record, Some(world.record(&idempotency, answer, world.now())));
    assert_eq!(seen, world.find(line.clone()).await, "with the record of the key");
    let seen = seen.unwrap();
    assert_eq!((seen.active, seen.first_waiting.len()), (1, 2));
    assert!(world.run(&command(1)).await.unwrap().replayed);
    assert_eq!(world.find(line).await.unwrap().active, 1, "the repeated request admits no user");
}
