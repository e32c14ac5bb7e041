//! The event log port.

mod events;
mod extent;
mod readers;

pub use events::*;
pub use extent::*;
pub use readers::*;

use std::collections::HashMap;
use std::sync::Arc;

use application::group_commit::Limits;
use application::ports::LoggedEvent;
use application::{Committer, GroupCommit};
use domain::{Event, Queue};
use time::Duration;
use tokio::sync::Barrier;
use tokio::task::{JoinHandle, JoinSet};

use crate::Adapter;
use crate::world::{ADA, BEN, CONCERT, CYD, DAN, OTHER_CONCERT, Recorder, SCHEDULE, SECOND_SCHEDULE, World, assert_conflict, guest};

/// Creates a world with events of all types, committed one by one and in groups.
async fn a_world_with_all_events(adapter: &dyn Adapter) -> (World, Arc<Recorder>) {
    let (world, recorder) = World::with_halls(adapter, 4).await.recorded();
    world.clock.advance(Duration::microseconds(123_457));
    world.run(&world.a_registration("Ádám Ünlü 音 🎵", None)).await.unwrap();
    let (_, payment) = world.bought(ADA, SCHEDULE, &[1, 3]).await;
    world.run(&world.a_charge_for(BEN, ADA, 1)).await.unwrap();
    let (cyd, dan) = (world.admitted(CYD).await, world.admitted(DAN).await);
    world.claimed(dan).await;
    let ben = world.admitted_to(BEN, OTHER_CONCERT).await;
    world.left(BEN, ben.token.unwrap()).await;
    let ben = world.admitted_to(BEN, CONCERT).await;
    let released = world.held(ben, SCHEDULE, &[4, 2]).await;
    world.pass_seconds(1);
    world.released(BEN, released.id()).await;
    let hold = world.held(dan, SECOND_SCHEDULE, &[1]).await;
    commit_a_mixed_group(&world).await;
    world.clock.advance(hold.expires_at() - world.now());
    world.sweep().await;
    world.clock.advance(world.rules.queue.active);
    world.tick(Queue::DEFAULT).await;
    world.refunded(ADA, payment.id()).await;
    let (sold, _) = world.bought(guest(40), SCHEDULE, &[2]).await;
    world.checked_in(sold.id(), 2).await;
    assert!(cyd.token.is_some());
    (world, recorder)
}

/// Commits many changes in one group, of which one conflicts; some have no events, some have several.
async fn commit_a_mixed_group(world: &World) {
    let late = world.change_of(&world.a_join(guest(10), None)).await;
    world.joined(guest(10)).await;
    let mut group = vec![world.change_of(&world.a_charge(guest(11), 5)).await, late];
    for user in 12..16 {
        group.push(world.change_of(&world.a_join(guest(user), Some(OTHER_CONCERT))).await);
        group.push(world.change_of(&world.a_charge(guest(user + 10), 5)).await);
    }
    world.pass_seconds(1);
    let results = world.commit_group(&group).await;
    assert_conflict(&results[1], "the user has joined in the meantime");
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1, "{results:?}");
}

/// Starts users who join, charge and leave concurrently.
pub(super) fn start_a_crowd(world: &Arc<World>, first: u128) -> JoinHandle<()> {
    const USERS: u128 = 24;
    let limits = Limits { kind: "users", lanes: 3, queue: 1_000, batch: 16, deadline: std::time::Duration::from_mins(1) };
    let committer = Arc::new(Committer::new(world.ports.store.clone(), Vec::new()));
    let commits = Arc::new(GroupCommit::start(committer, Arc::new(world.rules.clone()), limits));
    let (barrier, mut users) = (Arc::new(Barrier::new(usize::try_from(USERS).unwrap())), JoinSet::new());
    for user in (first..first + USERS).map(guest) {
        let (world, commits, barrier) = (world.clone(), commits.clone(), barrier.clone());
        users.spawn(async move {
            barrier.wait().await;
            for _ in 0..3 {
                let join = world.a_join(user, None);
                commits.run(join).await.unwrap();
                commits.run(world.a_charge(user, 5)).await.unwrap();
                commits.run(world.a_leave(user, join.token)).await.unwrap();
            }
        });
    }
    tokio::spawn(async move {
        users.join_all().await;
        commits.close().await;
    })
}

fn events(logged: &[LoggedEvent]) -> Vec<Event> {
    logged.iter().map(|logged| logged.event.clone()).collect()
}

/// Asserts that the log has exactly the events of `decided`, each once, and those of one subject in the order of its versions.
pub(super) fn assert_all_logged(logged: &[LoggedEvent], decided: Vec<Event>) {
    assert_subjects_ascend(logged);
    let mut rest = events(logged);
    for event in decided {
        let index = rest.iter().position(|logged| *logged == event);
        rest.remove(index.unwrap_or_else(|| panic!("{event:?} is missing, or was committed twice")));
    }
    assert_eq!(rest, [], "no event may be logged twice or without a commit");
}

/// Asserts that the events of one subject have ascending versions.
pub(in crate::clauses) fn assert_subjects_ascend(logged: &[LoggedEvent]) {
    let mut versions = HashMap::new();
    for Event { version, fact } in events(logged) {
        let before = versions.insert(fact.subject(), version);
        assert!(before.is_none_or(|before| before < version), "{} at {version:?} after {before:?}", fact.subject());
    }
}
