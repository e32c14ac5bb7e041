//! A group is one transaction, but each of its changes succeeds or fails on its own.

use application::ports::{CommitError, Store, Tokens, Wallets};
use domain::change::{Guard, NewToken};
use domain::{Change, PaymentId, PaymentState, Queue, ReservationState, UserId, Version, Wallet, Write, need};
use time::Duration;

use crate::world::World;

/// Returns a change that inserts a wallet of a missing user: no guard detects it, but a foreign key does.
fn poisoned() -> Change {
    Change::default().writing(Write::insert(Wallet::new(UserId(uuid::Uuid::from_u128(0xBAD)))))
}

#[tokio::test]
async fn a_conflict_fails_only_its_own_change() {
    let world = World::empty().await;
    let (ada, ben) = (world.user().await, world.user().await);
    let (adas, bens) = (world.charge_change(ada, 1_000).await, world.charge_change(ben, 2_000).await);
    world.charge(ada, 5).await;
    let results = world.store.commit(&[adas, bens]).await;
    assert!(matches!(results[..], [Err(CommitError::Conflict), Ok(_)]), "{results:?}");
    assert_eq!(world.store.reads().wallet(ada).await.unwrap().unwrap().balance().minor(), 5);
    assert_eq!(world.store.reads().wallet(ben).await.unwrap().unwrap().balance().minor(), 2_000);
}

#[tokio::test]
async fn a_poisoned_change_fails_alone() {
    let world = World::empty().await;
    let (ada, ben) = (world.user().await, world.user().await);
    let (adas, bens) = (world.charge_change(ada, 1_000).await, world.charge_change(ben, 2_000).await);
    let results = world.store.commit(&[adas, poisoned(), bens]).await;
    assert!(matches!(results[..], [Ok(_), Err(CommitError::Rejected(_)), Ok(_)]), "{results:?}");
    assert_eq!(world.store.reads().wallet(ada).await.unwrap().unwrap().balance().minor(), 1_000);
    assert_eq!(world.store.reads().wallet(ben).await.unwrap().unwrap().balance().minor(), 2_000);
}

/// A reservation and its payment refer to each other, so the reference is checked at COMMIT.
#[tokio::test]
async fn a_change_that_fails_at_commit_fails_alone() {
    let world = World::with_a_hall_of(4).await;
    let guest = world.guest().await;
    let kept = world.hold(guest, &[1]).await;
    let paid_by_nothing = kept.clone().restore(ReservationState::Confirmed { payment: PaymentId(uuid::Uuid::from_u128(0xBAD)) });
    let poisoned = Change::default().writing(Write { expected: Some(Version::FIRST), row: paid_by_nothing });
    let (ada, bens) = (world.user().await, world.user().await);
    let adas = world.charge_change(ada, 1_000).await;
    let results = world.store.commit(&[poisoned, adas]).await;
    assert!(matches!(results[..], [Err(CommitError::Rejected(_)), Ok(_)]), "{results:?}");
    // The only writer connection has no open transaction.
    world.charge(bens, 3).await;
    let found = world.find(need::Reservation(kept.id())).await.unwrap().0.reservation;
    assert_eq!((found.version, found.state()), (Version::FIRST, ReservationState::Held));
}

#[tokio::test]
async fn colliding_changes_conflict_after_their_group_has_failed_as_a_whole() {
    let world = World::with_a_hall_of(4).await;
    let queue = world.store.ports().catalogue.queue(Queue::DEFAULT).await.unwrap().unwrap();
    let relies = world.charge_change(world.user().await, 5).await.relying_on(Guard::Queue(queue.id(), queue.version));
    let writes = Change::default().writing(Write::update(&queue, queue.row.clone()));
    let results = world.store.commit(&[relies, writes.clone(), poisoned()]).await;
    assert!(matches!(results[..], [Ok(_), Err(CommitError::Conflict), Err(CommitError::Rejected(_))]), "{results:?}");
    assert!(world.store.commit(&[writes]).await[0].is_ok(), "the failed group has written nothing");
}

#[tokio::test]
async fn an_existing_unique_row_is_a_conflict_even_without_a_guard() {
    let world = World::with_a_hall_of(4).await;
    let guest = world.guest().await;
    world.charge(guest.user, 50_000).await;
    let kept = world.hold(guest, &[1]).await;
    let payment = world.pay(guest, &kept).await;
    let twice = payment.restore(PaymentState::Completed).with_id(PaymentId(uuid::Uuid::from_u128(0x2)));
    let again = Change::default().writing(Write::insert(twice));
    let other = world.charge_change(guest.user, 1).await;
    let results = world.store.commit(&[again, other]).await;
    assert!(matches!(results[..], [Err(CommitError::Conflict), Ok(_)]), "{results:?}");
    assert_eq!(world.violated().await, Vec::<&str>::new());
}

