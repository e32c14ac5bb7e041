//! Clients who hang up at random moments of all requests: what they began is done or not, and nothing is left behind.

use std::sync::Arc;

use frontrow_tests::{CLUB, CLUB_SCHEDULE, Frontrow, Reply, Shopper, money};
use reqwest::Method;
use serde_json::{Value, json};
use testbed::{Cluster, soak};
use tokio::task::JoinSet;

/// Clients who hang up again and again, and how often each does, times the factor of `make soak`.
const CLIENTS: usize = 24;
const TIMES: u32 = 30;
/// Buyers who hang up at each step of a purchase, and how often each buys.
const BUYERS: u32 = 8;
const PURCHASES: u32 = 6;
/// How often a buyer hangs up before they wait for the answer.
const HANG_UPS: u32 = 3;
/// What a seat of the club costs.
const PRICE: i64 = 60_000;
/// Requests that the server takes at once: as many as there are clients, so that a place that is lost is missed.
const IN_FLIGHT: usize = CLIENTS;

/// What may be begun, and its body.
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

/// One client's keys of charges that were begun.
async fn hang_up_again_and_again(shopper: Shopper, client: usize) -> Vec<String> {
    let mut begun = Vec::new();
    for n in 0..TIMES * soak() {
        let (method, path, key, body) = a_request(&format!("charge-{client}-{n}"));
        shopper.hang_up(method, &path, &key, &body).await;
        if path.ends_with("charges") {
            begun.push(key);
        }
    }
    begun
}

/// What the database says of the server's connections: all, and those in a transaction.
fn connections(name: &str) -> (String, String) {
    let count = |also: &str| {
        let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND application_name = 'frontrow' {also}");
        Cluster::shared().sql("postgres", &sql).trim().to_owned()
    };
    (count(""), count("AND state LIKE 'idle in transaction%'"))
}

/// Sends a request again and again and hangs up; then once more with the same key, and waits: it is answered as if it had come once.
async fn insist(shopper: &Shopper, path: &str, key: &str, body: &Value) -> Reply {
    for _ in 0..HANG_UPS {
        shopper.hang_up(Method::POST, path, key, body).await;
    }
    shopper.post(path, Some(key), body).await.expect(201)
}

/// Buys `seat`, gets the money back or keeps the seat, or gives it up unpaid; hangs up at each step. Whether they keep it.
async fn purchase(buyer: &mut Shopper, seat: u32, round: u32) -> bool {
    let _ = buyer.join().await;
    buyer.until_active().await;
    let request = json!({"schedule_id": CLUB_SCHEDULE, "seat_numbers": [seat]});
    let reservation = insist(buyer, "/v1/reservations", &format!("hold-{seat}-{round}"), &request).await.text("id");
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
    let payment = insist(buyer, "/v1/payments", &format!("pay-{seat}-{round}"), &json!({"reservation_id": reservation})).await.text("id");
    let last = round == PURCHASES - 1;
    if !last {
        let refund = format!("/v1/payments/{payment}/refunds");
        let refunded = insist(buyer, &refund, &format!("refund-{seat}-{round}"), &json!({})).await;
        assert_eq!(refunded.text("status"), "CANCELLED");
    }
    assert_eq!(buyer.get(&own).await.expect(200).text("status"), if last { "CONFIRMED" } else { "CANCELLED" });
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_done_once_however_often_its_buyer_hangs_up() {
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
async fn whoever_hangs_up_leaves_nothing_behind() {
    let database = Cluster::shared().create_database();
    let limits = [("FRONTROW__LIMITS__MAX_IN_FLIGHT", IN_FLIGHT.to_string())];
    let server = Frontrow::start_at(&database.url, &limits.each_ref().map(|(key, value)| (*key, value.as_str()))).await;
    let before = connections(&database.name);
    let ada = Shopper::admitted(&server).await;

    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(hang_up_again_and_again(ada.clone(), client));
    }
    let begun: Vec<String> = clients.join_all().await.concat();

    // With its key each charge is found, or made now: once.
    for key in &begun {
        let _ = ada.charge(1, key).await.expect(201);
    }
    assert_eq!(ada.balance().await, i64::try_from(begun.len()).expect("a few"));
    // No place of a request under way is lost.
    let ada = Arc::new(ada);
    for _ in 0..3 {
        let mut asking = JoinSet::new();
        for _ in 0..IN_FLIGHT {
            let ada = ada.clone();
            asking.spawn(async move { ada.get("/v1/wallet").await.status });
        }
        assert_eq!(asking.join_all().await, [200; IN_FLIGHT]);
    }
    assert_eq!(connections(&database.name), before, "no connection is lost, or stuck in a transaction");
    server.assert_audit_is_clean().await;
}
