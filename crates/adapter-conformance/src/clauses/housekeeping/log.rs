//! Pruning of the event log.

use application::ports::{LogExtent, LoggedEvent, Position, Prunable, ReaderName};
use time::{Duration, OffsetDateTime};

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, MOMENT, World, guest, read};

/// Creates a log of `events` events, each in a commit of its own and a second older than the next, and nothing else.
async fn a_log_of(adapter: &dyn Adapter, events: usize) -> (World, Vec<LoggedEvent>) {
    let world = World::with_halls(adapter, 2).await;
    world.charged(ADA, 5).await;
    world.pass_seconds(1);
    world.prune_log(world.now(), ALL).await;
    for _ in 0..events {
        world.charged(ADA, 5).await;
        world.pass_seconds(1);
    }
    let log = world.log().await;
    assert_eq!(log.len(), events, "a charge must log one event");
    (world, log)
}

/// Prunes the events that readers have passed, until there are no more.
async fn prune_read(world: &World, before: OffsetDateTime, unread_before: OffsetDateTime) {
    let what = Prunable::Log { before, unread_before };
    for _ in 0..20 {
        if !world.prune_some(what, 2).await.more {
            return;
        }
    }
    panic!("pruning doesn't end");
}

async fn keep(world: &World, name: &str, position: Position) {
    assert!(world.ports.log.keep_reader(&ReaderName::new(name).unwrap(), position).await.unwrap());
}

/// `prune`: deletes the events of commits before the instant, and keeps those at or after it.
pub async fn the_log_is_pruned_by_the_instant_of_its_commits(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let decided = world.change_of(&world.a_join(ADA, None)).await;
    world.pass_seconds(10);
    let committed_at = world.now();
    world.commit(&decided).await.unwrap();
    world.clock.advance(MOMENT);
    world.charged(BEN, 5).await;
    world.pass_seconds(10);
    let log = world.log().await;
    world.prune_log(committed_at, ALL).await;
    assert_eq!(world.log().await, log, "a commit at the instant itself is kept");
    world.prune_log(committed_at + MOMENT, ALL).await;
    assert_eq!(world.log().await, log[decided.events.len()..]);
    world.prune_log(committed_at + MOMENT * 2, ALL).await;
    assert_eq!(world.log().await, []);
    assert_eq!(world.prune_log(world.now(), ALL).await.rows, 0);
}

/// `prune`: deletes up to `at_most` commits, the lowest positions first; the log then starts at the last deleted position.
pub async fn the_log_is_pruned_from_its_start(adapter: &dyn Adapter) {
    let (world, log) = a_log_of(adapter, 7).await;
    let end = world.extent().await.end;
    let mut deleted = 0;
    for (at_most, pruned) in [(0, 0), (3, 3), (1, 1), (3, 3)] {
        assert_eq!(world.prune_log(world.now(), at_most).await.rows, pruned);
        deleted += usize::try_from(pruned).unwrap();
        assert_eq!(world.log().await, log[deleted..]);
        let Some(last) = log[..deleted].last() else { continue };
        assert_eq!(world.extent().await, LogExtent { start: last.position, end });
        for before in [0, log[0].position.0, last.position.0 - 1].into_iter().filter(|before| *before < last.position.0) {
            assert_eq!(world.ports.log.events(Position(before), ALL).await.unwrap(), None, "events after {before} are deleted");
        }
        for logged in &log[deleted - 1..] {
            let rest: Vec<_> = log.iter().filter(|event| event.position > logged.position).cloned().collect();
            assert_eq!(read(&*world.ports.log, logged.position, 2).await, (rest, end));
        }
    }
    assert_eq!(world.extent().await, LogExtent { start: end, end }, "nothing must be left");
}

/// `prune`: positions of deleted events are not reused, even the last ones.
pub async fn a_pruned_position_is_not_reused(adapter: &dyn Adapter) {
    let (world, log) = a_log_of(adapter, 2).await;
    let mut last = log[1].position;
    for _ in 0..3 {
        world.pass_seconds(1);
        world.prune_log(world.now(), ALL).await;
        let LogExtent { start, end } = world.extent().await;
        assert_eq!((start, end), (last, last), "nothing must be left");
        world.charged(ADA, 5).await;
        let log = read(&*world.ports.log, end, ALL).await.0;
        assert_eq!(log.len(), 1);
        assert!(log[0].position > last, "{:?} after {last:?}", log[0].position);
        assert_eq!(world.log().await, log);
        last = log[0].position;
    }
}

