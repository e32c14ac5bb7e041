//! `/v1/admin/events` and `/v1/admin/event-readers`: the event log and its readers.

use serde_json::{Value, json};

use crate::plan::{PRICE, QUEUE, SCHEDULE};
use crate::shop::{Shop, Visitor};

const EVENTS: &str = "/v1/admin/events";
const READERS: &str = "/v1/admin/event-readers";

async fn page(shop: &Shop, operator: &Visitor, query: &str) -> Value {
    shop.get(&format!("{EVENTS}{query}")).by(operator).send().await.with_status(200).body
}

fn items(page: &Value) -> &[Value] {
    page["items"].as_array().expect("items")
}

fn with_type<'a>(events: &'a [Value], wanted: &str) -> &'a Value {
    events.iter().find(|event| event["type"] == wanted).unwrap_or_else(|| panic!("{wanted} is in {events:#?}"))
}

#[actix_web::test]
async fn the_event_log_is_ordered_and_contains_no_secrets() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let ada = shop.funded("Ada", 500_000).await;
    let reservation = shop.held(&ada, &[1, 2]).await;
    let payment = shop.pay(&ada, "pay", &reservation).await.with_status(201).text("id");
    let refund = shop.post(&format!("/v1/payments/{payment}/refunds")).by(&ada).key("back").json(&json!({})).send().await;
    refund.with_status(201);

    let log = page(&shop, &operator, "?page_size=200").await;
    let events = items(&log);
    let types: Vec<_> = events.iter().map(|event| event["type"].as_str().expect("a type")).collect();
    assert_eq!(
        types,
        [
            "user.registered",
            "queue_token.created",
            "queue_token.activated",
            "wallet.charged",
            "reservation.held",
            "payment.completed",
            "queue_token.expired",
            "payment.refunded",
            "reservation.cancelled"
        ]
    );
    let positions: Vec<_> = events.iter().map(|event| event["position"].as_u64().expect("a position")).collect();
    assert_eq!(positions, (1..=9).collect::<Vec<_>>());
    assert_eq!((&log["position"], &log["end"]), (&json!(9), &json!(9)));

    let user = json!(ada.id.0);
    let money = |amount: i64| json!({"amount": amount, "currency": "KRW"});
    let held = with_type(events, "reservation.held");
    assert_eq!((&held["subject"], &held["subject_version"]), (&json!({"kind": "RESERVATION", "id": reservation}), &json!(1)));
    assert_eq!(held["data"]["seat_numbers"], json!([1, 2]));
    assert_eq!((&held["data"]["schedule_id"], &held["data"]["user_id"]), (&json!(SCHEDULE.0), &user));
    assert!(held["data"]["expires_at"].is_string() && held["at"].is_string() && held["id"].is_string());
    let paid = with_type(events, "payment.completed");
    assert_eq!(paid["data"], json!({"reservation_id": reservation, "user_id": user, "amount": money(2 * PRICE)}));
    let back = with_type(events, "payment.refunded");
    assert_eq!((&back["subject"], &back["subject_version"]), (&json!({"kind": "PAYMENT", "id": payment}), &json!(2)));
    let cancelled = with_type(events, "reservation.cancelled");
    assert_eq!((&cancelled["data"]["cancelled_reason"], &cancelled["subject_version"]), (&json!("REFUNDED"), &json!(3)));
    let charged = with_type(events, "wallet.charged");
    assert_eq!(charged["subject"], json!({"kind": "WALLET", "id": user}));
    assert_eq!(charged["data"], json!({"amount": money(500_000), "balance": money(500_000)}));
    assert_eq!(with_type(events, "user.registered")["data"], json!({}));
    let of_token = ["created", "activated", "expired"].map(|kind| with_type(events, &format!("queue_token.{kind}")));
    assert!(of_token.iter().all(|event| event["subject"] == of_token[0]["subject"] && event["data"]["queue_id"] == json!(QUEUE.0)));
    assert_eq!((&of_token[1]["data"]["number"], &of_token[2]["data"]["expired_reason"]), (&json!(1), &json!("PAID")));
    let secret = ada.queue_token.expect("a token");
    assert!(!log.to_string().contains(&secret), "a token's id is a secret");
}

#[actix_web::test]
async fn the_event_log_is_read_in_pages_and_continues_after_the_last() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    for name in ["Ada", "Ben", "Cyd"] {
        shop.user(name).await;
    }
    let all = page(&shop, &operator, "").await;
    let (mut read, mut after) = (Vec::new(), 0);
    loop {
        let next = page(&shop, &operator, &format!("?page_size=2&after={after}")).await;
        read.extend(items(&next).to_vec());
        after = next["position"].as_u64().expect("a position");
        if next["position"] == next["end"] {
            break;
        }
    }
    assert_eq!((json!(read), after), (all["items"].clone(), 3));
    let nothing_yet = page(&shop, &operator, "?after=3").await;
    assert_eq!(nothing_yet, json!({"items": [], "position": 3, "end": 3}));
    shop.user("Dan").await;
    assert_eq!(page(&shop, &operator, "?after=3").await["items"][0]["position"], json!(4));

    let gone = shop.get(&format!("{EVENTS}?after=5")).by(&operator).send().await.with_problem(410, "EVENTS_GONE");
    assert_eq!((&gone.body["start"], &gone.body["end"]), (&json!(0), &json!(4)));
    for query in ["?after=-1", "?after=x", "?after=", "?after=9223372036854775808", "?page_size=0", "?cursor=1"] {
        shop.get(&format!("{EVENTS}{query}")).by(&operator).send().await.with_problem(400, "VALIDATION_FAILED");
    }
}

#[actix_web::test]
async fn readers_store_their_positions_and_are_removed() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    shop.user("Ada").await;
    let put = async |name: &str, body: Value| shop.put(&format!("{READERS}/{name}")).by(&operator).json(&body).send().await;
    let readers = async || shop.get(READERS).by(&operator).send().await.with_status(200).body;
    assert_eq!(readers().await, json!({"items": [], "start": 0, "end": 1}));
    put("mailer", json!({"position": 0})).await.with_status(204);
    let known = readers().await;
    let mailer = &known["items"][0];
    assert_eq!((&mailer["name"], &mailer["position"], &mailer["behind"]), (&json!("mailer"), &json!(0), &json!(1)));
    assert!(mailer["moved_at"].is_string());
    put("mailer", json!({"position": 1})).await.with_status(204);
    assert_eq!(readers().await["items"][0]["behind"], json!(0));

    put("mailer", json!({"position": 2})).await.with_problem(410, "EVENTS_GONE");
    for body in [json!({"position": -1}), json!({"position": "1"}), json!({"position": 9_223_372_036_854_775_808_u64}), json!({})] {
        put("mailer", body).await.with_problem(400, "VALIDATION_FAILED");
    }
    for name in ["Mailer", "-a", "a%20b", "a:b"] {
        put(name, json!({"position": 1})).await.with_problem(404, "NOT_FOUND");
    }
    for number in 1..100 {
        put(&format!("reader-{number}"), json!({"position": 0})).await.with_status(204);
    }
    let full = put("one-more", json!({"position": 0})).await.with_problem(409, "INVALID_STATE");
    assert_eq!(full.body["current_state"], json!("FULL"));
    put("mailer", json!({"position": 0})).await.with_status(204);

    shop.delete(&format!("{READERS}/mailer")).by(&operator).send().await.with_status(204);
    shop.delete(&format!("{READERS}/mailer")).by(&operator).send().await.with_problem(404, "NOT_FOUND");
    put("one-more", json!({"position": 0})).await.with_status(204);
}
