//! Pruning leaves no rows behind, and does not check rows again that it keeps.

use adapter_conformance::Crowd;
use application::ports::{Clock, Housekeeping, Prunable, Pruned, Tokens};
use sea_orm::sqlx;
use time::Duration;

use crate::world::World;

#[tokio::test]
async fn an_ended_token_with_a_reservation_is_checked_once() {
    let world = World::with_a_hall_of(4).await;
    let (ada, ben, cyd) = (world.guest().await, world.guest().await, world.guest().await);
    world.charge(ada.user, 50_000).await;
    let paid = world.hold(ada, &[1]).await;
    world.pay(ada, &paid).await;
    world.hold(ben, &[2]).await;
    world.clock.advance(Duration::hours(1));
    world.admit().await;
    world.clock.advance(Duration::SECOND);
    let old = Prunable::Tokens { before: world.clock.now() };
    assert_eq!(world.store.prune(old, 10).await.unwrap(), Pruned { rows: 1, more: false }, "Cyd's");

    assert!(world.store.reads().tokens(&[cyd.token.unwrap()]).await.unwrap().is_empty());
    let db = world.checked_pool().await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM queue_tokens WHERE state = 'EXPIRED' AND reason <> 'PAID' AND kept = 0")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(left, 0, "Ada paid, and Ben's token has a reservation: neither is checked again");
    assert_eq!(world.violated().await, Vec::<&str>::new());
}

/// Returns the number of rows of each table.
async fn row_counts(world: &World) -> Vec<(String, i64)> {
    let db = world.checked_pool().await;
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&db).await.unwrap();
    let mut counts = Vec::new();
    for table in tables {
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(&db).await.unwrap();
        counts.push((table, count));
    }
    counts
}

#[tokio::test]
async fn holding_and_releasing_in_a_loop_leaves_the_number_of_rows_unchanged() {
    let world = World::empty().await;
    let crowd = Crowd::new(world.store.ports(), world.clock.clone()).await;
    crowd.prune().await;
    let before = row_counts(&world).await;
    for round in 0..5 {
        crowd.hold_and_release().await;
        assert_ne!(row_counts(&world).await, before);
        crowd.prune().await;
        assert_eq!(row_counts(&world).await, before, "after round {round}");
    }
}
