//! Deadlines take effect by themselves, without a sweep.

use frontrow_tests::{Frontrow, Shopper, StoreKind};
use rstest::rstest;
use serde_json::json;

/// A day between two sweeps: no lapsed row is updated in these tests.
const NO_SWEEP: (&str, &str) = ("FRONTROW__RESERVATION__SWEEP_MILLISECONDS", "86400000");

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn a_hold_ends_at_its_deadline_without_a_sweep(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[("FRONTROW__RESERVATION__HOLD_SECONDS", "1"), NO_SWEEP]).await;
    let (ada, bob) = (Shopper::funded(&server, 60_000).await, Shopper::admitted(&server).await);
    let first = ada.hold(&[5, 6], "hold-1").await.expect(201);

    let second = bob.until("the seat is available", || bob.hold(&[5], "hold-1"), |reply| reply.status != 409).await.expect(201);

    let (ended, taken) = (first.text("expires_at"), second.text("held_at"));
    assert!(ended <= taken, "held until {ended}, taken at {taken}");
    assert_eq!(bob.seat_status(6).await, "AVAILABLE", "the lapsed hold releases all its seats");
    let _ = ada.pay(&first.text("id"), "pay-1").await.expect_problem(410, "RESERVATION_EXPIRED");
    let shown = ada.get(&format!("/v1/reservations/{}", first.text("id"))).await.expect(200);
    assert_eq!((&shown.body["status"], &shown.body["cancelled_reason"]), (&json!("CANCELLED"), &json!("EXPIRED")));
    assert_eq!(ada.balance().await, 60_000, "a late payer is never charged");
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn a_lapsed_hold_is_shown_as_expired_before_its_row_is_updated(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[("FRONTROW__RESERVATION__HOLD_SECONDS", "1"), NO_SWEEP]).await;
    let ada = Shopper::admitted(&server).await;
    let held = ada.hold(&[5], "hold-1").await.expect(201);
    let path = format!("/v1/reservations/{}", held.text("id"));
    let lapsed = ada.until("the hold has lapsed", || ada.get(&path), |reply| reply.body["status"] != "HELD").await;
    assert_eq!(lapsed.body["cancelled_reason"], "EXPIRED");
    assert_eq!(ada.seat_status(5).await, "AVAILABLE");
    let _ = ada.hold(&[5], "hold-2").await.expect(201);
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn an_unclaimed_admission_expires_and_admits_the_next_user(#[case] store: StoreKind) {
    let policy = [("FRONTROW__QUEUE__CAPACITY", "1"), ("FRONTROW__QUEUE__CLAIM_SECONDS", "1")];
    let server = Frontrow::start(store, &policy).await;
    let absent = Shopper::admitted(&server).await;
    let mut next = Shopper::register(&server).await;
    let _ = next.join().await.expect(201);
    let _ = next.until_active().await;
    let ended = absent.poll().await;
    assert_eq!((&ended.body["status"], &ended.body["expired_reason"]), (&json!("EXPIRED"), &json!("UNCLAIMED")));
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn a_token_times_out_after_its_active_window_and_a_refused_call_claims_it(#[case] store: StoreKind) {
    let windows = [("FRONTROW__QUEUE__CLAIM_SECONDS", "1"), ("FRONTROW__QUEUE__ACTIVE_SECONDS", "2")];
    let server = Frontrow::start(store, &windows).await;
    let ada = Shopper::admitted(&server).await;
    let before = ada.poll().await.text("expires_at");
    let _ = ada.hold(&[99], "hold-1").await.expect_problem(400, "VALIDATION_FAILED");
    assert!(before < ada.poll().await.text("expires_at"), "the refused call claimed the token");
    let ended = ada.until("the token has timed out", || ada.poll(), |reply| reply.body["status"] == "EXPIRED").await;
    assert_eq!(ended.body["expired_reason"], "TIMED_OUT");
    let _ = ada.hold(&[1], "hold-2").await.expect_problem(410, "QUEUE_TOKEN_EXPIRED");
}
