//! The events of the log: each event of each commit, once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use application::ports::{LoggedEvent, Position};
use domain::decide::admission::Pass;
use domain::{CancelReason, ExpiryReason, Fact, Operation, Version};
use time::Duration;

use super::{a_world_with_all_events, assert_all_logged, assert_subjects_ascend, commit_a_mixed_group, events, start_a_crowd};
use crate::Adapter;
use crate::clauses::committing::{about_to_pay, with_failing_guards};
use crate::world::{
    ADA, ALL, BEN, DAN, MOMENT, OTHER_CONCERT, SCHEDULE, World, assert_committed, assert_conflict, assert_progress, guest, read,
};

/// `events`: returns each event of each commit once, in the order of commits and of the changes in them, with a unique position and id.
pub async fn every_event_is_returned_once_in_commit_order(adapter: &dyn Adapter) {
    let (world, recorder) = a_world_with_all_events(adapter).await;
    let log = world.log().await;
    assert_eq!(events(&log), recorder.events());
    let ids: BTreeSet<_> = log.iter().map(|logged| logged.id).collect();
    assert_eq!(ids.len(), log.len(), "ids must be unique");
    assert_eq!(world.log().await, log, "a second reading must return the same");
    assert_subjects_ascend(&log);
}

/// `LoggedEvent::event`: the log returns events of all types as they were decided, with every possible reason.
pub async fn every_fact_is_returned_as_decided(adapter: &dyn Adapter) {
    let (world, recorder) = a_world_with_all_events(adapter).await;
    let decided = recorder.events();
    let names: BTreeSet<_> = decided.iter().map(|event| event.fact.name()).collect();
    assert_eq!(names, Fact::NAMES.into(), "all types of events");
    let (mut ended, mut cancelled, mut concerts) = (Vec::new(), Vec::new(), Vec::new());
    for event in &decided {
        match &event.fact {
            Fact::TokenExpired { reason, .. } => ended.push(*reason),
            Fact::ReservationCancelled { reason, .. } => cancelled.push(*reason),
            Fact::QueueJoined { concert, .. } => concerts.push(*concert),
            Fact::UserRegistered { .. }
            | Fact::TokenActivated { .. }
            | Fact::SeatsHeld { .. }
            | Fact::WalletCharged { .. }
            | Fact::PaymentCompleted { .. }
            | Fact::PaymentRefunded { .. }
            | Fact::TicketUsed { .. } => {}
        }
    }
    let expected = [ExpiryReason::Paid, ExpiryReason::TimedOut, ExpiryReason::Unclaimed, ExpiryReason::Left];
    assert!(expected.iter().all(|reason| ended.contains(reason)), "every reason why a token ends: {ended:?}");
    let expected = [CancelReason::Expired, CancelReason::Released, CancelReason::Refunded];
    assert!(expected.iter().all(|reason| cancelled.contains(reason)), "every reason why a hold ends: {cancelled:?}");
    assert!(concerts.contains(&None) && concerts.contains(&Some(OTHER_CONCERT)), "with a concert and without");
    assert!(decided.iter().any(|event| event.version > Version::FIRST));
    assert_eq!(events(&world.log().await), decided);
}

