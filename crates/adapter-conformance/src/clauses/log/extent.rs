//! The extent of the log.

use std::collections::BTreeSet;
use std::sync::Arc;

use application::ports::Position;
use domain::{Fact, Queue, TokenDigest};
use tokio::task::JoinSet;

use crate::Adapter;
use crate::world::{ADA, ALL, World, assert_conflict, guest, read};

/// `extent`: a log without deleted events extends from 0 to the last position; an empty log starts and ends at 0.
pub async fn the_extent_ends_at_the_last_event(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let empty = world.extent().await;
    assert_eq!((empty.start, empty.end), (Position(0), Position(0)), "the log is empty");
    assert_eq!(read(&*world.ports.log, Position(0), ALL).await, (vec![], Position(0)));
    let mut before = empty;
    for user in 1..5 {
        world.charged(guest(user), 5).await;
        let after = world.extent().await;
        assert_eq!(after.start, Position(0), "nothing is deleted");
        assert!(after.end > before.end, "{after:?} after {before:?}");
        let (news, end) = read(&*world.ports.log, before.end, ALL).await;
        assert_eq!(news.len(), 2, "a registration and a charge");
        assert_eq!(end, after.end);
        before = after;
    }
    let conflict = world.change_of(&world.a_join(ADA, None)).await;
    world.joined(ADA).await;
    assert_conflict(&world.commit(&conflict).await, "Ada has joined in the meantime");
    assert_eq!(read(&*world.ports.log, world.extent().await.end, ALL).await.0, [], "there are no events after the end");
}

/// `extent`: all commits up to its end are readable in the store.
pub async fn commits_within_the_extent_are_readable_in_the_store(adapter: &dyn Adapter) {
    const USERS: u128 = 48;
    let world = Arc::new(World::with_halls(adapter, 2).await);
    let mut joining = JoinSet::new();
    for user in (100..100 + USERS).map(guest) {
        let world = world.clone();
        joining.spawn(async move { world.joined(user).await });
    }
    let mut seen = Vec::new();
    let joining = tokio::spawn(joining.join_all());
    while !joining.is_finished() {
        let end = world.extent().await.end;
        let live = world.ports.tokens.live(Queue::DEFAULT, 0, ALL).await.unwrap();
        seen.push((end, live.iter().map(|token| token.id().digest()).collect::<BTreeSet<TokenDigest>>()));
    }
    joining.await.unwrap();
    let log = world.log().await;
    for (end, live) in seen {
        for logged in log.iter().filter(|logged| logged.position <= end) {
            if let Fact::QueueJoined { token, .. } = logged.event.fact {
                assert!(live.contains(&token), "{:?} is within {end:?}, but its token isn't readable", logged.position);
            }
        }
    }
}

/// `events`: none if the log ends before the position.
pub async fn a_position_after_the_end_returns_none(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    for _ in 0..2 {
        let Position(end) = world.extent().await.end;
        for after in [end + 1, end + 1_000, u64::MAX >> 1, (u64::MAX >> 1) + 1, u64::MAX] {
            assert_eq!(world.ports.log.events(Position(after), 5).await.unwrap(), None, "{after} is after the end {end}");
        }
        assert!(world.ports.log.events(Position(end), 5).await.unwrap().is_some());
        world.charged(ADA, 5).await;
    }
}
