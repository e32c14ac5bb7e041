//! A purchase from registration to refund, over HTTP, on each store.

use frontrow_tests::{CLUB, CLUB_SCHEDULE, Frontrow, Shopper, StoreKind, money};
use rstest::rstest;
use serde_json::json;

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn a_user_joins_is_admitted_holds_charges_pays_and_gets_a_refund(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    let mut ada = Shopper::register(&server).await;

    let joined = ada.join().await.expect(201);
    assert_eq!(joined.body["number"], 1);
    let again = ada.join().await.expect(200);
    assert_eq!(again.text("token"), joined.text("token"), "joining again returns the same token");
    let active = ada.until_active().await;
    assert!(active.body["position"].is_null() && active.body["expires_in_seconds"].as_i64() > Some(0));

    let schedules = ada.get(&format!("/v1/concerts/{CLUB}/schedules?bookable=true")).await.expect(200);
    assert_eq!(schedules.body["items"].as_array().map(Vec::len), Some(3));
    let seats = ada.get(&format!("/v1/schedules/{CLUB_SCHEDULE}/seats?status=AVAILABLE")).await.expect(200);
    assert_eq!((&seats.body["available"], seats.body["seats"].as_array().map(Vec::len)), (&json!(50), Some(50)));

    let held = ada.hold(&[8, 7], "hold-1").await.expect(201);
    assert_eq!(held.body["amount"], money(120_000));
    assert_eq!(held.body["expires_in_seconds"], 300);
    assert_eq!(ada.seat_status(7).await, "HELD");
    let same = ada.hold(&[7, 8], "hold-2").await.expect(200);
    assert_eq!((same.text("id"), same.text("expires_at")), (held.text("id"), held.text("expires_at")));
    let _ = ada.hold(&[9], "hold-3").await.expect_problem(409, "HOLD_EXISTS");

    let bob = Shopper::admitted(&server).await;
    let refused = bob.hold(&[6, 7], "hold-1").await.expect_problem(409, "SEAT_UNAVAILABLE");
    assert_eq!(refused.body["conflicts"], json!([{"number": 7, "status": "HELD"}]));
    assert_eq!(bob.seat_status(6).await, "AVAILABLE", "all seats or none");
    let _ = bob.get(&format!("/v1/reservations/{}", held.text("id"))).await.expect_problem(404, "NOT_FOUND");

    let reservation = held.text("id");
    let short = ada.pay(&reservation, "pay-1").await.expect_problem(409, "INSUFFICIENT_BALANCE");
    assert_eq!((&short.body["balance"], &short.body["required"]), (&money(0), &money(120_000)));
    let charged = ada.charge(200_000, "charge-1").await.expect(201);
    assert_eq!(charged.body["balance"], money(200_000));
    let paid = ada.pay(&reservation, "pay-1").await.expect(201);
    assert_eq!((&paid.body["status"], &paid.body["balance"]), (&json!("COMPLETED"), &money(80_000)));
    let replayed = ada.pay(&reservation, "pay-1").await.expect(201);
    assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), ("true", &paid.body));

    let token = ada.poll().await;
    assert_eq!((&token.body["status"], &token.body["expired_reason"]), (&json!("EXPIRED"), &json!("PAID")));
    let _ = ada.hold(&[9], "hold-4").await.expect_problem(410, "QUEUE_TOKEN_EXPIRED");
    assert_eq!(bob.seat_status(7).await, "RESERVED");
    let confirmed = ada.get(&format!("/v1/reservations/{reservation}")).await.expect(200);
    assert_eq!((&confirmed.body["status"], &confirmed.body["payment_id"]), (&json!("CONFIRMED"), &paid.body["id"]));

    let refund = format!("/v1/payments/{}/refunds", paid.text("id"));
    let _ = bob.post(&refund, Some("refund-1"), &json!({})).await.expect_problem(404, "NOT_FOUND");
    let refunded = ada.post(&refund, Some("refund-1"), &json!({})).await.expect(201);
    assert_eq!(refunded.body["balance"], money(200_000));
    let _ = ada.post(&refund, Some("refund-2"), &json!({})).await.expect_problem(409, "INVALID_STATE");
    assert_eq!(bob.seat_status(7).await, "AVAILABLE");

    let entries = ada.get("/v1/wallet/entries").await.expect(200);
    let amounts: Vec<_> = entries.body["items"].as_array().unwrap().iter().map(|entry| entry["amount"]["amount"].clone()).collect();
    assert_eq!(amounts, [json!(120_000), json!(-120_000), json!(200_000)], "newest first");
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn releasing_a_hold_frees_its_seats_and_leaving_frees_capacity(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[("FRONTROW__QUEUE__CAPACITY", "1")]).await;
    let ada = Shopper::admitted(&server).await;
    let held = ada.hold(&[1], "hold-1").await.expect(201);
    let path = format!("/v1/reservations/{}", held.text("id"));
    for _ in 0..2 {
        let _ = ada.delete(&path).await.expect(204);
    }
    assert_eq!(ada.seat_status(1).await, "AVAILABLE");

    let _ = ada.hold(&[2], "hold-2").await.expect(201);
    let mut bob = Shopper::register(&server).await;
    let _ = bob.join().await.expect(201);
    let waiting = bob.hold(&[2], "hold-1").await.expect_problem(403, "QUEUE_TOKEN_NOT_ACTIVE");
    assert_eq!((&waiting.body["queue_token_status"], &waiting.body["position"]), (&json!("WAITING"), &json!(1)));
    assert!(!waiting.header("retry-after").is_empty());

    let leave = format!("/v1/queue-tokens/{}", ada.token.as_deref().unwrap());
    let _ = bob.delete(&leave).await.expect_problem(404, "NOT_FOUND");
    for _ in 0..2 {
        let _ = ada.delete(&leave).await.expect(204);
    }
    let _ = bob.until_active().await;
    let _ = bob.hold(&[2], "hold-1").await.expect(201);
}
