//! Faults of the file and its connections, and how the store handles them.

use std::sync::Arc;

use application::ports::{Audit, CommitError, HealthCheck, ReadError, Store, Users};
use application::testing::StoppedClock;
use domain::loaded::LoadedAccount;
use domain::{Change, Needs as _, User, UserId, UserName, Write};
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult, TransactionTrait};
use tempfile::TempDir;
use uuid::Uuid;

use crate::SqliteStore;
use crate::database::{DatabaseFile, begin_immediate};
use crate::statement::find;
use crate::store::READERS;

async fn a_store() -> (TempDir, SqliteStore) {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(&file(&folder), Arc::new(StoppedClock::default())).await.unwrap();
    (folder, store)
}

fn file(folder: &TempDir) -> String {
    folder.path().join("frontrow.db").to_str().unwrap().to_owned()
}

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

/// Returns two thousand users with names of the maximum length.
fn many_users() -> Vec<Change> {
    let name = UserName::new(&"ä".repeat(UserName::MAX_CHARS)).unwrap();
    let user = |number| User { id: user(number), name: Some(name.clone()), created_at: time::OffsetDateTime::UNIX_EPOCH };
    (1..=2_000).map(|number| Change::default().writing(Write::insert(user(number)))).collect()
}

#[derive(FromQueryResult)]
struct Setting {
    value: i64,
}

async fn pragma(db: &DatabaseConnection, name: &str) -> i64 {
    find::<Setting>(db, &format!("SELECT {name} AS value FROM pragma_{name}"), []).await.unwrap()[0].value
}

#[tokio::test]
async fn connections_have_synchronous_commits_and_foreign_keys() {
    const FULL: i64 = 2;
    let (_folder, store) = a_store().await;
    assert_eq!(pragma(&store.writer, "synchronous").await, FULL);
    assert_eq!(pragma(&store.writer, "foreign_keys").await, 1);
}

#[tokio::test]
async fn commits_are_flushed_to_the_disk_on_macos() {
    let (_folder, store) = a_store().await;
    assert_eq!(pragma(&store.writer, "fullfsync").await, 1);
}

#[tokio::test]
async fn a_write_ahead_log_that_grew_during_a_read_shrinks_again() {
    const LIMIT: u64 = 64 * 1024 * 1024;
    let (folder, store) = a_store().await;
    let log = || std::fs::metadata(folder.path().join("frontrow.db-wal")).unwrap().len();
    let reading = store.readers.begin().await.unwrap();
    reading.execute_unprepared("SELECT count(*) FROM users").await.unwrap();
    store.writer.execute_unprepared("INSERT INTO storage_probe VALUES (1, zeroblob(80000000))").await.unwrap();
    assert!(log() > LIMIT, "the log grew to {} bytes", log());
    reading.rollback().await.unwrap();
    for commit in 0..3 {
        assert!(store.commit(&many_users()[commit..=commit]).await[0].is_ok());
    }
    assert!(log() <= LIMIT, "the log has {} bytes", log());
}

#[tokio::test]
async fn reader_connections_cannot_write() {
    let (_folder, store) = a_store().await;
    for readers in [&store.readers, &store.loads] {
        assert!(readers.execute_unprepared("DELETE FROM users").await.is_err());
    }
}

#[tokio::test]
async fn a_load_does_not_wait_for_queries_that_hold_all_their_connections() {
    let (_folder, store) = a_store().await;
    let mut queries = Vec::new();
    for _ in 0..READERS {
        let query = store.readers.begin().await.unwrap();
        query.execute_unprepared("SELECT count(*) FROM users").await.unwrap();
        queries.push(query);
    }
    assert!(store.readers.get_sqlite_connection_pool().try_acquire().is_none(), "no connection for queries is left");
    let need = domain::need::Account(user(1));
    assert_eq!(need.find(&store.load(&[need.clone().into()]).await.unwrap()), Ok(LoadedAccount::default()));
    assert_eq!(store.check_ledger(std::time::Duration::ZERO).await.unwrap().map(|check| check.drift), Some(0));
    assert!(store.audit().await.unwrap().iter().all(|finding| finding.violations == 0));
    for query in queries {
        query.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_group_fails_on_a_full_disk_and_the_next_one_is_committed() {
    let (_folder, store) = a_store().await;
    store.writer.execute_unprepared("PRAGMA max_page_count = 60").await.unwrap();
    let results = store.commit(&many_users()).await;
    assert!(results.iter().all(|result| matches!(result, Err(CommitError::Unavailable(_)))), "{:?}", results[0]);
    assert_eq!(store.reads().user(user(1)).await.unwrap(), None, "nothing is written");
    for _ in 0..2 {
        let reported = store.check().await;
        assert!(matches!(&reported, Err(ReadError::NotWritable(why)) if why.contains("full")), "{reported:?}");
    }

    store.writer.execute_unprepared("PRAGMA max_page_count = 100000").await.unwrap();
    assert!(store.check().await.is_ok(), "the health check notices free space without a request");
    assert!(store.commit(&many_users()).await.iter().all(Result::is_ok));
    assert!(store.reads().user(user(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_connection_that_has_lost_its_transaction_is_not_reused() {
    let (_folder, store) = a_store().await;
    let transaction = begin_immediate(&store.writer).await.unwrap();
    // As SQLite may do on a full disk: the driver still assumes an open transaction.
    transaction.execute_unprepared("ROLLBACK").await.unwrap();
    drop(transaction);
    assert!(store.commit(&many_users()[..1]).await[0].is_ok());
    assert!(store.reads().user(user(1)).await.unwrap().is_some(), "the change is committed");
}

#[tokio::test]
async fn a_write_fails_while_another_process_holds_the_lock() {
    let (folder, store) = a_store().await;
    let other = DatabaseFile::named(&file(&folder)).unwrap().writer().await.unwrap();
    let kept = begin_immediate(&other).await.unwrap();
    store.writer.execute_unprepared("PRAGMA busy_timeout = 50").await.unwrap();
    assert!(matches!(store.commit(&many_users()[..1]).await[0], Err(CommitError::Unavailable(_))));
    kept.rollback().await.unwrap();
    assert!(store.commit(&many_users()[..1]).await[0].is_ok());
}

#[tokio::test]
async fn a_missing_table_is_a_fault_not_an_outage() {
    let (_folder, store) = a_store().await;
    store.writer.execute_unprepared("ALTER TABLE users RENAME TO lost").await.unwrap();
    let results = store.commit(&many_users()[..2]).await;
    assert!(results.iter().all(|result| matches!(result, Err(CommitError::Rejected(_)))), "{results:?}");
    let read = store.reads().user(user(1)).await;
    assert!(matches!(read, Err(ReadError::Fault(_))), "{read:?}");
}
