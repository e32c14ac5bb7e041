//! Broken connections, and servers that may lose commits.

use adapters_postgres::{OpenError, PostgresStore};
use application::ports::{CommitError, HealthCheck, ReadError, Store, Users};
use testbed::Cluster;

use crate::world::{SIZE, World, a_change, user};

#[tokio::test]
async fn a_commit_whose_connection_breaks_has_an_unknown_outcome_and_the_next_one_is_committed() {
    let world = World::empty().await;
    let registration = world.a_registration(1).await;
    let result = world.commit_with_broken_connection(registration.clone()).await;
    assert!(matches!(result, Err(CommitError::Unknown(_))), "{result:?}");

    assert_eq!(world.store.reads().user(user(1)).await.unwrap(), None);
    assert!(world.commit(&[registration]).await[0].is_ok());
}

#[tokio::test]
async fn requests_succeed_once_broken_connections_have_been_detected() {
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
    // Concurrently, so that each connection of the pools is used.
    let load = || world.store.load(&[]);
    let loads: [_; SIZE.commands as usize] = tokio::join!(load(), load(), load(), load()).into();
    assert!(loads.iter().all(Result::is_ok), "{loads:?}");
    assert!(world.commit(&[registration]).await[0].is_ok());
    let reads = world.store.reads();
    let users: [_; SIZE.reads as usize] = tokio::join!(reads.user(user(1)), reads.user(user(1))).into();
    assert!(users.iter().all(|user| matches!(user, Ok(Some(_)))), "{users:?}");
}

#[tokio::test]
async fn a_role_without_synchronous_commits_is_refused() {
    for (setting, is_durable) in [("off", false), ("local", false), ("remote_write", false), ("on", true), ("remote_apply", true)] {
        let database = Cluster::shared().create_database();
        Cluster::shared().sql(&database.name, &format!("ALTER DATABASE {} SET synchronous_commit = {setting}", database.name));
        match PostgresStore::open(&database.url, SIZE).await {
            Ok(_) => assert!(is_durable, "{setting} is accepted"),
            Err(OpenError::NotDurable(named)) => assert!(!is_durable && named == setting, "{setting}: {named}"),
            Err(error) => panic!("{setting}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_loses_synchronous_commits_later_is_reported() {
    let world = World::empty().await;
    world.store.check().await.unwrap();
    // Applies to new connections; those of the store are replaced.
    world.sql(&format!("ALTER DATABASE {} SET synchronous_commit = local", world.database.name));
    world
        .sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'frontrow'");
    let mut tries = 0;
    let reported = loop {
        tries += 1;
        assert!(tries < 50, "a broken connection is replaced");
        match world.store.check().await {
            Err(ReadError::Unavailable(_)) => {}
            reported => break reported,
        }
    };
    assert!(matches!(reported, Err(ReadError::NotDurable)), "{reported:?}");
    let results = world.commit(&[a_change(1)]).await;
    assert!(matches!(results[0], Err(CommitError::Unavailable(_))), "the store uses no such connection: {results:?}");
}

#[tokio::test]
async fn a_standby_is_refused() {
    let database = Cluster::shared().create_database();
    PostgresStore::open(&database.url, SIZE).await.unwrap().close().await.unwrap();
    Cluster::shared().sql(&database.name, &format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name));
    assert!(matches!(PostgresStore::open(&database.url, SIZE).await, Err(OpenError::Unreachable(_) | OpenError::Schema(_))));
}

#[tokio::test]
async fn a_missing_table_is_a_fault_not_an_outage() {
    let world = World::empty().await;
    let registration = world.a_registration(1).await;
    world.sql("ALTER TABLE users RENAME TO lost");
    let results = world.commit(&[registration]).await;
    assert!(matches!(results[0], Err(CommitError::Rejected(_))), "{results:?}");
    let read = world.store.reads().user(user(1)).await;
    assert!(matches!(read, Err(ReadError::Fault(_))), "{read:?}");
}
