//! Each statement over a set finds its rows by an index. A scan would only become slow in a large database.

use std::sync::Arc;

use application::testing::StoppedClock;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use tempfile::TempDir;

use crate::SqliteStore;
use crate::commit::GUARDS;
use crate::statement::find;
use crate::statements::{
    admin, concert, key, log, payment, queue, reservation, reserved_seat, schedule, seat, session, token, user, wallet,
};

#[derive(FromQueryResult)]
struct Step {
    detail: String,
}

#[tokio::test]
async fn no_statement_scans_a_table() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("frontrow.db");
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(StoppedClock::default())).await.unwrap();
    let statements = [
        user::SELECT,
        admin::USERS_NAMED,
        admin::QUEUE_TOTALS,
        admin::SCHEDULE_TOTALS,
        concert::SELECT,
        schedule::SELECT,
        queue::SELECT,
        queue::QUEUE_COUNTS,
        queue::OFFERED,
        schedule::SELECT_OF_CONCERTS,
        queue::WAITING,
        queue::COUNTERS,
        queue::COUNT,
        queue::COUNT_PRUNED,
        queue::ADMIT,
        token::SELECT,
        token::SELECT_LIVE,
        token::SELECT_AWAITED_UNTIL,
        token::SELECT_LAPSED,
        token::SELECT_FIRST_WAITING,
        token::SELECT_AFTER,
        token::UPDATE,
        token::SELECT_ENDED,
        token::KEEP,
        token::DELETE,
        token::CHECK_AGAIN,
        seat::SELECT,
        seat::SELECT_LABELLED,
        seat::SELECT_OFFERED,
        seat::UPDATE,
        reservation::SELECT_ONE,
        reservation::SELECT_PAGE,
        reservation::SELECT_BY_ID,
        reservation::SELECT_OF_SCHEDULE,
        reservation::SELECT_OF_SEAT,
        reservation::SELECT_WANTED,
        reservation::SELECT_LAPSED,
        reservation::SELECT_CANCELLED,
        reservation::SELECT_HELD_UNTIL,
        reservation::UPDATE,
        reservation::SELECT_UNPAID,
        reservation::DELETE,
        reserved_seat::FREE,
        reserved_seat::USE,
        reserved_seat::DELETE,
        payment::SELECT,
        payment::UPDATE,
        wallet::SELECT,
        wallet::UPDATE,
        wallet::DELETE,
        user::SELECT_UNCHECKED,
        user::KEEP,
        user::CHECK_AGAIN,
        user::DELETE_SEARCH_KEYS,
        user::DELETE,
        key::SELECT,
        key::UPDATE,
        key::DELETE_EXPIRED,
        session::SELECT,
        session::UPDATE,
        session::DELETE_ENDED,
    ];
    for sql in statements.into_iter().chain(GUARDS.iter().copied()) {
        let scans = scans(&store.writer, sql).await;
        assert!(scans.is_empty(), "{sql}\n{scans:#?}");
    }
}

#[tokio::test]
async fn rows_to_prune_and_the_backlog_are_found_by_partial_indexes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("frontrow.db");
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(StoppedClock::default())).await.unwrap();
    for (sql, index) in [
        (reservation::SELECT_UNPAID, "INDEX reservations_unpaid (expires_at<?)"),
        (token::SELECT_ENDED, "INDEX queue_tokens_ended (expired_at<?)"),
        (user::SELECT_UNCHECKED, "INDEX users_unchecked (created_at<?)"),
        (key::OLDEST, "INDEX idempotency_keys_expiry"),
        (reservation::OLDEST_UNPAID, "INDEX reservations_unpaid"),
        (token::OLDEST_ENDED, "INDEX queue_tokens_ended"),
        (user::OLDEST_UNCHECKED, "INDEX users_unchecked"),
        (session::OLDEST, "INDEX sessions_end"),
        (user::DELETE_SEARCH_KEYS, "INDEX user_search_keys_of_user (user_id=?)"),
    ] {
        let values = (1..=2).filter(|number| sql.contains(&format!("?{number}"))).map(|_| Value::from(1));
        let plan = find::<Step>(&store.writer, &format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
        let details: Vec<_> = plan.into_iter().map(|step| step.detail).collect();
        assert!(details.iter().any(|detail| detail.ends_with(index)), "{sql}\n{details:#?}");
        assert!(!details.iter().any(|detail| detail.contains("TEMP B-TREE")), "{sql}\n{details:#?}");
    }
}