/// `LoggedEvent::at`: the instant of the commit by the store's clock, to the microsecond; not that of the decision.
pub async fn an_event_has_the_instant_of_its_commit(adapter: &dyn Adapter) {
    let (world, recorder) = World::with_halls(adapter, 2).await.recorded();
    let early = world.change_of(&world.a_charge(ADA, 5)).await;
    world.clock.advance(Duration::microseconds(123_457));
    world.joined(BEN).await;
    world.clock.advance(MOMENT);
    world.commit(&early).await.unwrap();
    world.clock.advance(Duration::days(400));
    commit_a_mixed_group(&world).await;
    let expected = recorder.changes().into_iter().flat_map(|recorded| vec![recorded.at; recorded.change.events.len()]);
    assert_eq!(world.log().await.iter().map(|logged| logged.at).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

/// `events`: pages of any size return each event once; a page has all of the requested positions, and in addition at most the rest of one
/// commit.
pub async fn pages_of_any_size_return_each_event_once(adapter: &dyn Adapter) {
    let (world, recorder) = a_world_with_all_events(adapter).await;
    let log = world.log().await;
    let commits = recorder.changes().into_iter().flat_map(|recorded| vec![recorded.group; recorded.change.events.len()]);
    let commits: HashMap<Position, usize> = log.iter().map(|logged| logged.position).zip(commits).collect();
    let last = u32::try_from(log.len()).unwrap();
    for at_most in (1..=last + 2).chain([ALL, u32::MAX]) {
        let (logged, end) = read(&*world.ports.log, Position(0), at_most).await;
        assert_eq!(logged, log, "{at_most} at a time");
        assert_eq!(end, world.extent().await.end, "{at_most} at a time");
    }
    for at_most in [1, 2, 5, 13] {
        for Position(after) in positions(&log) {
            let page = world.ports.log.events(Position(after), at_most).await.unwrap().expect("nothing is deleted");
            assert_progress(&page, Position(after));
            let requested = log.iter().filter(|event| (after + 1..=after + u64::from(at_most)).contains(&event.position.0)).count();
            let logged: Vec<_> = log.iter().filter(|event| event.position.0 > after).take(page.items.len()).cloned().collect();
            assert_eq!(page.items, logged, "{at_most} after {after}: no event may be left out");
            assert!(logged.len() >= requested, "{at_most} after {after}: {logged:?}");
            let additional: BTreeSet<_> = logged[requested..].iter().map(|event| commits[&event.position]).collect();
            assert!(additional.len() <= 1, "{at_most} after {after}: the rest of {additional:?}");
        }
    }
}

/// Returns the possible positions of a reader: each event, right before it, and the start.
fn positions(log: &[LoggedEvent]) -> BTreeSet<Position> {
    let around = |logged: &LoggedEvent| [Position(logged.position.0 - 1), logged.position];
    log.iter().flat_map(around).chain([Position(0)]).collect()
}

/// `events`: a reader may continue from the position of any event, in the middle of a page or a commit, and gets the events after it.
pub async fn a_reader_continues_from_any_position(adapter: &dyn Adapter) {
    let (world, _) = a_world_with_all_events(adapter).await;
    let log = world.log().await;
    for after in positions(&log) {
        for at_most in [1, 3, ALL] {
            let rest: Vec<_> = log.iter().filter(|event| event.position > after).cloned().collect();
            assert_eq!(read(&*world.ports.log, after, at_most).await.0, rest, "{at_most} at a time after {after:?}");
        }
    }
}

/// `events`: a refused, conflicting or empty change leaves no events, alone or in a group; the other changes of the group do.
pub async fn uncommitted_changes_leave_no_events(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let fixture = about_to_pay(&world).await;
    let variants = with_failing_guards(&world, &fixture.pay).await;
    let mut before = world.log().await;
    for (what, change) in &variants {
        assert_conflict(&world.commit(change).await, what);
        assert_eq!(world.log().await, before, "{what}: no event must be logged");
    }
    for (user, (what, change)) in (100..).zip(variants) {
        let other = world.change_of(&world.a_charge(guest(user), 5)).await;
        let results = world.commit_group(&[change, other.clone()]).await;
        assert_conflict(&results[0], what);
        assert_committed(&results[1], what);
        let after = world.log().await;
        assert_eq!(events(&after[before.len()..]), other.events, "with {what}");
        before = after;
    }
    let without_token = Pass { user: DAN, token: None };
    assert!(world.run(&world.a_hold(without_token, SCHEDULE, &[3])).await.is_err());
    let again = world.a_charge_with(world.new_key(BEN, Operation::Charge), 5);
    world.run(&again).await.unwrap();
    let before = world.log().await;
    assert!(world.run(&again).await.unwrap().replayed);
    world.commit_group(&[]).await;
    assert_eq!(world.log().await, before, "a replayed response");
    world.commit(&fixture.pay).await.unwrap();
    assert_eq!(events(&world.log().await[before.len()..]), fixture.pay.events, "the original change");
}

/// `events`, `extent`: while several lanes commit groups, a concurrent reader gets each event once, and those of one subject in the order
/// of its versions. A later reader gets the same.
pub async fn a_concurrent_reader_misses_no_event(adapter: &dyn Adapter) {
    let (world, recorder) = World::with_halls(adapter, 2).await.recorded();
    let world = Arc::new(world);
    let crowd = start_a_crowd(&world, 100);
    let (mut logged, mut position) = (Vec::new(), Position(0));
    while !crowd.is_finished() {
        let (more, end) = read(&*world.ports.log, position, 7).await;
        logged.extend(more);
        position = end;
    }
    crowd.await.unwrap();
    logged.extend(read(&*world.ports.log, position, 7).await.0);
    assert_eq!(logged, world.log().await, "a concurrent and a later reader must read the same");
    assert_all_logged(&logged, recorder.events());
}
