//! Seats.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::json;

use crate::plan::{LATER_SCHEDULE, PRICE, SCHEDULE};
use crate::shop::{Shop, Visitor};

fn path() -> String {
    format!("/v1/schedules/{}/seats", SCHEDULE.0)
}

#[actix_web::test]
async fn users_with_an_active_token_see_the_seats() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.funded("Bob", 1_000_000).await);
    shop.held(&ada, &[1, 2]).await;
    let reservation = shop.held(&bob, &[3]).await;
    let sale = shop.pay(&bob, "pay", &reservation).await.with_status(201);
    assert!(sale.body["id"].is_string());

    let map = shop.get(&path()).by(&ada).send().await.with_status(200);
    assert_eq!((&map.body["schedule_id"], &map.body["available"]), (&json!(SCHEDULE.0), &json!(7)));
    assert!(map.body["version"].as_u64().is_some_and(|version| version > 10));
    let (price, category) = (json!({"amount": PRICE, "currency": "KRW"}), json!(format!("price-{PRICE}")));
    assert_eq!(
        map.body["seats"][0],
        json!({"number": 1, "label": "Row A 1", "status": "HELD", "price": price, "accessible": false, "section": "Row", "row": "A", "place": 1, "category": category})
    );
    assert_eq!(
        map.body["seats"][2],
        json!({"number": 3, "label": "Row A 3", "status": "RESERVED", "price": price, "accessible": false, "section": "Row", "row": "A", "place": 3, "category": category})
    );
    assert_eq!(map.body["seats"][9]["status"], "AVAILABLE");

    for (status, count) in [("AVAILABLE", 7), ("HELD", 2), ("RESERVED", 1), ("BLOCKED", 0)] {
        let some = shop.get(&format!("{}?status={status}", path())).by(&ada).send().await.with_status(200);
        assert_eq!(some.body["seats"].as_array().map(Vec::len), Some(count), "{status}");
        assert_eq!(some.body["available"], 7, "of all seats");
    }
    for query in ["status=FREE", "status=", "status=HELD&status=HELD", "state=HELD"] {
        shop.get(&format!("{}?{query}", path())).by(&ada).send().await.with_problem(400, "VALIDATION_FAILED");
    }
}

#[actix_web::test]
async fn the_tag_changes_with_a_hold_and_with_its_deadline() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let free = shop.get(&path()).by(&ada).send().await.with_status(200).tag();
    shop.get(&path()).by(&ada).header("If-None-Match", &free).send().await.with_status(304);
    shop.held(&ada, &[1]).await;
    let held = shop.get(&path()).by(&ada).header("If-None-Match", &free).send().await.with_status(200).tag();
    let some = shop.get(&format!("{}?status=HELD", path())).by(&ada).send().await.with_status(200).tag();
    assert_ne!(held, some, "another filter is another representation");
    shop.wait(300);
    let lapsed = shop.get(&path()).by(&ada).header("If-None-Match", &held).send().await.with_status(200);
    assert_eq!(lapsed.body["seats"][0]["status"], "AVAILABLE");
    assert_ne!(lapsed.tag(), held);
}

#[actix_web::test]
async fn a_schedule_without_seats_has_an_empty_map() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let map = shop.get(&format!("/v1/schedules/{}/seats", LATER_SCHEDULE.0)).by(&ada).send().await.with_status(200);
    assert_eq!((&map.body["seats"], &map.body["available"]), (&json!([]), &json!(0)));
}

#[actix_web::test]
async fn a_token_of_another_queue_shows_no_seats() {
    let shop = Shop::open().await;
    let user = shop.user("Ada").await;
    let token = shop.post("/v1/queue-tokens").by(&user).json(&json!({})).send().await.with_status(201).text("token");
    shop.tick().await;
    let ada = Visitor { queue_token: Some(token), ..user };
    shop.get(&path()).by(&ada).send().await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
}

#[actix_web::test]
async fn the_map_is_compressed_on_request_at_most_once_per_second() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let plain = shop.get(&path()).by(&ada).send().await.with_status(200);
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), (None, Some("accept-encoding")));
    let accepting = || shop.get(&path()).by(&ada).header("Accept-Encoding", "br, gzip");
    accepting().header("If-None-Match", &plain.tag()).send().await.with_status(304);
    for _ in 0..2 {
        let gzip = accepting().send().await.with_status(200);
        assert_eq!((gzip.header("content-encoding"), gzip.tag()), (Some("gzip"), plain.tag()));
        let mut text = String::new();
        GzDecoder::new(&gzip.bytes[..]).read_to_string(&mut text).expect("gzip");
        assert_eq!(text.as_bytes(), &plain.bytes[..]);
    }
    shop.held(&ada, &[1]).await;
    let newer = accepting().send().await.with_status(200);
    assert_eq!((newer.header("content-encoding"), &newer.body["seats"][0]["status"]), (None, &json!("HELD")), "within a second");
}
