//! The event log: long commits, a server that is killed during a page, a restored dump.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adapters_postgres::PostgresStore;
use application::ports::{Log, LogPage, LoggedEvent, Position, ReadError, ReaderName, Store};
use domain::Fact;
use sea_orm::sqlx::{AssertSqlSafe, Connection, Executor};
use testbed::{Cluster, Durability};

use crate::world::{SIZE, World, a_change};

/// The log entry of a token's row as another instance writes it, in a transaction that is still open.
const LOGGED: &str = r#"
    INSERT INTO event_log (positions, at, events, rows) VALUES (1, 0, '[]', '{"tokens": [
        {"id": "00000000-0000-0000-0000-0000000000aa", "version": 1, "queue_id": "0f207207-0000-7000-8000-000000000001",
         "user_id": "00000000-0000-0000-0000-0000000000bb", "number": 1, "joined_at": 0, "state": "WAITING"}]}')"#;

async fn end(store: &PostgresStore) -> Position {
    store.extent().await.unwrap().end
}

/// Returns the number of new rows after `position`, and advances it.
async fn count_new(store: &PostgresStore, position: &mut Position) -> usize {
    let page = store.rows(*position, 5_000).await.unwrap().unwrap();
    assert_eq!(page.position, page.end, "the page ends at the end of the log");
    *position = page.position;
    page.items.len()
}

async fn page(store: &PostgresStore, position: Position) -> LogPage<LoggedEvent> {
    store.events(position, 3).await.unwrap().expect("the position is in the log")
}

/// Returns all events after `position`, read in small pages.
async fn rest(store: &PostgresStore, mut position: Position) -> Vec<LoggedEvent> {
    let mut events = Vec::new();
    loop {
        let page = page(store, position).await;
        events.extend(page.items);
        position = page.position;
        if position == page.end {
            return events;
        }
    }
}

#[tokio::test]
async fn a_commit_that_ends_after_later_ones_is_logged_once_after_them() {
    let world = World::empty().await;
    let mut connection = world.connect().await;
    let mut slow = connection.begin().await.unwrap();
    slow.execute(AssertSqlSafe(LOGGED)).await.unwrap();
    let mut position = end(&world.store).await;
    world.sql(LOGGED);
    assert_eq!(count_new(&world.store, &mut position).await, 1, "only the commit that has ended");

    slow.commit().await.unwrap();

    assert_eq!(count_new(&world.store, &mut position).await, 1);
    assert_eq!(count_new(&world.store, &mut position).await, 0);
}

#[tokio::test]
async fn an_open_transaction_does_not_block_readers() {
    let world = World::empty().await;
    let mut connection = world.connect().await;
    let mut slow = connection.begin().await.unwrap();
    slow.execute(AssertSqlSafe(LOGGED)).await.unwrap();
    let mut position = end(&world.store).await;
    for _ in 0..3 {
        world.sql(LOGGED);
        assert_eq!(count_new(&world.store, &mut position).await, 1);
    }
    slow.rollback().await.unwrap();
    assert_eq!(count_new(&world.store, &mut position).await, 0);
}

#[tokio::test]
async fn committed_rows_are_read_while_another_reader_assigns_positions() {
    let world = World::empty().await;
    let mut position = end(&world.store).await;
    world.sql(LOGGED);
    let mut connection = world.connect().await;
    let mut placing = connection.begin().await.unwrap();
    placing.execute("SELECT place_events(10, false)").await.unwrap();
    let store = world.store.clone();
    let reading = tokio::spawn(async move { count_new(&store, &mut position).await });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while !reading.is_finished() && world.sql(waits).trim() == "0" {
        tokio::task::yield_now().await;
    }
    placing.commit().await.unwrap();
    assert_eq!(reading.await.unwrap(), 1);
}

/// A reader finds commits without positions by the transactions that are in progress, not by scanning all rows that vacuum has yet to
/// remove.
#[tokio::test]
async fn rows_with_positions_are_not_scanned_again_before_vacuum() {
    let world = World::empty().await;
    let mut connection = world.connect().await;
    let mut old = connection.begin().await.unwrap();
    // It has a transaction id, so that no later transaction is the oldest in progress.
    old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT pg_current_xact_id()").await.unwrap();
    let mut position = end(&world.store).await;
    world.sql(&format!(
        "{} FROM generate_series(1, 3000)",
        LOGGED.replace("VALUES (1, 0, '[]',", "SELECT 1, 0, '[]',").trim_end_matches(')')
    ));
    while count_new(&world.store, &mut position).await > 0 {}
    assert_eq!(position, Position(3_000));
    let plan = world.sql(
        "EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, BUFFERS)
         SELECT EXISTS (SELECT FROM unplaced_events(e.placed)) FROM log_extent e",
    );
    let pages = plan.lines().find_map(|line| line.trim().strip_prefix("Buffers: shared hit=")).unwrap();
    let pages: u32 = pages.split(' ').next().unwrap().parse().unwrap();
    assert!(pages < 10, "{plan}");
    old.rollback().await.unwrap();
}

