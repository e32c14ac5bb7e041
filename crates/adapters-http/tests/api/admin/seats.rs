//! `/v1/admin/schedules/{id}/seats:block`: seats withdrawn from the sale, and returned to it.

use serde_json::{Value, json};

use super::valid_requests::a_map;
use crate::answer::Answer;
use crate::plan::SCHEDULE;
use crate::shop::{Shop, Visitor};

async fn change(shop: &Shop, operator: &Visitor, verb: &str, numbers: Value) -> Answer {
    let body = json!({"seat_numbers": numbers, "reason": "A broken seat"});
    shop.post(&format!("/v1/admin/schedules/{}/seats:{verb}", SCHEDULE.0)).by(operator).json(&body).send().await
}

#[actix_web::test]
async fn blocked_seats_are_unavailable_until_they_are_unblocked() {
    let shop = Shop::open().await;
    let (operator, ada) = (shop.operator(), shop.admitted("Ada").await);
    assert_eq!(change(&shop, &operator, "block", json!([7, 8])).await.with_status(200).body, json!({"changed": 2}));
    assert_eq!(change(&shop, &operator, "block", json!([8, 9])).await.with_status(200).body, json!({"changed": 1}));
    let refused = shop.hold(&ada, "hold", &[8]).await.with_problem(409, "SEAT_UNAVAILABLE");
    assert_eq!(refused.body["conflicts"], json!([{"number": 8, "status": "BLOCKED"}]));
    assert_eq!(change(&shop, &operator, "unblock", json!([6, 7, 8])).await.with_status(200).body, json!({"changed": 2}));
    shop.held(&ada, &[8]).await;
    for verb in ["block", "unblock"] {
        let taken = change(&shop, &operator, verb, json!([7, 8])).await.with_problem(409, "SEAT_UNAVAILABLE");
        assert_eq!(taken.body["conflicts"], json!([{"number": 8, "status": "HELD"}]));
    }
}

#[actix_web::test]
async fn blocking_takes_1_to_10_000_distinct_seats_of_the_schedule() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let map = format!("/v1/admin/schedules/{}/seat-map", SCHEDULE.0);
    shop.put(&map).by(&operator).json(&a_map(11, 10_001)).send().await.with_status(200);
    let all: Vec<u32> = (1..=10_000).collect();
    assert_eq!(change(&shop, &operator, "block", json!(all)).await.with_status(200).body, json!({"changed": 10_000}));
    let more: Vec<u32> = (1..=10_001).collect();
    for (numbers, pointer) in [
        (json!([]), "/seat_numbers"),
        (json!(more), "/seat_numbers"),
        (json!([1, 2, 1]), "/seat_numbers"),
        (json!([1, 0]), "/seat_numbers/1"),
        (json!([20_000]), "/seat_numbers"),
    ] {
        change(&shop, &operator, "unblock", numbers).await.with_problem(400, "VALIDATION_FAILED").at(pointer);
    }
    let path = format!("/v1/admin/schedules/{}/seats:block", SCHEDULE.0);
    shop.post(&path).by(&operator).json(&json!({"seat_numbers": [1]})).send().await.with_problem(400, "VALIDATION_FAILED").at("/reason");
}