/// `prune`: keeps events that any reader hasn't passed, however old they are; a forgotten reader no longer keeps events.
pub async fn events_that_a_reader_has_not_passed_are_kept(adapter: &dyn Adapter) {
    let (world, log) = a_log_of(adapter, 6).await;
    let (now, long_ago) = (world.now(), world.now() - Duration::days(400));
    keep(&world, "slow", log[1].position).await;
    keep(&world, "fast", log[4].position).await;
    prune_read(&world, log[0].at, long_ago).await;
    assert_eq!(world.log().await, log, "all readers have passed the first event, but it isn't old enough");
    prune_read(&world, log[1].at, long_ago).await;
    assert_eq!(world.log().await, log[1..]);
    prune_read(&world, now, long_ago).await;
    assert_eq!(world.log().await, log[2..], "up to the slow reader");
    keep(&world, "slow", log[2].position).await;
    prune_read(&world, now, long_ago).await;
    assert_eq!(world.log().await, log[3..]);
    assert!(world.ports.log.forget_reader(&ReaderName::new("slow").unwrap()).await.unwrap());
    prune_read(&world, now, long_ago).await;
    assert_eq!(world.log().await, log[5..], "up to the fast reader");
    keep(&world, "fast", world.extent().await.end).await;
    keep(&world, "back", Position(0)).await;
    prune_read(&world, now, long_ago).await;
    assert_eq!(world.log().await, log[5..], "one reader has gone back");
    assert!(world.ports.log.forget_reader(&ReaderName::new("back").unwrap()).await.unwrap());
    prune_read(&world, now, long_ago).await;
    assert_eq!(world.log().await, []);
    world.charged(ADA, 5).await;
    world.pass_seconds(1);
    prune_read(&world, world.now(), long_ago).await;
    assert_eq!(world.log().await.len(), 1, "the fast reader hasn't read the new event");
    assert!(world.ports.log.forget_reader(&ReaderName::new("fast").unwrap()).await.unwrap());
    prune_read(&world, world.now(), long_ago).await;
    assert_eq!(world.log().await, [], "there is no reader");
}

/// `prune`: deletes events committed before the other instant even if readers haven't passed them; the readers are kept, and miss them.
pub async fn events_unread_for_too_long_are_pruned(adapter: &dyn Adapter) {
    let (world, log) = a_log_of(adapter, 5).await;
    keep(&world, "slow", log[0].position).await;
    let readers = world.readers().await;
    prune_read(&world, world.now(), log[2].at).await;
    assert_eq!(world.log().await, log[2..], "a commit at the instant itself is kept");
    assert_eq!(world.readers().await, readers);
    assert_eq!(world.ports.log.events(log[0].position, 5).await.unwrap(), None);
    prune_read(&world, world.now(), log[2].at + MOMENT).await;
    assert_eq!(world.log().await, log[3..]);
    keep(&world, "slow", log[3].position).await;
    prune_read(&world, log[4].at, log[0].at).await;
    assert_eq!(world.log().await, log[4..], "the reader has passed this event");
    prune_read(&world, world.now(), world.now()).await;
    assert_eq!(world.log().await, []);
    assert_eq!(world.readers().await.len(), 1);
}

/// `prune`: a reader that has stopped in the middle of a commit continues there.
pub async fn a_reader_in_the_middle_of_a_commit_continues_after_pruning(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let mut group = Vec::new();
    for user in 0..4 {
        group.push(world.change_of(&world.a_charge(guest(user), 5)).await);
    }
    for _ in 0..2 {
        assert!(world.commit_group(&group).await.iter().all(Result::is_ok));
        world.pass_seconds(1);
        for change in &mut group {
            let user = change.row::<domain::Wallet>().unwrap().row.user();
            *change = world.change_of(&world.a_charge(user, 5)).await;
        }
    }
    let log = world.log().await;
    for (index, logged) in log.iter().enumerate() {
        keep(&world, "mailer", logged.position).await;
        prune_read(&world, world.now(), world.now() - Duration::days(400)).await;
        for at_most in [1, 3, ALL] {
            assert_eq!(read(&*world.ports.log, logged.position, at_most).await.0, log[index + 1..]);
        }
    }
    assert_eq!(world.log().await, []);
}

/// `prune`: leaves no gap in the log after the clock was set back: the lowest positions are deleted first.
pub async fn a_clock_set_back_leaves_no_gap_in_the_log(adapter: &dyn Adapter) {
    let (world, log) = a_log_of(adapter, 3).await;
    world.clock.advance(Duration::seconds(-10));
    world.charged(ADA, 5).await;
    let (back, log) = (world.now(), [log, world.log().await.split_off(3)].concat());
    assert_eq!(log[3].at, back);
    prune_read(&world, back + MOMENT, back + MOMENT).await;
    assert_eq!(world.log().await, log, "earlier positions aren't old enough");
    prune_read(&world, log[1].at, log[1].at).await;
    assert_eq!(world.log().await, log[1..]);
    prune_read(&world, log[2].at + MOMENT, log[2].at + MOMENT).await;
    assert_eq!(world.log().await, []);
}
