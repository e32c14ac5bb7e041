//! Invalid rows are reported as corrupt, and other rows are not affected.

use application::ports::{Catalogue, ReadError, Store, Tokens};
use domain::testing::SCHEDULE;
use domain::{Command, Needs, Queue, need};
use sea_orm::sqlx;

use crate::world::World;

async fn corrupt(world: &World, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&world.unchecked_pool().await).await.expect(sql);
}

#[tokio::test]
async fn an_invalid_row_fails_only_the_needs_that_load_it() {
    let world = World::with_a_hall_of(4).await;
    let (ada, ben) = (world.guest().await, world.guest().await);
    corrupt(&world, "UPDATE queue_tokens SET state = 'DANCING' WHERE number = 1").await;
    let [adas, bens] = [ada, ben].map(|guest| need::Token(guest.token.unwrap()));
    let rows = world.store.load(&[adas.clone().into(), bens.clone().into()]).await.unwrap();
    assert_eq!(adas.find(&rows).unwrap_err().problem, "queue_tokens.state");
    assert!(bens.find(&rows).unwrap().is_some());
    assert!(matches!(world.store.reads().tokens(&[ada.token.unwrap()]).await, Err(ReadError::Corrupt(_))));
}

#[tokio::test]
async fn invalid_rows_fail_the_needs_of_a_hold() {
    for sql in [
        "UPDATE seats SET state = 'GONE'",
        "UPDATE seats SET state = 'HELD'",
        "UPDATE schedules SET zone = 'half past nine'",
        "UPDATE schedules SET starts_at = 9223372036854775807",
        "UPDATE queue_tokens SET reason = NULL, state = 'EXPIRED'",
    ] {
        let world = World::with_a_hall_of(2).await;
        let guest = world.guest().await;
        corrupt(&world, sql).await;
        let found = world.try_find(&world.hold_command(guest, &[1]).needs()).await;
        assert!(found.is_err(), "{sql}: {found:?}");
    }
}

#[tokio::test]
async fn invalid_rows_fail_the_needs_of_an_admission() {
    for sql in
        ["UPDATE queues SET state = 'AJAR'", "UPDATE queues SET capacity = -1", "UPDATE queue_tokens SET joined_at = -9223372036854775808"]
    {
        let world = World::with_a_hall_of(2).await;
        let user = world.user().await;
        world.join(user).await;
        corrupt(&world, sql).await;
        let found = world.try_find(&need::QueueHead { queue: Queue::DEFAULT, at_most: 1 }).await;
        assert!(found.is_err(), "{sql}: {found:?}");
    }
}

#[tokio::test]
async fn invalid_rows_fail_the_needs_of_a_charge() {
    for sql in [
        "UPDATE idempotency_keys SET outcome = '{}'",
        "UPDATE idempotency_keys SET fingerprint = x'00'",
        "UPDATE wallets SET balance = -1",
        "UPDATE users SET name = ''",
    ] {
        let world = World::empty().await;
        let user = world.user().await;
        let change = world.charge_change(user, 1_000).await;
        world.commit(&change).await.unwrap();
        corrupt(&world, sql).await;
        let key = change.row::<domain::IdempotencyRecord>().unwrap().row.scope.clone();
        let found = world.try_find(&(need::Key(key), need::Account(user))).await;
        assert!(found.is_err(), "{sql}: {found:?}");
    }
}

#[tokio::test]
async fn an_invalid_reservation_fails_the_needs_that_load_it() {
    let world = World::with_a_hall_of(4).await;
    let (ada, ben) = (world.guest().await, world.guest().await);
    let hold = world.hold(ada, &[1]).await;
    corrupt(&world, "UPDATE reservations SET amount = -5").await;
    assert!(world.try_find(&need::Reservation(hold.id())).await.is_err());
    assert!(world.try_find(&need::HoldsOfToken(ada.token.unwrap())).await.is_err());
    assert!(world.try_find(&world.hold_command(ben, &[1]).needs()).await.is_err(), "a hold of its seat fails");
    assert!(world.try_find(&world.hold_command(ben, &[2]).needs()).await.is_ok(), "a hold of another seat succeeds");
    assert_eq!(world.store.reads().seats(SCHEDULE).await.unwrap().len(), 4);
}
