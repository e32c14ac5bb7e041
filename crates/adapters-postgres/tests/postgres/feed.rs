//! The change feed, and commits that take long.

use adapters_postgres::PostgresStore;
use application::ports::{CommitError, Feed, FeedPosition, Whose};
use sea_orm::sqlx::{AssertSqlSafe, Connection, Executor};
use testbed::{Cluster, Durability};

use crate::world::{SIZE, World};

/// A queue's token as another instance would have written it, in a transaction that is still open.
const TOKEN: &str = "
    INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state)
    VALUES ('00000000-0000-0000-0000-0000000000aa', 1, '0f207207-0000-7000-8000-000000000001', gen_random_uuid(), 1, 0, 'WAITING');
    INSERT INTO feed (instance, tokens, schedule_ids, numbers)
    VALUES (gen_random_uuid(), '{00000000-0000-0000-0000-0000000000aa}', '{}', '{}')";

async fn news(store: &PostgresStore, position: &mut FeedPosition) -> usize {
    let (news, next) = store.since(position, Whose::Others).await.unwrap().unwrap();
    *position = next;
    news.tokens.len()
}

#[tokio::test]
async fn a_commit_that_began_before_a_position_and_ended_after_it_is_told_of_once() {
    let world = World::empty().await;
    let mut beside = world.beside().await;
    let mut slow = beside.begin().await.unwrap();
    slow.execute(AssertSqlSafe(TOKEN)).await.unwrap();
    let mut position = world.store.position().await.unwrap();
    // Younger commits pass it.
    world.sql("INSERT INTO feed (instance, tokens, schedule_ids, numbers) VALUES (gen_random_uuid(), '{}', '{}', '{}')");
    assert_eq!(news(&world.store, &mut position).await, 0, "it isn't committed yet");

    slow.commit().await.unwrap();

    assert_eq!(news(&world.store, &mut position).await, 1);
    assert_eq!(news(&world.store, &mut position).await, 0);
}

#[tokio::test]
async fn a_transaction_that_stays_open_holds_nobody_back() {
    let world = World::empty().await;
    let mut beside = world.beside().await;
    let mut slow = beside.begin().await.unwrap();
    slow.execute("SELECT pg_current_xact_id()").await.unwrap();
    let mut position = world.store.position().await.unwrap();
    world.sql(TOKEN);
    assert_eq!(news(&world.store, &mut position).await, 1);
    slow.rollback().await.unwrap();
}

#[tokio::test]
async fn a_commit_of_unknown_outcome_that_lands_late_is_news_to_its_own_process() {
    let world = World::empty().await;
    let own_name = async || {
        assert!(world.commit(&[world.a_join(1).await]).await[0].is_ok());
        world.sql("SELECT DISTINCT instance FROM feed").trim().to_owned()
    };
    let name = own_name().await;
    let mut beside = world.beside().await;
    let mut late = beside.begin().await.unwrap();
    // What the process has sent, and what it will not hear of: it waits for a standby, say.
    late.execute(AssertSqlSafe(
        TOKEN.replace("gen_random_uuid(), '{0", &format!("'{name}', '{{0")).replace(", 1, 0, 'WAITING'", ", 9, 0, 'WAITING'"),
    ))
    .await
    .unwrap();
    let outcome = world.break_amid(world.a_registration(2).await).await;
    assert!(matches!(outcome, Err(CommitError::Unknown(_))), "{outcome:?}");
    let mut position = world.store.position().await.unwrap();
    assert!(world.commit(&[world.a_join(3).await]).await[0].is_ok());
    assert_eq!(news(&world.store, &mut position).await, 0, "what it commits from now on is its own");

    late.commit().await.unwrap();

    assert_eq!(news(&world.store, &mut position).await, 1);
}

#[tokio::test]
async fn what_operators_commit_is_news_to_their_own_process() {
    let world = World::empty().await;
    let mut position = world.store.position().await.unwrap();
    let join = world.a_join(1).await;
    assert!(world.store.ports().orders.commit(&[join]).await[0].is_ok());
    assert_eq!(news(&world.store, &mut position).await, 1, "it may take longer than a reader can go back");
}

#[tokio::test]
async fn a_position_of_long_ago_is_lost() {
    let world = World::empty().await;
    let FeedPosition(position) = world.store.position().await.unwrap();
    let (at, rest) = position.split_once('@').unwrap();
    let long_ago = at.parse::<i64>().unwrap() - 60_000_000;
    assert_eq!(world.store.since(&FeedPosition(format!("{long_ago}@{rest}")), Whose::Others).await.unwrap(), None);
}

#[tokio::test]
async fn a_position_from_before_a_crash_of_the_server_is_lost() {
    let mut cluster = Cluster::start(Durability::Processes);
    let database = cluster.create_database();
    let store = PostgresStore::open(&database.url, SIZE).await.unwrap();
    let position = store.position().await.unwrap();
    cluster.kill();
    cluster.restart();
    let store = PostgresStore::open(&database.url, SIZE).await.unwrap();
    assert_eq!(store.since(&position, Whose::Others).await.unwrap(), None);
}
