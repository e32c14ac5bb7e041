//! The port of the event log.

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

/// Everything that can happen, by one or in groups.
async fn a_day(adapter: &dyn Adapter) -> (World, Arc<Recorder>) {
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
    a_group(&world).await;
    world.clock.advance(hold.expires_at() - world.now());
    world.sweep().await;
    world.clock.advance(world.rules.queue.active);
    world.tick(Queue::DEFAULT).await;
    world.refunded(ADA, payment.id()).await;
    assert!(cyd.token.is_some());
    (world, recorder)
}

/// Many changes in one commit, of which one conflicts; some tell of nothing, some of several things.
async fn a_group(world: &World) {
    let late = world.change_of(&world.a_join(guest(10), None)).await;
    world.joined(guest(10)).await;
    let mut group = vec![world.change_of(&world.a_charge(guest(11), 5)).await, late];
    for user in 12..16 {
        group.push(world.change_of(&world.a_join(guest(user), Some(OTHER_CONCERT))).await);
        group.push(world.change_of(&world.a_charge(guest(user + 10), 5)).await);
    }
    world.pass_seconds(1);
    let results = world.commit_group(&group).await;
    assert_conflict(&results[1], "who joins stands in line by now");
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1, "{results:?}");
}

/// People who come, charge and go, all at once.
pub(super) fn a_crowd(world: &Arc<World>, first: u128) -> JoinHandle<()> {
    const CROWD: u128 = 24;
    let limits = Limits { kind: "crowd", lanes: 3, queue: 1_000, batch: 16, deadline: std::time::Duration::from_mins(1) };
    let committer = Arc::new(Committer::new(world.ports.store.clone(), Vec::new()));
    let commits = Arc::new(GroupCommit::start(committer, Arc::new(world.rules.clone()), limits));
    let (barrier, mut people) = (Arc::new(Barrier::new(usize::try_from(CROWD).unwrap())), JoinSet::new());
    for user in (first..first + CROWD).map(guest) {
        let (world, commits, barrier) = (world.clone(), commits.clone(), barrier.clone());
        people.spawn(async move {
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
        people.join_all().await;
        commits.close().await;
    })
}

fn events(told: &[LoggedEvent]) -> Vec<Event> {
    told.iter().map(|told| told.event.clone()).collect()
}

/// The log has all of `decided` and no others, each once, and those of one subject by its version.
pub(super) fn assert_all_told(told: &[LoggedEvent], decided: Vec<Event>) {
    assert_subjects_ascend(told);
    let mut rest = events(told);
    for event in decided {
        let place = rest.iter().position(|told| *told == event);
        rest.remove(place.unwrap_or_else(|| panic!("{event:?} is not told, or twice committed")));
    }
    assert_eq!(rest, [], "told twice, or of no commit");
}

/// The events of one subject ascend by its version.
pub(in crate::clauses) fn assert_subjects_ascend(told: &[LoggedEvent]) {
    let mut versions = HashMap::new();
    for Event { version, fact } in events(told) {
        let before = versions.insert(fact.subject(), version);
        assert!(before.is_none_or(|before| before < version), "{} at {version:?} after {before:?}", fact.subject());
    }
}
