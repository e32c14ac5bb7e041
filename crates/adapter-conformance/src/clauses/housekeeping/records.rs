//! Pruning of idempotency records, and rows that are never pruned.

use application::ports::{Prunable, Pruned};
use domain::need::Key;
use domain::{IdempotencyScope, Operation};
use time::Duration;

use crate::Adapter;
use crate::world::{ADA, ALL, MOMENT, PrunedRows, World, guest};

async fn prune(world: &World, at_most: u32) -> u64 {
    world.prune_some(Prunable::Keys, at_most).await.rows
}

async fn has_record(world: &World, key: &IdempotencyScope) -> bool {
    world.find(Key(key.clone())).await.is_some()
}

/// `prune`: deletes the records whose retention ended at or before the store's `now`.
pub async fn records_are_pruned_at_the_end_of_their_retention(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let old = world.new_key(ADA, Operation::Charge);
    world.run(&world.a_charge_with(old.clone(), 5)).await.unwrap();
    world.clock.advance(MOMENT);
    let new = world.new_key(ADA, Operation::Charge);
    world.run(&world.a_charge_with(new.clone(), 5)).await.unwrap();

    world.clock.advance(world.rules.key_retention - MOMENT * 2);
    assert_eq!(prune(&world, ALL).await, 0, "a moment before the end of its retention");
    world.clock.advance(MOMENT);
    assert_eq!(prune(&world, ALL).await, 1, "at the end of its retention");
    assert!(!has_record(&world, &old.scope).await && has_record(&world, &new.scope).await);
    world.pass_seconds(1);
    assert_eq!(prune(&world, ALL).await, 1, "after the end of its retention");
    assert!(!has_record(&world, &new.scope).await);
    assert_eq!(prune(&world, ALL).await, 0);
    world.assert_audit_is_clean().await;
}

/// `prune`: deletes up to `at_most` rows.
pub async fn at_most_the_requested_records_are_pruned(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for user in 0..5 {
        world.charged(guest(user), 5).await;
    }
    world.clock.advance(world.rules.key_retention);
    let mut pruned = Vec::new();
    for at_most in [3, 0, 3, 3] {
        pruned.push(prune(&world, at_most).await);
    }
    assert_eq!(pruned, [3, 0, 2, 0]);
}

/// `prune`: deletes all rows if it is repeated until there are no more.
pub async fn repeated_pruning_ends_when_nothing_is_left(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for user in 0..5 {
        world.charged(guest(user), 5).await;
    }
    world.clock.advance(world.rules.key_retention);
    let before = world.now();
    for what in [Prunable::Keys, Prunable::Log { before, unread_before: before }] {
        let mut rounds = vec![world.prune_some(what, 3).await];
        while rounds.last().is_some_and(|round| round.more) {
            assert!(rounds.len() < 6, "{what:?}: pruning doesn't end: {rounds:?}");
            rounds.push(world.prune_some(what, 3).await);
        }
        assert_eq!(world.prune_some(what, ALL).await, Pruned { rows: 0, more: false }, "{what:?}: all must be deleted after {rounds:?}");
    }
    assert_eq!(world.log().await, []);
}

/// `prune`: deletes one kind at a time, and nothing else.
pub async fn each_kind_is_pruned_separately(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let charge = world.a_charge(ADA, 5);
    world.run(&charge).await.unwrap();
    let token = world.joined(ADA).await;
    world.left(ADA, token).await;
    world.clock.advance(world.rules.key_retention);
    let (before, log) = (world.now(), world.log().await);
    let exist = async || {
        let has_token = !world.ports.tokens.tokens(&[token]).await.unwrap().is_empty();
        (has_token, has_record(&world, &charge.idempotency.scope).await, world.log().await)
    };
    assert_eq!(exist().await, (true, true, log.clone()));
    assert_eq!(world.prune_some(Prunable::Tokens { before }, ALL).await.rows, 1);
    assert_eq!(exist().await, (false, true, log.clone()));
    assert_eq!(world.prune_some(Prunable::Keys, ALL).await.rows, 1);
    assert_eq!(exist().await, (false, false, log));
    assert!(world.prune_log(before, ALL).await.rows > 0);
    assert_eq!(exist().await, (false, false, vec![]));
    assert_eq!(world.prune(before, ALL).await, PrunedRows::NONE);
}

/// `prune`: deletes nothing else.
pub async fn nothing_else_is_pruned(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (_, payment) = world.bought(ADA, crate::world::SCHEDULE, &[1]).await;
    world.refunded(ADA, payment.id()).await;
    world.clock.advance(Duration::days(400));
    world.prune(world.now(), ALL).await;
    let before = world.everything().await;
    assert_eq!(world.prune(world.now() + Duration::days(1), ALL).await, PrunedRows::NONE);
    assert_eq!(world.everything().await, before);
    assert_eq!(world.balance(ADA).await, payment.amount().minor());
    assert!(world.ports.reservations.payment(payment.id()).await.unwrap().is_some());
    world.assert_audit_is_clean().await;
}
