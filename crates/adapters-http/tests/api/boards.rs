//! Boards of queues.

use serde_json::json;

use crate::events::change_queue;
use crate::plan::QUEUE;
use crate::shop::{Shop, Visitor};

fn path() -> String {
    format!("/v1/queues/{}/board", QUEUE.0)
}

async fn leave(shop: &Shop, visitor: &Visitor) {
    let token = visitor.queue_token.as_deref().expect("a token");
    shop.delete(&format!("/v1/queue-tokens/{token}")).by(visitor).send().await.with_status(204);
}

#[actix_web::test]
async fn a_board_has_every_member_of_the_contract_and_names_no_user() {
    let shop = Shop::open().await;
    let mut visitors = vec![shop.admitted("Ada").await];
    for name in ["Bob", "Eve", "Ida", "Kim", "Lea"] {
        visitors.push(shop.waiting(name).await);
    }
    for left in [&visitors[2], &visitors[3]] {
        leave(&shop, left).await;
    }
    let board = shop.get(&path()).send().await.with_status(200);
    assert_eq!(board.header("cache-control"), Some("public, max-age=1, stale-while-revalidate=5"));
    // Bob waits with number 2, Kim with 5 and Lea with 6.
    let expected = json!({
        "queue_id": QUEUE.0, "state": "OPEN", "message": "Doors at eight", "as_of": "2026-11-21T20:00:00Z", "waiting": 3, "active": 1,
        "last_admitted": 1, "admissions_per_minute": null, "departures": [[6, 2]], "precision": 0.005,
    });
    assert_eq!(board.body, expected);
    let text = String::from_utf8(board.bytes).expect("text");
    for visitor in &visitors {
        let token = visitor.queue_token.clone().expect("a token");
        assert!(!text.contains(&token) && !text.contains(&visitor.id.0.to_string()), "{text}");
    }
}

#[actix_web::test]
async fn a_board_is_rendered_once_per_second_and_identical_for_all() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    tokio::time::pause();
    let first = shop.get(&path()).send().await.with_status(200);
    shop.wait(3);
    change_queue(&shop, "pause").await;
    let same = shop.get(&path()).by(&ada).header("Accept-Language", "ko").send().await.with_status(200);
    assert_eq!((first.bytes, first.body["state"].as_str()), (same.bytes, Some("OPEN")));
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    let next = shop.get(&path()).send().await.with_status(200);
    assert_eq!((next.body["state"].as_str(), next.body["as_of"].as_str()), (Some("PAUSED"), Some("2026-11-21T20:00:03Z")));

    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    shop.wait(1);
    shop.get(&path()).header("If-None-Match", &next.tag()).send().await.with_status(304);
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    leave(&shop, &ada).await;
    let left = shop.get(&path()).header("If-None-Match", &next.tag()).send().await.with_status(200);
    assert_eq!((&left.body["waiting"], &left.body["last_admitted"]), (&json!(0), &json!(1)));
}

#[actix_web::test]
async fn the_board_of_an_unknown_queue_is_not_found() {
    let shop = Shop::open().await;
    for id in ["x", "0f207207-0000-7000-8000-00000000dead"] {
        shop.get(&format!("/v1/queues/{id}/board")).send().await.with_problem(404, "NOT_FOUND");
    }
}

#[actix_web::test]
async fn a_token_far_from_the_front_refers_to_the_board() {
    let shop = Shop::open().await;
    let mut last = shop.waiting("Ada").await;
    let poll = async |visitor: &Visitor| {
        let token = visitor.queue_token.as_deref().expect("a token");
        shop.get(&format!("/v1/queue-tokens/{token}")).by(visitor).send().await.with_status(200).body
    };
    for number in 2..=1_000 {
        last = shop.waiting(&format!("User {number}")).await;
        if number == 999 {
            assert_eq!(poll(&last).await["board"], json!(null));
        }
    }
    let token = poll(&last).await;
    assert_eq!((&token["position"], &token["board"]), (&json!(1_000), &json!(path())));
}