/// SQLite looks for references to each deleted row: without an index, it would scan the referring table each time.
#[tokio::test]
async fn references_to_deleted_rows_are_found_by_indexes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("frontrow.db");
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(StoppedClock::default())).await.unwrap();
    for reference in [
        "seats WHERE reservation_id",
        "reservation_seats WHERE reservation_id",
        "payments WHERE reservation_id",
        "reservations WHERE token_id",
        "reservations WHERE user_id",
        "payments WHERE user_id",
        "queue_tokens WHERE user_id",
        "user_search_keys WHERE user_id",
        "wallet_entries WHERE user_id",
    ] {
        let sql = format!("SELECT 1 FROM {reference} = ?1");
        let scans = scans(&store.writer, &sql).await;
        assert!(scans.is_empty(), "{sql}\n{scans:#?}");
    }
}

#[tokio::test]
async fn seats_are_looked_up_by_label_and_not_by_schedule_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("frontrow.db");
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(StoppedClock::default())).await.unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {}", seat::SELECT_LABELLED);
    let plan = find::<Step>(&store.writer, &sql, [Value::from("[]")]).await.unwrap();
    assert!(
        plan.iter().any(|step| step.detail.contains("schedule_id=? AND label=?")),
        "{:?}",
        plan.iter().map(|step| &step.detail).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn the_reservation_of_a_seat_and_the_refunded_ones_of_a_schedule_are_found_by_indexes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("frontrow.db");
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(StoppedClock::default())).await.unwrap();
    for (sql, step) in [
        (reservation::SELECT_OF_SEAT, "PRIMARY KEY (schedule_id=? AND number=?)"),
        (reservation::SELECT_OF_SCHEDULE, "INDEX reservations_refunded (schedule_id=? AND id>?)"),
        (reservation::SELECT_OF_SCHEDULE, "INDEX user_search_keys_of_user (user_id=?)"),
    ] {
        let values = (1..=9).filter(|number| sql.contains(&format!("?{number}"))).map(|_| Value::from("x"));
        let plan = find::<Step>(&store.writer, &format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
        let details: Vec<_> = plan.into_iter().map(|step| step.detail).collect();
        assert!(details.iter().any(|detail| detail.ends_with(step)), "{step}\n{details:#?}");
    }
}

#[tokio::test]
async fn waiting_tokens_are_searched_from_the_last_admitted_number() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("frontrow.db");
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(StoppedClock::default())).await.unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {}", token::SELECT_FIRST_WAITING);
    let plan = find::<Step>(&store.writer, &sql, [Value::from("x"), Value::from(1)]).await.unwrap();
    let details: Vec<_> = plan.into_iter().map(|step| step.detail).collect();
    assert!(details.iter().any(|detail| detail.contains("queue_tokens_waiting (queue_id=? AND number>?)")), "{details:#?}");
}

#[tokio::test]
async fn users_are_looked_up_by_search_key_and_not_in_order_of_their_ids() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("frontrow.db");
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(StoppedClock::default())).await.unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {}", admin::USERS_NAMED);
    let plan = find::<Step>(&store.writer, &sql, ["a", "b", "c"].map(Value::from)).await.unwrap();
    let details: Vec<_> = plan.into_iter().map(|step| step.detail).collect();
    assert!(details.iter().any(|detail| detail.ends_with("PRIMARY KEY (search_key>? AND search_key<?)")), "{details:#?}");
}

#[tokio::test]
async fn the_log_is_read_from_a_position_and_deleted_up_to_one() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("frontrow.db");
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(StoppedClock::default())).await.unwrap();
    for (sql, step) in [(log::EVENTS, "(rowid>?)"), (log::DELETE_BEFORE_START, "(rowid<?)")] {
        let values = (1..=2).filter(|number| sql.contains(&format!("?{number}"))).map(|_| Value::from(1));
        let plan = find::<Step>(&store.writer, &format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
        let details: Vec<_> = plan.into_iter().map(|step| step.detail).collect();
        assert!(details.iter().any(|detail| detail.starts_with("SEARCH event_log") && detail.ends_with(step)), "{details:#?}");
    }
}

/// Returns the steps of the plan of a statement that scan a whole table.
async fn scans(db: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let values = (1..=9).filter(|number| sql.contains(&format!("?{number}"))).map(|_| Value::from("[]"));
    let plan = find::<Step>(db, &format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
    let steps = plan.into_iter().map(|step| step.detail);
    let harmless = |detail: &str| ["VIRTUAL TABLE", "SCAN w", "SCAN (subquery", "SCAN wanted"].iter().any(|part| detail.contains(part));
    steps.filter(|detail| detail.contains("SCAN") && !harmless(detail)).collect()
}
