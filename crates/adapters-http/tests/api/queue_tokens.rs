//! Queue tokens.

use domain::QueueState;
use serde_json::{Value, json};

use crate::plan::{CONCERT, Plan};
use crate::shop::{Shop, Visitor};

fn path(visitor: &Visitor) -> String {
    format!("/v1/queue-tokens/{}", visitor.queue_token.as_deref().expect("a token"))
}

#[actix_web::test]
async fn a_queue_token_has_every_member_of_the_contract() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let bob = shop.waiting("Bob").await;
    let token = shop.get(&path(&bob)).by(&bob).send().await.with_status(200);
    assert_eq!(token.header("retry-after"), Some("1"));
    let expected = json!({
        "token": bob.queue_token, "queue_id": crate::plan::QUEUE.0, "concert_id": CONCERT.0,
        "status": "WAITING", "expired_reason": null, "number": 2, "position": 2, "people_ahead": 1,
        "estimated_wait": {"known": true, "p50_seconds": 1, "p90_seconds": 1}, "poll_after_seconds": 1, "availability": null,
        "joined_at": "2026-11-21T20:00:00Z", "activated_at": null, "expires_at": null, "expires_in_seconds": null,
        "board": null,
    });
    assert_eq!(token.body, expected);

    shop.tick().await;
    shop.wait(20);
    let token = shop.get(&path(&ada)).by(&ada).send().await.with_status(200).body;
    assert_eq!(token["status"], "ACTIVE");
    assert_eq!((&token["position"], &token["people_ahead"]), (&Value::Null, &Value::Null));
    assert_eq!(token["activated_at"], "2026-11-21T20:00:00Z");
    assert_eq!((&token["expires_at"], &token["expires_in_seconds"]), (&json!("2026-11-21T20:02:00Z"), &json!(100)));
}

#[actix_web::test]
async fn joining_again_returns_the_same_token() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let again = shop.post("/v1/queue-tokens").by(&ada).json(&json!({"concert_id": CONCERT.0})).send().await.with_status(200);
    assert_eq!(Some(again.text("token")), ada.queue_token);
    assert_eq!(again.header("location"), Some(path(&ada).as_str()));
    let elsewhere = shop.post("/v1/queue-tokens").by(&ada).json(&json!({})).send().await.with_status(201);
    assert_eq!(elsewhere.body["queue_id"], domain::Queue::DEFAULT.0.to_string());
}

#[actix_web::test]
async fn joining_for_an_unknown_concert_is_not_found() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let body = json!({"concert_id": "0f207207-0000-7000-8000-00000000dead"});
    shop.post("/v1/queue-tokens").by(&ada).json(&body).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn joining_a_closed_queue_is_refused() {
    let shop = Plan { queue_state: QueueState::Closed, ..Plan::default() }.open().await;
    let ada = shop.user("Ada").await;
    shop.post("/v1/queue-tokens").by(&ada).json(&json!({"concert_id": CONCERT.0})).send().await.with_problem(409, "QUEUE_CLOSED");
}

#[actix_web::test]
async fn joining_a_full_queue_is_refused() {
    let mut plan = Plan::default();
    plan.rules.queue.max_waiting = Some(1);
    let shop = plan.open().await;
    shop.waiting("Ada").await;
    let bob = shop.user("Bob").await;
    let answer = shop.post("/v1/queue-tokens").by(&bob).json(&json!({"concert_id": CONCERT.0})).send().await;
    assert!(answer.with_problem(429, "QUEUE_FULL").header("retry-after").is_some());
}

#[actix_web::test]
async fn another_users_token_is_not_found() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.waiting("Ada").await, shop.waiting("Bob").await);
    shop.get(&path(&ada)).by(&bob).send().await.with_problem(404, "NOT_FOUND");
    shop.delete(&path(&ada)).by(&bob).send().await.with_problem(404, "NOT_FOUND");
    shop.get(&path(&ada)).by(&ada).send().await.with_status(200);
}

