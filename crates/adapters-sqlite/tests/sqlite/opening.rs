//! Opening a file: it is created with its folder, migrated once even if many processes open it, and never in memory.

use std::sync::Arc;

use adapters_sqlite::{OpenError, SqliteStore};
use application::ports::{Catalogue, SecretName, Secrets};
use application::testing::StoppedClock;
use domain::Queue;
use sea_orm::ConnectionTrait;
use tempfile::TempDir;

async fn open(name: &str) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(name, Arc::new(StoppedClock::default())).await
}

#[tokio::test]
async fn a_new_file_has_only_the_default_queue() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a").join("b").join("frontrow.db");
    let store = open(&format!("sqlite://{}", path.display())).await.unwrap();
    let queues = store.reads().queues().await.unwrap();
    assert_eq!(queues.iter().map(|queue| queue.id()).collect::<Vec<_>>(), [Queue::DEFAULT]);
    assert!(path.is_file(), "the folders are created");
}

#[tokio::test]
async fn a_memory_database_is_refused() {
    for name in ["", ":memory:", "sqlite::memory:", "sqlite://:memory:", "sqlite://frontrow?mode=memory"] {
        assert!(matches!(open(name).await, Err(OpenError::NotAFile(_))), "{name}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("letter.txt");
    std::fs::write(&path, "Dear Sir or Madam, this is far longer than a header, and it is no database at all. ".repeat(9)).unwrap();
    assert!(matches!(open(path.to_str().unwrap()).await, Err(OpenError::Database(..))));
}

#[tokio::test]
async fn a_file_of_a_newer_release_is_refused_and_not_changed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("frontrow.db").to_str().unwrap().to_owned();
    open(&path).await.unwrap().close().await.unwrap();
    let unchecked = sea_orm::Database::connect(format!("sqlite://{path}")).await.unwrap();
    unchecked.execute_unprepared("INSERT INTO seaql_migrations VALUES ('9999_later', 0)").await.unwrap();
    let Err(OpenError::Schema(_, error)) = open(&path).await else { panic!("the file was opened") };
    assert!(error.to_string().contains("9999_later"), "{error}");
    unchecked.execute_unprepared("DELETE FROM seaql_migrations WHERE version = '9999_later'").await.unwrap();
    open(&path).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_opens_of_a_new_file_migrate_it_once() {
    for _ in 0..5 {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("frontrow.db").to_str().unwrap().to_owned();
        let rendezvous = Arc::new(tokio::sync::Barrier::new(6));
        let openers = (0..6_u8).map(|opener| {
            let (path, rendezvous) = (path.clone(), rendezvous.clone());
            tokio::spawn(async move {
                rendezvous.wait().await;
                let store = open(&path).await.unwrap();
                (store.reads().queues().await.unwrap().len(), store.secret(SecretName::Issuer, [opener; 32]).await.unwrap())
            })
        });
        let mut secrets = Vec::new();
        for opener in openers.collect::<Vec<_>>() {
            let (queues, secret) = opener.await.unwrap();
            assert_eq!(queues, 1);
            secrets.push(secret);
        }
        assert!(secrets.iter().all(|secret| *secret == secrets[0]), "all stores return the secret that was stored first");
    }
}
