//! Schedules, and the guard of their routes.

use serde_json::json;

use crate::plan::{CONCERT, LATER_SCHEDULE, OTHER_CONCERT, SCHEDULE};
use crate::shop::{Shop, Visitor};

fn schedules() -> String {
    format!("/v1/concerts/{}/schedules", CONCERT.0)
}

#[actix_web::test]
async fn users_with_an_active_token_see_the_schedules() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let all = shop.get(&schedules()).by(&ada).send().await.with_status(200);
    let expected = json!({
        "id": SCHEDULE.0, "concert_id": CONCERT.0, "starts_at": "2026-11-28T20:00:00Z", "zone": "Asia/Seoul",
        "sale_opens_at": "2026-11-21T20:00:00Z", "sale_closes_at": "2026-11-28T19:00:00Z", "on_sale": true, "available": 10, "seats": 10,
        "cancelled_at": null, "cancellation_reason": null,
    });
    assert_eq!(all.body["items"][0], expected);
    assert_eq!(all.body["items"][1]["id"], LATER_SCHEDULE.0.to_string());
    assert_eq!(all.body["items"][1]["on_sale"], false);

    let first = shop.get(&format!("{}?page_size=1", schedules())).by(&ada).send().await.with_status(200);
    let rest = shop.get(&format!("{}?cursor={}", schedules(), first.text("next_cursor"))).by(&ada).send().await.with_status(200);
    assert_eq!(rest.body["items"][0]["id"], LATER_SCHEDULE.0.to_string());
    let nowhere = format!("{}?cursor=s{}", schedules(), CONCERT.0.simple());
    shop.get(&nowhere).by(&ada).send().await.with_problem(400, "INVALID_CURSOR");
    let bookable = shop.get(&format!("{}?bookable=true", schedules())).by(&ada).send().await.with_status(200);
    assert_eq!(bookable.body["items"].as_array().map(Vec::len), Some(1));
    shop.get(&format!("{}?bookable=maybe", schedules())).by(&ada).send().await.with_problem(400, "VALIDATION_FAILED").at("/bookable");
}

#[actix_web::test]
async fn the_tag_changes_with_a_hold_and_with_its_deadline() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let free = shop.get(&schedules()).by(&ada).send().await.with_status(200).tag();
    shop.held(&ada, &[1]).await;
    let held = shop.get(&schedules()).by(&ada).header("If-None-Match", &free).send().await.with_status(200);
    assert_eq!(held.body["items"][0]["available"], 9);
    shop.get(&schedules()).by(&ada).header("If-None-Match", &held.tag()).send().await.with_status(304);
    shop.wait(300);
    let lapsed = shop.get(&schedules()).by(&ada).header("If-None-Match", &held.tag()).send().await.with_status(200);
    assert_eq!(lapsed.body["items"][0]["available"], 10);
}

#[actix_web::test]
async fn the_guard_requires_a_queue_token() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    shop.get(&schedules()).send().await.with_problem(401, "UNAUTHENTICATED");
    shop.get(&schedules()).by(&ada).send().await.with_problem(403, "QUEUE_TOKEN_REQUIRED");
}

#[actix_web::test]
async fn the_guard_refuses_waiting_users_with_their_position() {
    let shop = Shop::open().await;
    shop.waiting("Ada").await;
    let bob = shop.waiting("Bob").await;
    let answer = shop.get(&schedules()).by(&bob).send().await.with_problem(403, "QUEUE_TOKEN_NOT_ACTIVE");
    assert_eq!(answer.headers.get_all("retry-after").count(), 1, "{:?}", answer.headers);
    assert_eq!((&answer.body["queue_token_status"], &answer.body["position"]), (&json!("WAITING"), &json!(2)));
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[actix_web::test]
async fn the_guard_refuses_tokens_of_other_users_and_queues_and_unknown_ones() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    let thief = Visitor { queue_token: bob.queue_token.clone(), ..ada.clone() };
    shop.get(&schedules()).by(&thief).send().await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
    shop.get(&format!("/v1/concerts/{}/schedules", OTHER_CONCERT.0)).by(&ada).send().await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
    for nonsense in ["x", "", "00000000-0000-0000-0000-000000000000", "0f207207-0000-7000-8000-00000000dead"] {
        let visitor = Visitor { queue_token: Some(nonsense.into()), ..ada.clone() };
        shop.get(&schedules()).by(&visitor).send().await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
    }
    shop.get(&schedules()).by(&ada).header("Queue-Token", "x").send().await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
}

#[actix_web::test]
async fn the_guard_refuses_an_expired_token() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    shop.wait(120);
    let answer = shop.get(&schedules()).by(&ada).send().await.with_problem(410, "QUEUE_TOKEN_EXPIRED");
    assert_eq!(answer.body["expired_reason"], "UNCLAIMED");
}

#[actix_web::test]
async fn unknown_resources_are_not_found_only_with_an_active_token() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.user("Bob").await);
    for id in ["x", "0f207207-0000-7000-8000-00000000dead"] {
        for path in [format!("/v1/concerts/{id}/schedules"), format!("/v1/schedules/{id}/seats")] {
            shop.get(&path).by(&ada).send().await.with_problem(404, "NOT_FOUND");
            shop.get(&path).by(&bob).send().await.with_problem(403, "QUEUE_TOKEN_REQUIRED");
        }
    }
}

#[actix_web::test]
async fn the_first_guarded_call_claims_the_token_whatever_its_response() {
    for path in [schedules(), format!("{}?bookable=maybe", schedules()), "/v1/schedules/x/seats".to_owned()] {
        let shop = Shop::open().await;
        let ada = shop.admitted("Ada").await;
        shop.get(&path).by(&ada).send().await;
        let token = shop.get(&format!("/v1/queue-tokens/{}", ada.queue_token.as_deref().unwrap_or_default())).by(&ada).send().await;
        assert_eq!(token.body["expires_in_seconds"], 600, "{path}");
    }
}