#[actix_web::test]
async fn an_unknown_or_malformed_token_is_not_found() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    for id in ["x", "%00", "0f20720700007000800000000000dead", "0f207207-0000-7000-8000-00000000dead"] {
        shop.get(&format!("/v1/queue-tokens/{id}")).by(&ada).send().await.with_problem(404, "NOT_FOUND");
    }
}

#[actix_web::test]
async fn leaving_is_idempotent_and_releases_the_hold() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let reservation = shop.held(&ada, &[1]).await;
    for _ in 0..2 {
        let left = shop.delete(&path(&ada)).by(&ada).send().await.with_status(204);
        assert!(left.bytes.is_empty());
    }
    let token = shop.get(&path(&ada)).by(&ada).send().await.with_status(200);
    assert_eq!((token.body["status"].as_str(), token.body["expired_reason"].as_str()), (Some("EXPIRED"), Some("LEFT")));
    let hold = shop.get(&format!("/v1/reservations/{reservation}")).by(&ada).send().await;
    assert_eq!(hold.body["cancelled_reason"], "RELEASED");
}

#[actix_web::test]
async fn the_tag_ignores_countdowns_and_changes_with_the_state_and_the_position() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.waiting("Ada").await, shop.waiting("Bob").await);
    let tag = shop.get(&path(&bob)).by(&bob).send().await.tag();
    shop.wait(5);
    let same = shop.get(&path(&bob)).by(&bob).header("If-None-Match", &tag).send().await.with_status(304);
    assert!(same.bytes.is_empty() && same.tag() == tag && same.header("retry-after").is_some());

    shop.delete(&path(&ada)).by(&ada).send().await.with_status(204);
    let moved = shop.get(&path(&bob)).by(&bob).header("If-None-Match", &tag).send().await.with_status(200);
    assert_ne!(moved.tag(), tag, "one position forward");
    shop.tick().await;
    let active = shop.get(&path(&bob)).by(&bob).header("If-None-Match", &moved.tag()).send().await.with_status(200);
    shop.wait(60);
    shop.get(&path(&bob)).by(&bob).header("If-None-Match", &active.tag()).send().await.with_status(304);
    shop.wait(60);
    let expired = shop.get(&path(&bob)).by(&bob).header("If-None-Match", &active.tag()).send().await.with_status(200);
    assert_eq!(expired.body["expired_reason"], "UNCLAIMED", "only a deadline has passed");
}

#[actix_web::test]
async fn the_body_of_a_join_must_be_an_object_with_known_members() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let join = |body: &str| shop.post("/v1/queue-tokens").by(&ada).raw("application/json", body).send();
    join(r#"{"concert": 1}"#).await.with_problem(400, "VALIDATION_FAILED").at("/concert");
    join(r#"{"concert_id": "x"}"#).await.with_problem(400, "VALIDATION_FAILED").at("/concert_id");
    join("[]").await.with_problem(400, "VALIDATION_FAILED").at("");
    join("").await.with_problem(400, "MALFORMED_JSON");
    join(r#"{"concert_id": null}"#).await.with_status(201);
}

#[actix_web::test]
async fn waiting_users_see_the_availability_and_the_tag_changes_with_it() {
    let shop = Plan { rules: domain::Rules { max_seats_per_user: 10, ..Plan::default().rules }, ..Plan::default() }.open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.waiting("Bob").await);
    let look = async || {
        shop.room.refresh().await.expect("the notices");
        let answer = shop.get(&path(&bob)).by(&bob).send().await.with_status(200);
        (answer.text("availability"), answer.tag())
    };
    let (good, before) = look().await;
    shop.held(&ada, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).await;
    let (low, after) = look().await;
    assert_eq!((good.as_str(), low.as_str()), ("GOOD", "LOW"), "held seats may become available again");
    assert_ne!(before, after);
}
