//! Concerts.

use serde_json::json;

use crate::plan::{CONCERT, OTHER_CONCERT, QUEUE};
use crate::shop::Shop;

#[actix_web::test]
async fn concerts_are_listed_in_pages_without_credentials() {
    let shop = Shop::open().await;
    let all = shop.get("/v1/concerts").send().await.with_status(200);
    let concert = json!({
        "id": CONCERT.0, "name": "A Night at the Club", "host": "The House", "queue_id": QUEUE.0,
        "cancelled_at": null, "cancellation_reason": null,
    });
    assert_eq!(all.body["items"][0], concert);
    assert_eq!((all.body["items"].as_array().map(Vec::len), &all.body["next_cursor"]), (Some(2), &json!(null)));

    let first = shop.get("/v1/concerts?page_size=1").send().await.with_status(200);
    assert_eq!(first.body["items"][0]["id"], CONCERT.0.to_string());
    let second = shop.get(&format!("/v1/concerts?page_size=1&cursor={}", first.text("next_cursor"))).send().await.with_status(200);
    assert_eq!(second.body["items"][0]["id"], OTHER_CONCERT.0.to_string());
    assert_eq!(second.body["next_cursor"], json!(null));
}

#[actix_web::test]
async fn concerts_have_entity_tags() {
    let shop = Shop::open().await;
    for path in ["/v1/concerts".to_owned(), format!("/v1/concerts/{}", CONCERT.0)] {
        let tag = shop.get(&path).send().await.with_status(200).tag();
        shop.get(&path).header("If-None-Match", &format!("\"other\", {tag}")).send().await.with_status(304);
        shop.get(&path).header("If-None-Match", tag.trim_start_matches("W/")).send().await.with_status(304);
        shop.get(&path).header("If-None-Match", "*").send().await.with_status(304);
        shop.get(&path).header("If-None-Match", "\"other\"").send().await.with_status(200);
    }
}

#[actix_web::test]
async fn a_concert_that_does_not_exist_is_not_found() {
    let shop = Shop::open().await;
    for id in ["x", "", "0f207207-0000-7000-8000-00000000dead"] {
        shop.get(&format!("/v1/concerts/{id}")).send().await.with_problem(404, "NOT_FOUND");
    }
}

#[actix_web::test]
async fn an_invalid_query_is_refused() {
    let shop = Shop::open().await;
    for (query, pointer) in [
        ("page_size=0", "/page_size"),
        ("page_size=ten", "/page_size"),
        ("page_size=", "/page_size"),
        ("page_size=1&page_size=2", "/page_size"),
        ("sort=name", "/sort"),
    ] {
        shop.get(&format!("/v1/concerts?{query}")).send().await.with_problem(400, "VALIDATION_FAILED").at(pointer);
    }
    shop.get("/v1/concerts?page_size=100000").send().await.with_status(200);
    for cursor in ["x", "", "p0000000000000000000000000000000c", "%00"] {
        shop.get(&format!("/v1/concerts?cursor={cursor}")).send().await.with_problem(400, "INVALID_CURSOR");
    }
}