#[tokio::test]
async fn numbers_that_the_statement_assigns_are_in_the_log() {
    let world = World::empty().await;
    assert!(world.commit(&[world.a_join(1).await, world.a_join(2).await]).await.iter().all(Result::is_ok));
    let other = PostgresStore::open(&world.database.url, SIZE).await.unwrap();
    let before = end(&other).await;
    assert!(world.commit(&[world.a_join(3).await, world.a_join(4).await]).await.iter().all(Result::is_ok));
    let page = other.rows(before, 100).await.unwrap().unwrap();
    let numbers: Vec<u64> = page
        .items
        .iter()
        .map(|row| match row {
            domain::LoggedRow::Token(token) => token.number,
            other => panic!("expected a token, got {other:?}"),
        })
        .collect();
    assert_eq!(numbers, [3, 4]);
    other.close().await.unwrap();
}

#[tokio::test]
async fn invalid_rows_are_reported_as_corrupt() {
    let world = World::empty().await;
    let position = end(&world.store).await;
    world.sql(&LOGGED.replace("WAITING", "ASLEEP"));
    let read = world.store.rows(position, 100).await;
    assert!(matches!(&read, Err(ReadError::Corrupt(what)) if what == "queue_tokens.state"), "{read:?}");
}

/// Returns the user whose registration an event reports.
fn registered(event: &LoggedEvent) -> u128 {
    match event.event.fact {
        Fact::UserRegistered { user } => user.0.as_u128(),
        ref other => panic!("expected a registration, got {other:?}"),
    }
}

/// Asserts that each user occurs once, that positions ascend, and that all acknowledged users occur.
fn assert_each_once(events: &[LoggedEvent], acknowledged: &[u128]) {
    assert!(events.windows(2).all(|pair| pair[0].position < pair[1].position));
    let mut users: Vec<_> = events.iter().map(registered).collect();
    users.sort_unstable();
    assert!(users.windows(2).all(|pair| pair[0] < pair[1]), "an event is read twice");
    for user in acknowledged {
        assert!(users.binary_search(user).is_ok(), "the acknowledged user {user} is missing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_during_a_page_loses_and_repeats_no_events() {
    const WRITERS: u128 = 3;
    let mut cluster = Cluster::start(Durability::Processes);
    let database = cluster.create_database();
    let (mut events, mut position, mut acknowledged) = (Vec::new(), Position(0), Vec::new());
    for round in 0..3 {
        let store = PostgresStore::open(&database.url, SIZE).await.unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (store, stop) = (store.clone(), stop.clone());
                tokio::spawn(async move {
                    let mut done = Vec::new();
                    for number in (0_u128..).map(|turn| (round << 64) | (turn * WRITERS + writer + 1)) {
                        if stop.load(Ordering::Relaxed) || store.commit(&[a_change(number)]).await[0].is_err() {
                            break;
                        }
                        done.push(number);
                    }
                    done
                })
            })
            .collect();
        // During pages and commits: the reader has more to read when the server is killed.
        let enough = events.len() + 40;
        while events.len() < enough {
            let page = page(&store, position).await;
            position = page.position;
            events.extend(page.items);
        }
        cluster.kill();
        let torn = store.events(position, 3).await;
        assert!(torn.is_err(), "the server is not running");
        stop.store(true, Ordering::Relaxed);
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
        cluster.restart();
    }
    let store = PostgresStore::open(&database.url, SIZE).await.unwrap();
    events.extend(rest(&store, position).await);
    assert_each_once(&events, &acknowledged);
    assert_eq!(rest(&store, Position(0)).await, events, "a second read returns the same events");
    let users = cluster.sql(&database.name, "SELECT count(*) FROM users");
    assert_eq!(users.trim(), events.len().to_string(), "unacknowledged users are in the log if they were written");
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[tokio::test]
async fn readers_of_a_restored_dump_continue_at_their_positions() {
    let world = World::empty().await;
    let mailer = ReaderName::new("mailer").unwrap();
    let register = async |store: &PostgresStore, numbers: std::ops::Range<u128>| {
        for number in numbers {
            assert!(store.commit(&[a_change(number)]).await[0].is_ok());
        }
    };
    register(&world.store, 1..6).await;
    let read = page(&world.store, Position(0)).await;
    assert!(world.store.keep_reader(&mailer, read.position).await.unwrap());
    // These have no positions yet when the dump is made.
    register(&world.store, 6..9).await;
    let dump = tempfile::NamedTempFile::new().unwrap();
    run(Command::new(Cluster::program("pg_dump").unwrap()).arg(&world.database.url).arg("--file").arg(dump.path()));
    // Events after the dump are lost with the database, and their positions are assigned to other events.
    register(&world.store, 100..104).await;
    assert_eq!(rest(&world.store, read.position).await.len(), 9);

    let restored = Cluster::shared().create_database();
    run(Command::new(Cluster::program("psql").unwrap())
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &restored.url, "-f"])
        .arg(dump.path()));
    // As of a server with higher transaction ids than this one.
    Cluster::shared().sql(&restored.name, "UPDATE log_extent SET placed = '900000000000:900000000009:'");
    let store = PostgresStore::open(&restored.url, SIZE).await.unwrap();

    let readers = store.readers().await.unwrap();
    assert_eq!(readers.iter().map(|reader| (reader.name.as_str(), reader.position)).collect::<Vec<_>>(), [("mailer", read.position)]);
    register(&store, 9..11).await;
    let mut events = read.items;
    events.extend(rest(&store, readers[0].position).await);
    assert_each_once(&events, &[]);
    assert_eq!(events.iter().map(registered).collect::<Vec<_>>(), (1..11).collect::<Vec<_>>());
    store.close().await.unwrap();
}
