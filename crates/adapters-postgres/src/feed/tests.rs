//! Rows of the feed are deleted once every reader has passed them, and not before.

use application::ports::{Feed, FeedPosition, Housekeeping, Prunable, Whose};
use sea_orm::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use testbed::{Cluster, Database};

use crate::{PoolSize, PostgresStore};

/// What another process writes in a transaction that takes long: its rows were inserted two minutes ago.
const LONG_AGO: &str = "
    INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state)
    VALUES ('00000000-0000-0000-0000-0000000000aa', 1, '0f207207-0000-7000-8000-000000000001', gen_random_uuid(), 1, 0, 'WAITING');
    INSERT INTO feed (at, instance, tokens, schedule_ids, numbers)
    VALUES (clock_micros() - 120 * 1000000, gen_random_uuid(), '{00000000-0000-0000-0000-0000000000aa}', '{}', '{}')";

const A_MINUTE: i64 = 60 * 1_000_000;

async fn store() -> (Database, PostgresStore) {
    let database = Cluster::shared().create_database();
    let store = PostgresStore::open(&database.url, PoolSize::default()).await.unwrap();
    (database, store)
}

async fn prune(store: &PostgresStore) -> u64 {
    store.prune(Prunable::Feed, 100).await.unwrap().rows
}

async fn news(store: &PostgresStore, position: &FeedPosition) -> usize {
    store.since(position, Whose::Others).await.unwrap().unwrap().0.tokens.len()
}

#[tokio::test]
async fn a_commit_that_stalled_for_long_is_news_once_it_is_visible_and_pruned_a_minute_later() {
    let (database, store) = store().await;
    let mut beside = PgConnection::connect(&database.url).await.unwrap();
    let mut stalled = beside.begin().await.unwrap();
    stalled.execute(AssertSqlSafe(LONG_AGO)).await.unwrap();
    assert_eq!(prune(&store).await, 0);
    store.snapshots.age(2 * A_MINUTE);
    let position = store.position().await.unwrap();
    stalled.commit().await.unwrap();

    assert_eq!(prune(&store).await, 0, "it has become visible this moment");
    assert_eq!(news(&store, &position).await, 1);

    store.snapshots.age(A_MINUTE / 2);
    assert_eq!(prune(&store).await, 0, "somebody may not have read it yet");
    store.snapshots.age(A_MINUTE / 2);
    assert_eq!(prune(&store).await, 1, "whoever hasn't read it by now is lost");
    assert_eq!(prune(&store).await, 0);
}
