//! What the log tells: each event of each commit, once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use application::ports::{LoggedEvent, Position};
use domain::decide::admission::Pass;
use domain::{CancelReason, ExpiryReason, Fact, Operation, Version};
use time::Duration;

use super::{a_crowd, a_day, a_group, assert_all_told, assert_subjects_ascend, events};
use crate::Adapter;
use crate::clauses::committing::{about_to_pay, spoilt};
use crate::world::{
    ADA, ALL, BEN, DAN, MOMENT, OTHER_CONCERT, SCHEDULE, World, assert_committed, assert_conflict, assert_goes_on, guest, read,
};

/// `events`: each event of each commit comes once, in the order of commits and of the changes in them, at a place and with an id of its
/// own.
pub async fn every_event_is_told_once_in_the_order_of_commits(adapter: &dyn Adapter) {
    let (world, recorder) = a_day(adapter).await;
    let log = world.log().await;
    assert_eq!(events(&log), recorder.events());
    let ids: BTreeSet<_> = log.iter().map(|told| told.id).collect();
    assert_eq!(ids.len(), log.len(), "each has an id of its own");
    assert_eq!(world.log().await, log, "whenever it is read");
    assert_subjects_ascend(&log);
}

/// `LoggedEvent::event`: each of all types of events comes out of the log as it was decided, with every reason that it may have.
pub async fn every_fact_is_told_as_it_was_decided(adapter: &dyn Adapter) {
    let (world, recorder) = a_day(adapter).await;
    let decided = recorder.events();
    let names: BTreeSet<_> = decided.iter().map(|event| event.fact.name()).collect();
    assert_eq!(names, Fact::NAMES.into(), "all have happened");
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
            | Fact::PaymentRefunded { .. } => {}
        }
    }
    let expected = [ExpiryReason::Paid, ExpiryReason::TimedOut, ExpiryReason::Unclaimed, ExpiryReason::Left];
    assert!(expected.iter().all(|reason| ended.contains(reason)), "every way a token ends: {ended:?}");
    let expected = [CancelReason::Expired, CancelReason::Released, CancelReason::Refunded];
    assert!(expected.iter().all(|reason| cancelled.contains(reason)), "every way a hold ends: {cancelled:?}");
    assert!(concerts.contains(&None) && concerts.contains(&Some(OTHER_CONCERT)), "with a concert and without");
    assert!(decided.iter().any(|event| event.version > Version::FIRST));
    assert_eq!(events(&world.log().await), decided);
}

