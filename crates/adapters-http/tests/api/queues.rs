//! Queues.

use serde_json::json;

use crate::plan::QUEUE;
use crate::shop::Shop;

#[actix_web::test]
async fn the_state_of_a_queue_is_public() {
    let shop = Shop::open().await;
    shop.admitted("Ada").await;
    shop.waiting("Bob").await;
    let path = format!("/v1/queues/{}", QUEUE.0);
    let queue = shop.get(&path).send().await.with_status(200);
    assert_eq!(queue.header("cache-control"), Some("public, max-age=1"));
    let expected = json!({
        "id": QUEUE.0, "name": "Club", "state": "OPEN", "waiting": 1, "active": 1, "rate": null, "message": "Doors at eight",
        "estimated_wait": {"known": true, "p50_seconds": 1, "p90_seconds": 1},
    });
    assert_eq!(queue.body, expected);
    shop.get(&path).header("If-None-Match", &queue.tag()).send().await.with_status(304);
    shop.wait(120);
    let later = shop.get(&path).header("If-None-Match", &queue.tag()).send().await.with_status(200);
    assert_eq!(later.body["active"], 0, "the token was not claimed in time");
}

#[actix_web::test]
async fn a_queue_that_does_not_exist_is_not_found() {
    let shop = Shop::open().await;
    for id in ["x", "0f207207-0000-7000-8000-00000000dead"] {
        shop.get(&format!("/v1/queues/{id}")).send().await.with_problem(404, "NOT_FOUND");
    }
}
