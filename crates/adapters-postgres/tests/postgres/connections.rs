//! Connections that break, and servers that can't be trusted.

use adapters_postgres::{OpenError, PostgresStore};
use application::ports::{CommitError, Load, Pulse, ReadError, Store, Users};
use sea_orm::sqlx::{Connection, Executor};
use testbed::Cluster;

use crate::world::{SIZE, World, user};

/// Ends the backends of the store's connections that are in the midst of a statement.
const KILL_BUSY: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'frontrow' AND state = 'active'";

#[tokio::test]
async fn a_commit_whose_connection_breaks_has_an_unknown_outcome_and_the_next_one_is_committed() {
    let world = World::empty().await;
    let registration = world.a_registration(1).await;
    let mut beside = world.beside().await;
    let mut kept = beside.begin().await.unwrap();
    // The commit waits here, on its way.
    kept.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let commit = tokio::spawn({
        let (store, change) = (world.store.clone(), registration.clone());
        async move { store.commit(&[change]).await.remove(0) }
    });
    while world.sql(KILL_BUSY).is_empty() {
        tokio::task::yield_now().await;
    }
    let told = commit.await.unwrap();
    assert!(matches!(told, Err(CommitError::Unknown(_))), "{told:?}");
    kept.rollback().await.unwrap();

    assert_eq!(world.store.reads().user(user(1)).await.unwrap(), None);
    assert!(world.commit(&[registration]).await[0].is_ok());
}

#[tokio::test]
async fn all_connections_may_break_and_whoever_asks_once_it_was_noticed_is_answered() {
    let world = World::empty().await;
    let registration = world.a_registration(1).await;
    world
        .sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'frontrow'");
    let mut tries = 0;
    while world.store.check().await.is_err() {
        tries += 1;
        assert!(tries < 50, "a broken connection is replaced");
    }

    assert!(tries > 0, "no connection broke");
    // At once, so that each connection of the pools is used.
    let load = || world.store.load(&[Load::Clock]);
    let loads: [_; SIZE.commands as usize] = tokio::join!(load(), load(), load(), load()).into();
    assert!(loads.iter().flatten().all(Result::is_ok), "{loads:?}");
    assert!(world.commit(&[registration]).await[0].is_ok());
    let reads = world.store.reads();
    let users: [_; SIZE.reads as usize] = tokio::join!(reads.user(user(1)), reads.user(user(1))).into();
    assert!(users.iter().all(|user| matches!(user, Ok(Some(_)))), "{users:?}");
}

#[tokio::test]
async fn a_role_that_may_lose_acknowledged_commits_is_refused() {
    let database = Cluster::shared().create_database();
    Cluster::shared().sql(&database.name, &format!("ALTER DATABASE {} SET synchronous_commit = off", database.name));
    assert!(matches!(PostgresStore::open(&database.url, SIZE).await, Err(OpenError::NotDurable)));
}

#[tokio::test]
async fn a_standby_is_refused() {
    let database = Cluster::shared().create_database();
    PostgresStore::open(&database.url, SIZE).await.unwrap().close().await.unwrap();
    Cluster::shared().sql(&database.name, &format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name));
    assert!(matches!(PostgresStore::open(&database.url, SIZE).await, Err(OpenError::Unreachable(_) | OpenError::Schema(_))));
}

#[tokio::test]
async fn a_table_that_is_missing_is_a_fault_and_no_outage() {
    let world = World::empty().await;
    let registration = world.a_registration(1).await;
    world.sql("ALTER TABLE users RENAME TO lost");
    let results = world.commit(&[registration]).await;
    assert!(matches!(results[0], Err(CommitError::Rejected(_))), "{results:?}");
    let read = world.store.reads().user(user(1)).await;
    assert!(matches!(read, Err(ReadError::Fault(_))), "{read:?}");
}