/// `LoggedEvent::at`: when it was committed, by the store's clock, to the microsecond; not when it was decided.
pub async fn an_event_has_the_instant_of_its_commit(adapter: &dyn Adapter) {
    let (world, recorder) = World::with_halls(adapter, 2).await.recorded();
    let early = world.change_of(&world.a_charge(ADA, 5)).await;
    world.clock.advance(Duration::microseconds(123_457));
    world.joined(BEN).await;
    world.clock.advance(MOMENT);
    world.commit(&early).await.unwrap();
    world.clock.advance(Duration::days(400));
    a_group(&world).await;
    let expected = recorder.changes().into_iter().flat_map(|recorded| vec![recorded.at; recorded.change.events.len()]);
    assert_eq!(world.log().await.iter().map(|told| told.at).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

/// `events`: page by page, of whatever size, each event comes once; a page has all of the positions that were asked for, and beside them
/// no more than the rest of one commit.
pub async fn pages_of_any_size_tell_each_event_once(adapter: &dyn Adapter) {
    let (world, recorder) = a_day(adapter).await;
    let log = world.log().await;
    let commits = recorder.changes().into_iter().flat_map(|recorded| vec![recorded.group; recorded.change.events.len()]);
    let commits: HashMap<Position, usize> = log.iter().map(|told| told.position).zip(commits).collect();
    let last = u32::try_from(log.len()).unwrap();
    for at_most in (1..=last + 2).chain([ALL, u32::MAX]) {
        let (told, end) = read(&*world.ports.log, Position(0), at_most).await;
        assert_eq!(told, log, "{at_most} at once");
        assert_eq!(end, world.extent().await.end, "{at_most} at once");
    }
    for at_most in [1, 2, 5, 13] {
        for Position(after) in places(&log) {
            let page = world.ports.log.events(Position(after), at_most).await.unwrap().expect("nothing is deleted");
            assert_goes_on(&page, Position(after));
            let asked = log.iter().filter(|event| (after + 1..=after + u64::from(at_most)).contains(&event.position.0)).count();
            let told: Vec<_> = log.iter().filter(|event| event.position.0 > after).take(page.items.len()).cloned().collect();
            assert_eq!(page.items, told, "{at_most} after {after}: none is left out");
            assert!(told.len() >= asked, "{at_most} after {after}: {told:?}");
            let beside: BTreeSet<_> = told[asked..].iter().map(|event| commits[&event.position]).collect();
            assert!(beside.len() <= 1, "{at_most} after {after}: the rest of {beside:?}");
        }
    }
}

/// Where a reader may stand: at each event, right before it, and at the start.
fn places(log: &[LoggedEvent]) -> BTreeSet<Position> {
    let around = |told: &LoggedEvent| [Position(told.position.0 - 1), told.position];
    log.iter().flat_map(around).chain([Position(0)]).collect()
}

/// `events`: a reader may go on from the position of any event, in the middle of a page or a commit, and gets what comes after it.
pub async fn a_reader_goes_on_from_any_position(adapter: &dyn Adapter) {
    let (world, _) = a_day(adapter).await;
    let log = world.log().await;
    for after in places(&log) {
        for at_most in [1, 3, ALL] {
            let rest: Vec<_> = log.iter().filter(|event| event.position > after).cloned().collect();
            assert_eq!(read(&*world.ports.log, after, at_most).await.0, rest, "{at_most} at once after {after:?}");
        }
    }
}

/// `events`: what is refused, has a conflict, or comes to nothing is not told, alone or in a group; the others of the group are.
pub async fn what_is_not_committed_is_not_told(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let scene = about_to_pay(&world).await;
    let ways = spoilt(&world, &scene.pay).await;
    let mut before = world.log().await;
    for (what, change) in &ways {
        assert_conflict(&world.commit(change).await, what);
        assert_eq!(world.log().await, before, "{what}: an event was written");
    }
    for (user, (what, change)) in (100..).zip(ways) {
        let other = world.change_of(&world.a_charge(guest(user), 5)).await;
        let results = world.commit_group(&[change, other.clone()]).await;
        assert_conflict(&results[0], what);
        assert_committed(&results[1], what);
        let after = world.log().await;
        assert_eq!(events(&after[before.len()..]), other.events, "beside {what}");
        before = after;
    }
    let stranger = Pass { user: DAN, token: None };
    assert!(world.run(&world.a_hold(stranger, SCHEDULE, &[3])).await.is_err());
    let again = world.a_charge_with(world.new_key(BEN, Operation::Charge), 5);
    world.run(&again).await.unwrap();
    let before = world.log().await;
    assert!(world.run(&again).await.unwrap().replayed);
    world.commit_group(&[]).await;
    assert_eq!(world.log().await, before, "an answer that is given again");
    world.commit(&scene.pay).await.unwrap();
    assert_eq!(events(&world.log().await[before.len()..]), scene.pay.events, "unspoilt");
}

/// `events`, `extent`: while several lanes commit groups, a reader that reads along gets each event once, and those of one subject by its
/// version. A later reader gets the same.
pub async fn a_reader_that_reads_along_misses_nothing(adapter: &dyn Adapter) {
    let (world, recorder) = World::with_halls(adapter, 2).await.recorded();
    let world = Arc::new(world);
    let crowd = a_crowd(&world, 100);
    let (mut told, mut position) = (Vec::new(), Position(0));
    while !crowd.is_finished() {
        let (more, end) = read(&*world.ports.log, position, 7).await;
        told.extend(more);
        position = end;
    }
    crowd.await.unwrap();
    told.extend(read(&*world.ports.log, position, 7).await.0);
    assert_eq!(told, world.log().await, "who reads along and who reads later");
    assert_all_told(&told, recorder.events());
}
