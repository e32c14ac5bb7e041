//! What is forgotten of records and events.

use application::ports::Prunable;
use domain::need::Key;
use domain::{KeyScope, Operation};
use time::{Duration, OffsetDateTime};

use crate::Adapter;
use crate::world::{ADA, ALL, Forgotten, MOMENT, World, guest};

async fn prune(world: &World, events_before: OffsetDateTime, at_most: u32) -> (u64, u64) {
    let Forgotten { keys, events, tokens } = world.prune(events_before, at_most).await;
    assert_eq!(tokens, 0, "none has ended without a reservation");
    (keys, events)
}

async fn remembers(world: &World, key: &KeyScope) -> bool {
    world.find(Key(key.clone())).await.is_some()
}

/// `prune`: deletes the records whose retention ended at or before the store's `now`.
pub async fn records_are_forgotten_at_the_end_of_their_retention(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let long_ago = world.now() - Duration::days(1);
    let old = world.new_key(ADA, Operation::Charge);
    world.run(&world.a_charge_with(old.clone(), 5)).await.unwrap();
    world.clock.advance(MOMENT);
    let new = world.new_key(ADA, Operation::Charge);
    world.run(&world.a_charge_with(new.clone(), 5)).await.unwrap();

    world.clock.advance(world.rules.key_retention - MOMENT * 2);
    assert_eq!(prune(&world, long_ago, ALL).await, (0, 0), "a moment before");
    world.clock.advance(MOMENT);
    assert_eq!(prune(&world, long_ago, ALL).await, (1, 0), "at its end");
    assert!(!remembers(&world, &old.scope).await && remembers(&world, &new.scope).await);
    world.pass_seconds(1);
    assert_eq!(prune(&world, long_ago, ALL).await, (1, 0), "after it");
    assert!(!remembers(&world, &new.scope).await);
    assert_eq!(prune(&world, long_ago, ALL).await, (0, 0));
    world.assert_audit_is_clean().await;
}

/// `prune`: deletes the events written before the instant.
pub async fn events_are_forgotten_by_the_instant_of_their_commit(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let decided = world.change_of(&world.a_join(ADA, None)).await;
    world.pass_seconds(10);
    let committed_at = world.now();
    world.commit(&decided).await.unwrap();
    let events = u64::try_from(decided.events.len()).unwrap();
    world.pass_seconds(10);
    assert_eq!(prune(&world, committed_at, ALL).await, (0, 0), "not before the instant itself");
    assert_eq!(prune(&world, committed_at + MOMENT, ALL).await, (0, events));
    assert_eq!(prune(&world, committed_at + MOMENT, ALL).await, (0, 0));
}

/// `prune`: `at_most` rows.
pub async fn no_more_is_forgotten_than_asked_for(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for user in 0..5 {
        world.charged(guest(user), 5).await;
    }
    world.clock.advance(world.rules.key_retention);
    let now = world.now();
    let mut left = (5, 10);
    while left != (0, 0) {
        let expected = (left.0.min(3), left.1.min(3));
        assert_eq!(prune(&world, now, 3).await, expected, "a registration and a charge each, and a record each");
        left = (left.0 - expected.0, left.1 - expected.1);
    }
    assert_eq!(prune(&world, now, 0).await, (0, 0));
}

/// `prune`: repeated until there is no more, it deletes all.
pub async fn pruning_ends_when_nothing_is_left(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for user in 0..5 {
        world.charged(guest(user), 5).await;
    }
    world.clock.advance(world.rules.key_retention);
    let before = world.now();
    for (what, rows) in [(Prunable::Keys, 5), (Prunable::Events { before }, 10)] {
        let mut rounds = vec![world.prune_some(what, 3).await];
        while rounds.last().is_some_and(|round| round.more) {
            assert!(rounds.len() < 6, "{what:?}: there is no end of it: {rounds:?}");
            rounds.push(world.prune_some(what, 3).await);
        }
        assert_eq!(rounds.iter().map(|round| round.rows).sum::<u64>(), rows, "{what:?}");
    }
}

/// `prune`: one sort at a time, and nothing else.
pub async fn each_sort_is_forgotten_on_its_own(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.charged(ADA, 5).await;
    let token = world.joined(ADA).await;
    world.left(ADA, token).await;
    world.clock.advance(world.rules.key_retention);
    let before = world.now();
    assert_eq!(world.prune_some(Prunable::Feed, ALL).await.rows, 0, "nobody was there to read it for long enough");
    assert_eq!(world.prune_some(Prunable::Tokens { before }, ALL).await.rows, 1);
    assert_eq!(world.prune_some(Prunable::Keys, ALL).await.rows, 1);
    assert!(world.prune_some(Prunable::Events { before }, ALL).await.rows > 0);
    assert_eq!(world.prune(before, ALL).await, Forgotten { keys: 0, events: 0, tokens: 0 });
}

/// `prune`: nothing else is forgotten.
pub async fn nothing_else_is_forgotten(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (_, payment) = world.bought(ADA, crate::world::DATE, &[1]).await;
    world.refunded(ADA, payment.id).await;
    world.clock.advance(Duration::days(400));
    prune(&world, world.now(), ALL).await;
    let before = world.everything().await;
    assert_eq!(prune(&world, world.now() + Duration::days(1), ALL).await, (0, 0));
    assert_eq!(world.everything().await, before);
    assert_eq!(world.balance(ADA).await, payment.amount.minor());
    assert!(world.ports.bookings.payment(payment.id).await.unwrap().is_some());
    world.assert_audit_is_clean().await;
}
