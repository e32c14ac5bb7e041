//! Idempotency records.

use domain::need::Key;
use domain::{IdempotencyRecord, Operation, Version};

use super::row_of;
use crate::Adapter;
use crate::world::{ADA, BEN, World, assert_committed, assert_conflict, entry_in, idempotency};

/// `commit`: a record past its retention is replaced, under its version.
pub async fn a_record_past_its_retention_is_replaced(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let key = world.new_key(ADA, Operation::Charge);
    let (first, second) = (world.a_charge_with(key.clone(), 500), world.a_charge_with(key.clone(), 500));
    world.run(&first).await.unwrap();
    world.clock.advance(world.rules.key_retention - crate::world::MOMENT);
    assert!(world.run(&second).await.unwrap().replayed, "a moment before the end of its retention");
    world.clock.advance(crate::world::MOMENT);
    let answer = world.run(&second).await.unwrap();
    assert!(!answer.replayed, "at the end of its retention the record is ignored");
    assert_eq!(entry_in(answer.outcome).balance().minor(), 1_000);
    let record = world.find(Key(key.scope)).await.unwrap();
    assert_eq!((record.version, record.recorded_at), (Version(2), world.now()));
    assert!(world.run(&first).await.unwrap().replayed, "the new record is replayed");
    world.assert_audit_is_clean().await;
}

/// `commit`: a conflict if the record to be replaced was pruned after it was read.
pub async fn a_record_pruned_after_the_load_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let key = world.new_key(ADA, Operation::Charge);
    let command = world.a_charge_with(key.clone(), 500);
    world.run(&command).await.unwrap();
    world.clock.advance(world.rules.key_retention);
    let change = world.change_of(&command).await;
    assert_eq!(change.row::<IdempotencyRecord>().unwrap().expected, Some(Version::FIRST));
    assert_eq!(world.prune(world.now(), 10).await.keys, 1);
    assert_conflict(&world.commit(&change).await, "the record was pruned");
    let again = world.a_charge_with(key.clone(), 500);
    world.run(&again).await.unwrap();
    assert_eq!(world.find(Key(key.scope)).await.unwrap().version, Version::FIRST);
}

/// `commit`: a key is unique for its user and route: the same text of another user or route is another key.
pub async fn a_key_is_unique_within_user_and_route(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let first = world.change_of(&world.a_charge_with(idempotency(ADA, Operation::Charge, "once"), 1)).await;
    let others = world.change_of(&world.a_charge_with(idempotency(BEN, Operation::Charge, "once"), 1)).await;
    assert_committed(&world.commit(&first).await, "a first use");
    assert_committed(&world.commit(&others).await, "another user's key");
    let mut elsewhere = world.change_of(&world.a_charge(ADA, 1)).await;
    row_of::<IdempotencyRecord>(&mut elsewhere).scope = idempotency(ADA, Operation::Refund, "once").scope;
    assert_committed(&world.commit(&elsewhere).await, "on another route");
    let mut cased = world.change_of(&world.a_charge(ADA, 1)).await;
    row_of::<IdempotencyRecord>(&mut cased).scope = idempotency(ADA, Operation::Charge, "Once").scope;
    assert_committed(&world.commit(&cased).await, "keys are case-sensitive");
    let mut again = world.change_of(&world.a_charge(ADA, 1)).await;
    row_of::<IdempotencyRecord>(&mut again).scope = idempotency(ADA, Operation::Charge, "once").scope;
    assert_conflict(&world.commit(&again).await, "the same key again");
}

/// `commit`: a key has up to 255 characters, any visible ones.
pub async fn keys_are_stored_unchanged(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for text in ["'; DROP TABLE keys; --", "%_\\\"\u{7e}", &"k".repeat(255)].map(|text| text.replace(' ', "+")) {
        let command = world.a_charge_with(idempotency(ADA, Operation::Charge, &text), 1);
        assert!(!world.run(&command).await.unwrap().replayed);
        assert!(world.run(&command).await.unwrap().replayed);
    }
}