#[tokio::test]
async fn numbers_are_gapless_when_joins_fail() {
    let world = World::empty().await;
    let users = [world.user().await, world.user().await, world.user().await];
    let mut changes = Vec::new();
    for user in users {
        changes.push(world.join_change(user).await.1);
    }
    let mut late = world.join_change(users[1]).await.1;
    late.not_after = Some(application::ports::Clock::now(world.clock.as_ref()));
    let mut stale = world.join_change(users[1]).await.1;
    stale.rely_on(Guard::Queue(Queue::DEFAULT, Version(7)));
    changes.insert(1, late);
    changes.insert(2, poisoned());
    changes.insert(0, stale);

    let numbers: Vec<_> = world.store.commit(&changes).await.into_iter().map(|result| result.ok().and_then(|done| done.number)).collect();
    assert_eq!(numbers, [None, Some(1), None, None, Some(2), Some(3)]);
    let live = world.store.reads().live(Queue::DEFAULT, 0, 10).await.unwrap();
    assert_eq!(live.iter().map(|token| token.number()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(world.violated().await, Vec::<&str>::new());
}

#[tokio::test]
async fn a_group_that_writes_a_row_twice_commits_the_first_change() {
    let world = World::empty().await;
    let user = world.user().await;
    let (first, second) = (world.charge_change(user, 10).await, world.charge_change(user, 20).await);
    let results = world.store.commit(&[first, second]).await;
    assert!(matches!(results[..], [Ok(_), Err(CommitError::Conflict)]), "{results:?}");
    assert_eq!(world.store.reads().wallet(user).await.unwrap().unwrap().balance().minor(), 10);
}

#[tokio::test]
async fn a_group_of_conflicts_writes_nothing() {
    let world = World::empty().await;
    let user = world.user().await;
    let mut late = world.charge_change(user, 10).await;
    late.not_after = Some(application::ports::Clock::now(world.clock.as_ref()));
    assert!(matches!(world.commit(&late).await, Err(CommitError::Conflict)));
    assert!(world.store.commit(&[]).await.is_empty());
    assert_eq!(world.store.reads().wallet(user).await.unwrap().unwrap().balance().minor(), 0);
}

#[tokio::test]
async fn a_seat_of_a_lapsed_hold_is_taken_over_within_a_group() {
    let world = World::with_a_hall_of(4).await;
    let (slow, quick, other) = (world.guest().await, world.guest().await, world.guest().await);
    let lapsed = world.hold(slow, &[1, 2]).await;
    world.hold(quick, &[3]).await;
    world.clock.advance(Duration::minutes(5) + Duration::SECOND);
    // All three users were admitted long enough before the hold lapses, or are admitted again.
    let back = world.guest().await;
    let (takes_over, takes) = (world.hold_change(back, &[1]).await, world.hold_change(world.guest().await, &[4]).await);
    let results = world.store.commit(&[takes, takes_over]).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let ended = world.find(need::Reservation(lapsed.id())).await.unwrap().0;
    assert!(matches!(ended.reservation.state(), ReservationState::Cancelled { .. }));
    assert!(ended.seats.iter().all(|seat| seat.reservation() != Some(lapsed.id())), "no row of a seat refers to the lapsed hold");
    assert_eq!(ended.seats.len(), 2);
    assert_ne!(other.user, back.user);
    assert_eq!(world.violated().await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancelled_caller_leaves_no_transaction_open() {
    let world = World::empty().await;
    for _ in 0..50 {
        let user = world.user().await;
        let change = world.charge_change(user, 1).await;
        let (store, group) = (world.store.clone(), vec![change]);
        let caller = tokio::spawn(async move { store.commit(&group).await });
        tokio::task::yield_now().await;
        caller.abort();
        // The next caller can write, and its changes are durable.
        world.charge(world.user().await, 5).await;
    }
    assert_eq!(world.violated().await, Vec::<&str>::new());
}

#[tokio::test]
async fn a_join_to_a_missing_queue_gets_no_number() {
    let world = World::empty().await;
    let user = world.user().await;
    let (_, change) = world.join_change(user).await;
    let nowhere = NewToken { queue: domain::QueueId(uuid::Uuid::from_u128(0xBAD)), ..change.row::<NewToken>().unwrap().row.clone() };
    let lost = Change::default().writing(Write::insert(nowhere));
    assert!(matches!(world.commit(&lost).await, Err(CommitError::Conflict)));
    assert_eq!(world.violated().await, Vec::<&str>::new());
}
