//! The size limits of request bodies, of operators and of others.

use serde_json::json;

use crate::plan::SCHEDULE;
use crate::shop::Shop;

const LIMIT: usize = 4 * 1024 * 1024;

fn padded(body: &serde_json::Value, bytes: usize) -> String {
    let text = body.to_string();
    format!("{text}{}", " ".repeat(bytes - text.len()))
}

#[actix_web::test]
async fn an_operators_body_has_a_larger_limit() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let queue = json!({"name": "Matinees"});
    let post = |bytes| shop.post("/v1/admin/queues").by(&operator).raw("application/json", padded(&queue, bytes)).send();
    post(LIMIT).await.with_status(201);
    let refused = post(LIMIT + 1).await.with_problem(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(refused.body["limit_bytes"], LIMIT);
}

#[actix_web::test]
async fn an_operators_body_has_the_common_limit_outside_the_admin_api() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let name = json!({"name": "Ada"});
    let post = |bytes| shop.post("/v1/users").by(&operator).raw("application/json", padded(&name, bytes)).send();
    post(16 * 1024).await.with_status(201);
    assert_eq!(post(16 * 1024 + 1).await.with_problem(413, "PAYLOAD_TOO_LARGE").body["limit_bytes"], 16 * 1024);
}

#[actix_web::test]
async fn a_seat_map_of_many_rows_is_within_the_limit() {
    let shop = Shop::open().await;
    let rows: Vec<_> =
        (0..20_000_u32).map(|row| json!({"name": format!("{row}"), "numbers": {"from": 101 + row, "to": 101 + row}})).collect();
    let map = json!({"sections": [{"name": "Field", "price": 1, "rows": rows}]});
    assert!(map.to_string().len() > 1024 * 1024 / 2);
    let path = format!("/v1/admin/schedules/{}/seat-map", SCHEDULE.0);
    assert_eq!(shop.put(&path).by(&shop.operator()).json(&map).send().await.with_status(200).body["created"], 20_000);
}
