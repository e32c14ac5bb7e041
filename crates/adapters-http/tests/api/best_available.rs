//! Reservations of the best available seats.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::plan::{PRICE, SCHEDULE, SEATS};
use crate::shop::{Shop, Visitor};

/// Asks for seats that the service chooses.
async fn hold_best(shop: &Shop, visitor: &Visitor, key: &str, wish: Value) -> Answer {
    let body = json!({"schedule_id": SCHEDULE.0, "best_available": wish});
    shop.post("/v1/reservations").by(visitor).key(key).json(&body).send().await
}

/// Returns the numbers of the seats of a reservation.
fn numbers(held: &Answer) -> Vec<u64> {
    held.body["seats"].as_array().expect("seats").iter().filter_map(|seat| seat["number"].as_u64()).collect()
}

#[actix_web::test]
async fn the_service_chooses_neighbours_near_the_centre_of_the_stage() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let held = hold_best(&shop, &ada, "best", json!({"count": 2})).await.with_status(201);
    assert_eq!(numbers(&held), [5, 6], "of ten in a row");
    assert_eq!(held.body["amount"]["amount"], 2 * PRICE);
    let other = hold_best(&shop, &shop.admitted("Bob").await, "best", json!({"count": 2})).await.with_status(201);
    assert_eq!(numbers(&other), [3, 4], "and no single seat stays free");
}

#[actix_web::test]
async fn a_repeated_request_returns_the_seats_that_were_chosen() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let first = hold_best(&shop, &ada, "best", json!({"count": 2})).await.with_status(201);
    let again = hold_best(&shop, &ada, "best", json!({"count": 2})).await.with_status(201);
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    hold_best(&shop, &ada, "best", json!({"count": 3})).await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
    hold_best(&shop, &ada, "more", json!({"count": 1})).await.with_problem(409, "HOLD_EXISTS");
}

#[actix_web::test]
async fn users_who_ask_at_once_get_different_seats() {
    let shop = Shop::open().await;
    let mut visitors = Vec::new();
    for number in 0..SEATS / 2 {
        visitors.push(shop.admitted(&format!("User {number}")).await);
    }
    let held = visitors.iter().map(|visitor| hold_best(&shop, visitor, "best", json!({"count": 2})));
    let held = futures_util::future::join_all(held).await;
    let mut all = Vec::new();
    for answer in held {
        let pair = numbers(&answer.with_status(201));
        assert_eq!(pair[1], pair[0] + 1, "neighbours");
        all.extend(pair);
    }
    all.sort_unstable();
    assert_eq!(all, (1..=u64::from(SEATS)).collect::<Vec<_>>(), "every seat once");
}

#[actix_web::test]
async fn without_such_neighbours_the_response_says_so_and_nothing_is_held() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    shop.held(&bob, &[2, 4, 6, 8]).await;
    let refused = hold_best(&shop, &ada, "together", json!({"count": 3})).await.with_problem(409, "NO_ADJACENT_SEATS");
    assert_eq!(refused.header("location"), None);
    let apart = hold_best(&shop, &ada, "apart", json!({"count": 3, "together": false})).await.with_status(201);
    assert_eq!(numbers(&apart).len(), 3);
    let cara = shop.admitted("Cara").await;
    hold_best(&shop, &cara, "wheelchair", json!({"count": 1, "accessible": true})).await.with_problem(409, "NO_ADJACENT_SEATS");
    hold_best(&shop, &cara, "regular", json!({"count": 1, "category": format!("price-{PRICE}"), "section": "Row"})).await.with_status(201);
}

#[actix_web::test]
async fn a_user_who_may_not_hold_seats_is_refused_as_for_named_seats() {
    let shop = Shop::open().await;
    let waiting = shop.waiting("Ada").await;
    hold_best(&shop, &waiting, "best", json!({"count": 2})).await.with_problem(403, "QUEUE_TOKEN_NOT_ACTIVE");
    let bob = shop.admitted("Bob").await;
    hold_best(&shop, &bob, "many", json!({"count": 5})).await.with_problem(409, "SEAT_LIMIT_EXCEEDED");
}

#[actix_web::test]
async fn an_invalid_wish_is_refused_with_the_location_of_each_error() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    for (wish, pointer) in [
        (json!({"count": 0}), "/best_available/count"),
        (json!({"count": 101}), "/best_available/count"),
        (json!({"count": 2, "category": "Not an id"}), "/best_available/category"),
        (json!({"count": 2, "category": "unknown"}), "/best_available/category"),
        (json!({"count": 2, "section": "Unknown"}), "/best_available/section"),
    ] {
        let refused = hold_best(&shop, &ada, "invalid", wish.clone()).await.with_problem(400, "VALIDATION_FAILED");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{wish}");
    }
    for body in [
        json!({"schedule_id": SCHEDULE.0}),
        json!({"schedule_id": SCHEDULE.0, "seat_numbers": [1], "best_available": {"count": 1}}),
        json!({"schedule_id": SCHEDULE.0, "best_available": {"count": 1, "row": "A"}}),
    ] {
        shop.post("/v1/reservations").by(&ada).key("invalid").json(&body).send().await.with_problem(400, "VALIDATION_FAILED");
    }
    hold_best(&shop, &ada, "invalid", json!({"count": 2})).await.with_status(201);
}
