//! Acknowledged changes are in the file: a store that opens it again finds them.

use adapters_sqlite::SqliteStore;
use application::PageRequest;
use application::ports::{Catalogue, Reservations, Store, Tokens, Users, Wallets};
use domain::testing::SCHEDULE;
use domain::{Command, Needs, Operation, need};
use sea_orm::sqlx::{self, Row};

use crate::world::World;

#[tokio::test]
async fn a_store_that_opens_the_file_again_finds_all_changes() {
    let world = World::with_a_hall_of(10).await;
    let guest = world.guest().await;
    world.charge(guest.user, 100_000).await;
    let kept = world.hold(guest, &[1, 2]).await;
    let payment = world.pay(guest, &kept).await;

    // The first store is still open, as after a kill of its process: nothing was cleaned up.
    let again = SqliteStore::open(&world.path(), world.clock.clone()).await.unwrap();
    let page = PageRequest { after: None, size: 10 };
    assert_eq!(again.reads().payment(payment.id()).await.unwrap(), Some(payment));
    assert_eq!(again.reads().reservation(kept.id()).await.unwrap(), world.store.reads().reservation(kept.id()).await.unwrap());
    assert_eq!(again.reads().seats(SCHEDULE).await.unwrap(), world.store.reads().seats(SCHEDULE).await.unwrap());
    assert_eq!(again.reads().entries(guest.user, page).await.unwrap().len(), 2);
    assert_eq!(again.reads().user(guest.user).await.unwrap().unwrap().id, guest.user);
    let token = again.reads().tokens(&[guest.token.unwrap()]).await.unwrap().remove(0);
    assert!(!token.is_live(), "the payment ended the token");
}

#[tokio::test]
async fn a_group_is_committed_before_it_is_acknowledged() {
    let world = World::empty().await;
    let db = world.unchecked_pool().await;
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&db).await.unwrap();
    assert_eq!(journal, "wal");
    // Rows that another connection sees at once are committed; that they survive a power failure is guaranteed by SQLite with
    // synchronous=FULL.
    let user = world.user().await;
    let row = sqlx::query("SELECT name FROM users WHERE id = ?1").bind(user.0).fetch_one(&db).await.unwrap();
    assert_eq!(row.get::<String, _>("name"), "Ada");
}

#[tokio::test]
async fn an_idempotent_response_is_replayed_unchanged_after_a_restart() {
    let world = World::with_a_hall_of(10).await;
    let guest = world.guest().await;
    let command = world.hold_command(guest, &[4]);
    let decision = world.decide(&command).await;
    world.commit(&decision.change.unwrap()).await.unwrap();

    let again = SqliteStore::open(&world.path(), world.clock.clone()).await.unwrap();
    let mut needs = Vec::new();
    command.needs().add_to(&mut needs);
    let replay = command.decide_by(&again.load(&needs).await.unwrap(), &world.rules).unwrap().unwrap();
    assert!(replay.replayed);
    assert_eq!(replay.outcome, decision.outcome);
}

#[tokio::test]
async fn an_idempotency_key_belongs_to_one_route() {
    let world = World::empty().await;
    let user = world.user().await;
    let idempotency = world.key(user, Operation::Charge);
    world.charge(user, 1_000).await;
    let scope = domain::IdempotencyScope { operation: Operation::Refund, ..idempotency.scope };
    assert_eq!(world.find(need::Key(scope)).await, None);
}
