//! Lines, as ticks see them.

use domain::decide::admin::admit;
use domain::decide::admission::Pass;
use domain::loaded::LoadedLine;
use domain::need::{Key, Line, Token};
use domain::{Offer, Operation, Outcome, Queue, QueueToken, TokenId, Version, Versioned};

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, DAN, MOMENT, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, World, guest};

fn ids(tokens: &[Versioned<QueueToken>]) -> Vec<TokenId> {
    tokens.iter().map(|token| token.id()).collect()
}

async fn line(world: &World, at_most: u32) -> LoadedLine {
    world.find(Line { queue: Queue::DEFAULT, at_most }).await.expect("the default queue")
}

/// [`Line`]: the queue, its admission version, how many wait and how many are ACTIVE; those who wait with the lowest numbers, at most so
/// many.
pub async fn a_line_counts_all_and_has_the_foremost_who_wait(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let empty = LoadedLine {
        queue: world.queue(Queue::DEFAULT).await.unwrap(),
        admission: Version::FIRST,
        waiting: 0,
        active: 0,
        offers: None,
        lapsed: vec![],
        foremost: vec![],
    };
    assert_eq!(line(&world, 10).await, empty, "an empty line");

    let ada = world.admitted(ADA).await;
    world.admitted(BEN).await;
    let mut waiting = Vec::new();
    for number in 10..15 {
        waiting.push(world.joined(guest(number)).await);
        world.join(guest(number), Some(OTHER_CONCERT)).await;
    }
    world.left(guest(10), waiting[0]).await;
    let foremost = vec![world.token(waiting[1]).await, world.token(waiting[2]).await];
    let expected = LoadedLine { admission: Version(3), active: 2, waiting: 4, foremost, ..empty };
    assert_eq!(line(&world, 2).await, expected, "two of four who wait");

    world.left(ADA, ada.token.unwrap()).await;
    let mut foremost = expected.foremost.clone();
    foremost.extend([world.token(waiting[3]).await, world.token(waiting[4]).await]);
    let expected = LoadedLine { active: 1, foremost, ..expected };
    assert_eq!(line(&world, ALL).await, expected, "all who wait");

    let seen = world.find(Line { queue: OTHER_QUEUE, at_most: 0 }).await;
    let queue = world.queue(OTHER_QUEUE).await.unwrap();
    let offers = Some(vec![Offer { schedule: world.schedule(OTHER_SCHEDULE).await.unwrap().row, has_seats: true }]);
    let expected = LoadedLine { queue, admission: Version::FIRST, active: 0, waiting: 5, offers, foremost: vec![], lapsed: vec![] };
    assert_eq!(seen, Some(expected), "none of five");
    assert_eq!(world.find(Line { queue: world.new_id(), at_most: 10 }).await, None, "an unknown queue");
}

/// [`Line`]: the tokens that are ACTIVE and past their deadline, the earliest first, at most so many; those that are ACTIVE are counted by
/// their rows, lapsed or not.
pub async fn a_line_has_the_lapsed_the_earliest_first(adapter: &dyn Adapter) {
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
    assert_eq!(ids(&line(&world, 10).await.lapsed), [ben], "at its deadline a token has lapsed");

    world.pass_seconds(3_600);
    assert_eq!(ids(&line(&world, 1).await.lapsed), [ben], "the earliest");
    assert_eq!(ids(&line(&world, 2).await.lapsed), [ben, cyd], "the two earliest, though Ada's number is lower");
    let expected = LoadedLine {
        queue: world.queue(Queue::DEFAULT).await.unwrap(),
        admission: Version(4),
        waiting: 1,
        active: 3,
        offers: None,
        lapsed: vec![world.token(ben).await, world.token(cyd).await, world.token(ada).await],
        foremost: vec![world.token(waiting).await],
    };
    assert_eq!(line(&world, 10).await, expected, "all of them");
}

/// [`Line`]: if nobody waits, nobody is counted as ACTIVE; who has lapsed is found nevertheless.
pub async fn a_line_in_which_nobody_waits_counts_nobody(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let ada = world.admitted(ADA).await.token.unwrap();
    let seen = line(&world, 10).await;
    assert_eq!((seen.waiting, seen.active, ids(&seen.lapsed)), (0, 0, vec![]));
    world.pass_seconds(120);
    let seen = line(&world, 10).await;
    assert_eq!((seen.waiting, seen.active, ids(&seen.lapsed)), (0, 0, vec![ada]));
    let waiting = world.joined(BEN).await;
    let seen = line(&world, 10).await;
    assert_eq!((seen.waiting, seen.active, ids(&seen.lapsed), ids(&seen.foremost)), (1, 1, vec![ada], vec![waiting]));
    world.left(BEN, waiting).await;
    let seen = line(&world, 10).await;
    assert_eq!((seen.waiting, seen.active, ids(&seen.lapsed), ids(&seen.foremost)), (0, 0, vec![ada], vec![]), "nobody waits any more");
}

/// [`Line`]: at most so many of either sort, each need as many as it asks for, whatever else is asked of the queue in the same load.
pub async fn lines_have_each_at_most_so_many_of_either_sort(adapter: &dyn Adapter) {
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
    let lines = [1, 3, 0, 2, ALL].map(|at_most| Line { queue: Queue::DEFAULT, at_most });
    let (last, latest) = (Token(waiting[2]), Token(lapsed[2]));
    let (found, ..) = world.find((lines.to_vec(), last, latest)).await;
    for (line, seen) in lines.iter().zip(found) {
        let seen = seen.unwrap();
        let some = usize::try_from(line.at_most).unwrap().min(3);
        assert_eq!((seen.waiting, seen.active), (3, 3), "{line:?} counts all");
        assert_eq!((ids(&seen.lapsed), ids(&seen.foremost)), (lapsed[..some].to_vec(), waiting[..some].to_vec()), "{line:?}");
    }
}

/// [`Key`], [`Line`]: both in one load, as an admission by hand asks for them.
pub async fn a_line_is_found_with_the_key_of_an_admission(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for user in [ADA, BEN, CYD] {
        world.join(user, Some(OTHER_CONCERT)).await;
    }
    let idempotency = world.new_key(DAN, Operation::Admit);
    let (key, line) = (Key(idempotency.scope.clone()), Line { queue: OTHER_QUEUE, at_most: 9 });
    let command = |count| admit::Command { order: world.an_order(DAN), idempotency: idempotency.clone(), queue: OTHER_QUEUE, count };
    let alone = world.find(line.clone()).await;
    assert_eq!(world.find((key.clone(), line.clone())).await, (None, alone), "before the first use of the key");
    let answer = world.run(&command(1)).await.unwrap().outcome;
    assert_eq!(answer, Outcome::Admitted { admitted: 1 });
    let (record, seen) = world.find((key, line.clone())).await;
    assert_eq!(record, Some(world.record(&idempotency, answer, world.now())));
    assert_eq!(seen, world.find(line.clone()).await, "with its record");
    let seen = seen.unwrap();
    assert_eq!((seen.active, seen.foremost.len()), (1, 2));
    assert!(world.run(&command(1)).await.unwrap().replayed);
    assert_eq!(world.find(line).await.unwrap().active, 1, "the same request again admits nobody");
}
