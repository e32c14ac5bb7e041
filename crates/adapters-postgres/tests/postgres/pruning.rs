//! Pruning leaves no rows behind, also if several instances prune at once.

use std::sync::Arc;

use adapter_conformance::Crowd;
use adapters_postgres::PostgresStore;
use application::ports::{Housekeeping, Prunable, Pruned};
use application::testing::StoppedClock;
use sea_orm::sqlx::{Connection, Executor};
use testbed::Cluster;
use time::{Duration, OffsetDateTime};

use crate::world::{SIZE, World, a_change};

/// Returns the number of rows of each table.
fn row_counts(database: &str) -> Vec<String> {
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename";
    let tables = Cluster::shared().sql(database, tables);
    tables.lines().map(|table| format!("{table}: {}", Cluster::shared().sql(database, &format!("SELECT count(*) FROM {table}")))).collect()
}

#[tokio::test]
async fn holding_and_releasing_in_a_loop_leaves_the_number_of_rows_unchanged() {
    let database = Cluster::shared().create_database();
    let clock = Arc::new(StoppedClock::default());
    let store = PostgresStore::open_with_clock(&database.url, SIZE, clock.clone()).await.unwrap();
    let crowd = Crowd::new(store.ports(), clock).await;
    crowd.prune().await;
    let before = row_counts(&database.name);
    for round in 0..5 {
        crowd.hold_and_release().await;
        assert_ne!(row_counts(&database.name), before);
        crowd.prune().await;
        assert_eq!(row_counts(&database.name), before, "after round {round}");
    }
    store.close().await.unwrap();
}

/// A round that another instance's round has overtaken might see rows that the other has deleted, and mark rows as kept forever.
#[tokio::test]
async fn a_round_that_another_instance_overtakes_does_nothing() {
    let world = World::empty().await;
    assert!(world.commit(&[a_change(1)]).await[0].is_ok());
    let old = Prunable::Users { before: OffsetDateTime::UNIX_EPOCH + Duration::SECOND };
    let mut other = world.connect().await;
    let mut round = other.begin().await.unwrap();
    round.execute("UPDATE pruning_rounds SET rounds = rounds + 1").await.unwrap();
    let store = world.store.clone();
    let pruning = tokio::spawn(async move { store.prune(old, 10).await.unwrap() });
    while world.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%pruning_rounds%'").is_empty() {
        tokio::task::yield_now().await;
    }
    round.commit().await.unwrap();
    assert_eq!(pruning.await.unwrap(), Pruned { rows: 0, more: true }, "it tries again");
    assert_eq!(world.store.prune(old, 10).await.unwrap(), Pruned { rows: 1, more: false });
}

#[tokio::test]
async fn a_wallet_that_is_being_charged_is_not_deleted() {
    let world = World::empty().await;
    assert!(world.commit(&[a_change(1)]).await[0].is_ok());
    let old = Prunable::Users { before: OffsetDateTime::UNIX_EPOCH + Duration::SECOND };
    let mut other = world.connect().await;
    let mut charge = other.begin().await.unwrap();
    charge.execute("UPDATE wallets SET balance = 5, last_sequence = 1, version = version + 1").await.unwrap();
    assert_eq!(world.store.prune(old, 10).await.unwrap(), Pruned { rows: 0, more: false }, "pruning doesn't wait for the charge");
    charge.rollback().await.unwrap();
    assert_eq!(world.store.prune(old, 10).await.unwrap(), Pruned { rows: 1, more: false }, "the charge has failed");
}
