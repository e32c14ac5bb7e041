//! Clients that hang up at random moments of all kinds of requests: each request takes effect completely or not at all, and nothing is
//! leaked.

use std::sync::Arc;

use frontrow_tests::{CLUB, CLUB_SCHEDULE, Frontrow, Reply, Shopper, money};
use reqwest::Method;
use serde_json::{Value, json};
use testbed::{Cluster, soak};
use tokio::task::JoinSet;

/// The number of clients that hang up repeatedly, and how often each does, times the factor of `make soak`.
const CLIENTS: usize = 24;
const TIMES: u32 = 30;
/// The number of buyers who hang up at each step of a purchase, and how often each buys.
const BUYERS: u32 = 8;
const PURCHASES: u32 = 6;
/// How often a buyer hangs up before waiting for the response.
const HANG_UPS: u32 = 3;
/// The price of a seat of the club.
const PRICE: i64 = 60_000;
/// Requests that the server processes at once: one per client, so that a lost permit is noticed.
const IN_FLIGHT: usize = CLIENTS;

/// Returns a random request and its body.
fn a_request(charge: &str) -> (Method, String, String, Value) {
    let get = |path: &str| (Method::GET, path.to_owned(), "get".to_owned(), Value::Null);
    let seat = fastrand::u32(1..=50);
    match fastrand::u32(..10) {
        0..5 => (Method::POST, "/v1/wallet/charges".to_owned(), charge.to_owned(), json!({"amount": money(1)})),
        5 => (
            Method::POST,
            "/v1/reservations".to_owned(),
            format!("hold-{seat}"),
            json!({"schedule_id": CLUB_SCHEDULE, "seat_numbers": [seat]}),
        ),
        6 => (Method::POST, "/v1/queue-tokens".to_owned(), "join".to_owned(), json!({"concert_id": CLUB})),
        7 => get(&format!("/v1/schedules/{CLUB_SCHEDULE}/seats")),
        8 => get("/v1/wallet/entries"),
        _ => get("/v1/reservations"),
    }
}

/// Hangs up during random requests, and returns the keys of the charges among them.
async fn hang_up_repeatedly(shopper: Shopper, client: usize) -> Vec<String> {
    let mut started = Vec::new();
    for n in 0..TIMES * soak() {
        let (method, path, key, body) = a_request(&format!("charge-{client}-{n}"));
        shopper.hang_up(method, &path, &key, &body).await;
        if path.ends_with("charges") {
            started.push(key);
        }
    }
    started
}

/// Returns the numbers of the server's connections in the database: all, and those in a transaction.
fn connections(name: &str) -> (String, String) {
    let count = |condition: &str| {
        let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND application_name = 'frontrow' {condition}");
        Cluster::shared().sql("postgres", &sql).trim().to_owned()
    };
    (count(""), count("AND state LIKE 'idle in transaction%'"))
}

/// Sends a request repeatedly and hangs up; then sends it again with the same key and waits for its response, which must be as if it had
/// been sent once.
async fn send_until_answered(shopper: &Shopper, path: &str, key: &str, body: &Value) -> Reply {
    for _ in 0..HANG_UPS {
        shopper.hang_up(Method::POST, path, key, body).await;
    }
    shopper.post(path, Some(key), body).await.expect(201)
}

/// Buys `seat` and keeps it or refunds it, or releases it unpaid; hangs up at each step. Returns whether the buyer keeps the seat.
async fn purchase(buyer: &mut Shopper, seat: u32, round: u32) -> bool {
    let _ = buyer.join().await;
    buyer.until_active().await;
    let request = json!({"schedule_id": CLUB_SCHEDULE, "seat_numbers": [seat]});
    let reservation = send_until_answered(buyer, "/v1/reservations", &format!("hold-{seat}-{round}"), &request).await.text("id");
    let own = format!("/v1/reservations/{reservation}");
    if round.is_multiple_of(3) {
        for _ in 0..HANG_UPS {
            buyer.hang_up(Method::DELETE, &own, "release", &Value::Null).await;
        }
        let _ = buyer.delete(&own).await.expect(204);
        buyer
            .hang_up(Method::DELETE, &format!("/v1/queue-tokens/{}", buyer.token.as_deref().unwrap_or_default()), "leave", &Value::Null)
            .await;
        let _ = buyer.leave().await.expect(204);
        return false;
    }
    let payment = send_until_answered(buyer, "/v1/payments", &format!("pay-{seat}-{round}"), &json!({"reservation_id": reservation}))
        .await
        .text("id");
    let last = round == PURCHASES - 1;
    if !last {
        let refund = format!("/v1/payments/{payment}/refunds");
        let refunded = send_until_answered(buyer, &refund, &format!("refund-{seat}-{round}"), &json!({})).await;
        assert_eq!(refunded.text("status"), "CANCELLED");
    }
    assert_eq!(buyer.get(&own).await.expect(200).text("status"), if last { "CONFIRMED" } else { "CANCELLED" });
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_takes_effect_once_however_often_its_buyer_hangs_up() {
    let database = Cluster::shared().create_database();
    let server = Frontrow::start_at(&database.url, &[("FRONTROW__QUEUE__TICK_MILLISECONDS", "20")]).await;
    let before = connections(&database.name);
    let mut buying = JoinSet::new();
    for seat in 1..=BUYERS {
        let mut buyer = Shopper::register(&server).await;
        buying.spawn(async move {
            let funds = PRICE * i64::from(PURCHASES);
            let _ = buyer.charge(funds, "funds").await.expect(201);
            let mut kept = 0;
            for round in 0..PURCHASES {
                kept += i64::from(purchase(&mut buyer, seat, round).await);
            }
            assert_eq!(buyer.balance().await, funds - kept * PRICE, "each payment and each refund counts once");
            let paid = buyer.all("/v1/payments").await;
            assert_eq!(paid.iter().filter(|payment| payment["status"] == "COMPLETED").count(), 1, "{paid:?}");
        });
    }
    buying.join_all().await;
    assert_eq!(connections(&database.name), before, "no connection is lost, or stuck in a transaction");
    server.assert_audit_is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_hang_up_leak_no_resources() {
    let database = Cluster::shared().create_database();
    let limits = [("FRONTROW__LIMITS__MAX_IN_FLIGHT", IN_FLIGHT.to_string())];
    let server = Frontrow::start_at(&database.url, &limits.each_ref().map(|(key, value)| (*key, value.as_str()))).await;
    let before = connections(&database.name);
    let ada = Shopper::admitted(&server).await;

    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(hang_up_repeatedly(ada.clone(), client));
    }
    let started: Vec<String> = clients.join_all().await.concat();

    // With its key, each charge is either found or made now, so that it counts once.
    for key in &started {
        let _ = ada.charge(1, key).await.expect(201);
    }
    assert_eq!(ada.balance().await, i64::try_from(started.len()).expect("a few"));
    // No permit of the in-flight limit is lost.
    let ada = Arc::new(ada);
    for _ in 0..3 {
        let mut requests = JoinSet::new();
        for _ in 0..IN_FLIGHT {
            let ada = ada.clone();
            requests.spawn(async move { ada.get("/v1/wallet").await.status });
        }
        assert_eq!(requests.join_all().await, [200; IN_FLIGHT]);
    }
    assert_eq!(connections(&database.name), before, "no connection is lost, or stuck in a transaction");
    server.assert_audit_is_clean().await;
}
