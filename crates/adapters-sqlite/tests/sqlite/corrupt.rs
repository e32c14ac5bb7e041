//! Rows that make no sense are told to be so, and spoil nothing else.

use application::ports::{Catalogue, Load, ReadError, Store, Tokens};
use domain::Queue;
use sea_orm::sqlx;

use crate::world::{DATE, World, hold_load};

async fn spoil(world: &World, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&world.behind_its_back().await).await.expect(sql);
}

#[tokio::test]
async fn a_row_that_makes_no_sense_fails_only_the_loads_that_meet_it() {
    let world = World::with_a_hall_of(4).await;
    let (ada, ben) = (world.guest().await, world.guest().await);
    spoil(&world, "UPDATE queue_tokens SET state = 'DANCING' WHERE number = 1").await;
    let loads = [ada, ben].map(|guest| Load::Token { token: guest.token.unwrap() });
    let contexts = world.store.load(&loads).await;
    assert!(matches!(&contexts[0], Err(ReadError::Corrupt(what)) if what == "queue_tokens.state"), "{:?}", contexts[0]);
    assert!(contexts[1].is_ok());
    assert!(matches!(world.store.reads().token(ada.token.unwrap()).await, Err(ReadError::Corrupt(_))));
}

#[tokio::test]
async fn what_a_hold_meets_is_read_with_suspicion() {
    for sql in [
        "UPDATE seats SET state = 'GONE'",
        "UPDATE seats SET state = 'HELD'",
        "UPDATE schedules SET zone = 'half past nine'",
        "UPDATE schedules SET starts_at = 9223372036854775807",
        "UPDATE queue_tokens SET reason = NULL, state = 'EXPIRED'",
    ] {
        let world = World::with_a_hall_of(2).await;
        let guest = world.guest().await;
        spoil(&world, sql).await;
        let context = world.store.load(&[hold_load(&world.hold_command(guest, &[1]))]).await.remove(0);
        assert!(matches!(context, Err(ReadError::Corrupt(_))), "{sql}: {context:?}");
    }
}

#[tokio::test]
async fn what_a_tick_meets_is_read_with_suspicion() {
    for sql in
        ["UPDATE queues SET state = 'AJAR'", "UPDATE queues SET capacity = -1", "UPDATE queue_tokens SET joined_at = -9223372036854775808"]
    {
        let world = World::with_a_hall_of(2).await;
        let user = world.user().await;
        world.join(user).await;
        spoil(&world, sql).await;
        let context = world.store.load(&[Load::Tick { queue: Queue::DEFAULT, at_most: 1 }]).await.remove(0);
        assert!(matches!(context, Err(ReadError::Corrupt(_))), "{sql}: {context:?}");
    }
}

#[tokio::test]
async fn what_a_charge_meets_is_read_with_suspicion() {
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
        spoil(&world, sql).await;
        let context =
            world.store.load(&[Load::Charge { key: change.row::<domain::KeyRecord>().unwrap().row.scope.clone(), user }]).await.remove(0);
        assert!(matches!(context, Err(ReadError::Corrupt(_))), "{sql}: {context:?}");
    }
}

#[tokio::test]
async fn a_spoiled_reservation_fails_whoever_meets_it() {
    let world = World::with_a_hall_of(4).await;
    let (ada, ben) = (world.guest().await, world.guest().await);
    let kept = world.hold(ada, &[1]).await;
    spoil(&world, "UPDATE reservations SET amount = -5").await;
    let on_its_seat = hold_load(&world.hold_command(ben, &[1]));
    for load in [Load::Release { reservation: kept.id }, Load::Leave { token: ada.token.unwrap() }, on_its_seat] {
        assert!(matches!(world.store.load(&[load]).await.remove(0), Err(ReadError::Corrupt(_))));
    }
    assert!(world.store.load(&[hold_load(&world.hold_command(ben, &[2]))]).await[0].is_ok());
    assert_eq!(world.store.reads().seats(DATE).await.unwrap().len(), 4);
}
