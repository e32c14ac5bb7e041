//! Several servers on one database: each serves every user, and each may be killed.

use std::sync::Arc;

use frontrow_tests::{CLUB_SCHEDULE, Frontrow, Shopper, money};
use serde_json::json;
use tokio::sync::Barrier;

#[tokio::test]
async fn a_purchase_works_when_every_step_uses_another_instance() {
    let [a, b, c] = Frontrow::instances::<3>(&[]).await;
    let mut ada = Shopper::register(&a).await;
    let joined = ada.at(&b).join().await.expect(201);
    ada = ada.at(&c);
    let again = ada.join().await.expect(200);
    assert_eq!(again.text("token"), joined.text("token"), "joining again at another instance returns the same token");
    let _ = ada.until_active().await;
    let _ = ada.at(&a).until_active().await;

    let seats = ada.at(&b).get(&format!("/v1/schedules/{CLUB_SCHEDULE}/seats?status=AVAILABLE")).await.expect(200);
    assert_eq!(seats.body["available"], json!(50));
    let held = ada.at(&a).hold(&[7, 8], "hold-1").await.expect(201);
    let same = ada.at(&b).hold(&[7, 8], "hold-1").await.expect(201);
    assert_eq!((same.header("idempotency-replayed"), &same.body), ("true", &held.body), "a key is known to every instance");
    let bob = Shopper::admitted(&b).await;
    let _ = bob.at(&c).hold(&[7], "hold-1").await.expect_problem(409, "SEAT_UNAVAILABLE");

    let reservation = held.text("id");
    let _ = ada.at(&c).pay(&reservation, "pay-1").await.expect_problem(409, "INSUFFICIENT_BALANCE");
    let _ = ada.at(&a).charge(200_000, "charge-1").await.expect(201);
    let paid = ada.at(&b).pay(&reservation, "pay-1").await.expect(201);
    let replayed = ada.at(&c).pay(&reservation, "pay-1").await.expect(201);
    assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), ("true", &paid.body));
    assert_eq!(ada.at(&a).balance().await, 80_000);
    let _ = ada.at(&a).hold(&[9], "hold-2").await.expect_problem(410, "QUEUE_TOKEN_EXPIRED");

    let refund = format!("/v1/payments/{}/refunds", paid.text("id"));
    let refunded = ada.at(&a).post(&refund, Some("refund-1"), &json!({})).await.expect(201);
    assert_eq!(refunded.body["balance"], money(200_000));
    for server in [&a, &b, &c] {
        let bob = bob.at(server);
        let _ = bob.until("the seat is available at every instance", || bob.seat(7), |seat| seat.body["status"] == "AVAILABLE").await;
    }
    a.assert_audit_is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_64_clients_at_three_instances_gets_the_seat() {
    let servers = Frontrow::instances::<3>(&[]).await;
    let mut shoppers = Vec::new();
    for n in 0..64 {
        shoppers.push(Shopper::admitted(&servers[n % 3]).await);
    }
    let start = Arc::new(Barrier::new(shoppers.len()));
    let holds = shoppers.iter().enumerate().map(|(n, shopper)| {
        // Joins at one instance, holds at another.
        let (shopper, start) = (shopper.at(&servers[(n + 1) % 3]), start.clone());
        tokio::spawn(async move {
            start.wait().await;
            shopper.hold(&[13], "hold-1").await
        })
    });
    let holds: Vec<_> = holds.collect();
    let mut statuses = Vec::new();
    for hold in holds {
        statuses.push(hold.await.unwrap().status);
    }
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (201, vec![409; 63].as_slice()));
    servers[0].assert_audit_is_clean().await;
}

#[tokio::test]
async fn changes_of_one_instance_are_shown_by_the_others() {
    let [a, b] = Frontrow::instances::<2>(&[]).await;
    let (ada, bob) = (Shopper::admitted(&a).await, Shopper::admitted(&b).await);
    assert_eq!(bob.seat_status(5).await, "AVAILABLE", "b has the seat map in memory from now on");

    let held = ada.hold(&[5], "hold-1").await.expect(201);
    let _ = bob.until("b shows the hold", || bob.seat(5), |seat| seat.body["status"] == "HELD").await;
    let _ = ada.delete(&format!("/v1/reservations/{}", held.text("id"))).await.expect(204);
    let _ = bob.until("b shows the release", || bob.seat(5), |seat| seat.body["status"] == "AVAILABLE").await;
}
