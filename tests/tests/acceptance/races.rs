//! Concurrent requests: one wins, the others are refused, nothing breaks.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeSet;
use std::sync::Arc;

use frontrow_tests::{CLUB, Frontrow, Reply, Shopper, StoreKind};
use futures_util::{StreamExt as _, stream};
use rstest::rstest;
use serde_json::json;
use tokio::sync::Barrier;

/// Runs all requests at the same moment.
async fn at_once<F>(requests: Vec<F>) -> Vec<Reply>
where
    F: Future<Output = Reply> + Send + 'static,
{
    let start = Arc::new(Barrier::new(requests.len()));
    let tasks: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                request.await
            })
        })
        .collect();
    let mut replies = Vec::new();
    for task in tasks {
        replies.push(task.await.unwrap());
    }
    replies
}

fn with_status(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_of_64_clients_gets_the_seat(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    let mut shoppers = Vec::new();
    for _ in 0..64 {
        shoppers.push(Shopper::admitted(&server).await);
    }
    let holds = shoppers.iter().cloned().map(|shopper| async move { shopper.hold(&[13], "hold-1").await }).collect();

    let replies = at_once(holds).await;

    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 63));
    assert!(replies.iter().filter(|reply| reply.status == 409).all(|reply| reply.code() == "SEAT_UNAVAILABLE"));
    if store.outlives_its_process() {
        server.assert_audit_is_clean().await;
    }
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_of_16_payments_with_different_keys_succeeds(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    let ada = Shopper::funded(&server, 1_000_000).await;
    let reservation = ada.hold(&[13], "hold-1").await.expect(201).text("id");
    let pays = (0..16)
        .map(|n| {
            let (ada, reservation) = (ada.clone(), reservation.clone());
            async move { ada.pay(&reservation, &format!("pay-{n}")).await }
        })
        .collect();

    let replies = at_once(pays).await;

    assert_eq!(with_status(&replies, 201), 1);
    assert!(replies.iter().all(|reply| reply.status < 500), "{replies:?}");
    assert_eq!(ada.balance().await, 940_000, "a single debit");
    if store.outlives_its_process() {
        server.assert_audit_is_clean().await;
    }
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_sent_16_times_pays_once_and_every_request_is_answered(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    let ada = Shopper::funded(&server, 1_000_000).await;
    let reservation = ada.hold(&[13], "hold-1").await.expect(201).text("id");
    let pays = (0..16)
        .map(|_| {
            let (ada, reservation) = (ada.clone(), reservation.clone());
            async move { ada.pay(&reservation, "pay").await }
        })
        .collect();

    let replies = at_once(pays).await;

    assert_eq!(with_status(&replies, 201), 16);
    assert_eq!(replies.iter().filter(|reply| reply.header("idempotency-replayed") == "true").count(), 15);
    assert!(replies.iter().all(|reply| reply.body == replies[0].body), "all responses are the first one");
    assert_eq!(ada.balance().await, 940_000);
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_charges_of_one_wallet_all_count(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    let ada = Shopper::register(&server).await;
    let charges = (0..32)
        .map(|n| {
            let ada = ada.clone();
            async move { ada.charge(1_000, &format!("charge-{n}")).await }
        })
        .collect();

    let replies = at_once(charges).await;

    assert_eq!(with_status(&replies, 201), 32);
    assert_eq!(ada.balance().await, 32_000);
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn a_payment_refused_for_an_insufficient_balance_does_not_use_up_its_key(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    let ada = Shopper::funded(&server, 10_000).await;
    let reservation = ada.hold(&[13], "hold-1").await.expect(201).text("id");

    let _ = ada.pay(&reservation, "pay").await.expect_problem(409, "INSUFFICIENT_BALANCE");

    assert_eq!((ada.balance().await, ada.seat_status(13).await), (10_000, "HELD".to_owned()));
    assert_eq!(ada.poll().await.body["status"], "ACTIVE");
    let _ = ada.charge(50_000, "charge").await.expect(201);
    let paid = ada.pay(&reservation, "pay").await.expect(201);
    assert_eq!(paid.header("idempotency-replayed"), "");
    let _ = ada.pay(&reservation, "pay").await.expect(201);
    assert_eq!(ada.balance().await, 0);
}

/// Creates a schedule with this many rows of 20 seats.
async fn a_schedule_with_rows(server: &Frontrow, rows: u32) -> String {
    let row = |row: u32| json!({"name": row.to_string(), "numbers": {"from": 20 * row + 1, "to": 20 * row + 20}});
    let rows: Vec<_> = (0..rows).map(row).collect();
    let schedule = json!({
        "starts_at": "2090-05-01T20:00:00+09:00", "zone": "Asia/Seoul", "sale_opens_at": "2020-01-01T00:00:00Z",
        "sale_closes_at": "2090-05-01T10:00:00Z", "seat_map": {"sections": [{"name": "Stalls", "price": 60_000, "rows": rows}]},
    });
    let operator = Shopper::operator(server).await;
    operator.post(&format!("/v1/admin/concerts/{CLUB}/schedules"), None, &schedule).await.expect(201).text("id")
}

#[rstest]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_ask_for_the_best_two_seats_at_once_all_get_neighbours_until_the_last_seat(#[case] store: StoreKind) {
    const CLIENTS: usize = 100;
    let server = Frontrow::start(store, &[("FRONTROW__QUEUE__CAPACITY", "100"), ("FRONTROW__QUEUE__BATCH", "100")]).await;
    let schedule = a_schedule_with_rows(&server, 10).await;
    let shoppers: Vec<_> = stream::iter(0..CLIENTS).map(|_| Shopper::admitted(&server)).buffer_unordered(20).collect().await;
    let best = json!({"schedule_id": schedule, "best_available": {"count": 2}});
    let holds = shoppers.into_iter().map(|shopper| {
        let best = best.clone();
        async move { shopper.post("/v1/reservations", Some("best"), &best).await }
    });

    let replies = at_once(holds.collect()).await;

    assert_eq!(with_status(&replies, 201), CLIENTS, "{:?}", replies.iter().find(|reply| reply.status != 201));
    let mut all = BTreeSet::new();
    for reply in &replies {
        let seats = reply.body["seats"].as_array().unwrap();
        let numbers: Vec<_> = seats.iter().map(|seat| seat["number"].as_u64().unwrap()).collect();
        assert_eq!((numbers.len(), numbers[0] + 1), (2, numbers[1]), "{reply:?}");
        assert_ne!(numbers[0] % 20, 0, "in one row: {numbers:?}");
        all.extend(numbers);
    }
    assert_eq!(all.len(), 2 * CLIENTS, "every seat once");
    if store.outlives_its_process() {
        server.assert_audit_is_clean().await;
    }
}
