//! Reservations.

use serde_json::json;

use crate::answer::Answer;
use crate::plan::{CONCERT, LATER_SCHEDULE, PRICE, SCHEDULE};
use crate::shop::{Shop, Visitor};

#[actix_web::test]
async fn held_seats_are_a_reservation_with_a_deadline() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let held = shop.hold(&ada, "k", &[4, 2]).await.with_status(201);
    let id = held.text("id");
    assert_eq!(held.header("location"), Some(format!("/v1/reservations/{id}").as_str()));
    assert_eq!(held.header("idempotency-replayed"), None);
    let seat = |number| json!({"number": number, "label": format!("Row A {number}"), "price": {"amount": PRICE, "currency": "KRW"}});
    let expected = json!({
        "id": id, "schedule_id": SCHEDULE.0, "seats": [seat(2), seat(4)], "amount": {"amount": 2 * PRICE, "currency": "KRW"},
        "status": "HELD", "cancelled_reason": null, "held_at": "2026-11-21T20:00:00Z", "expires_at": "2026-11-21T20:05:00Z",
        "expires_in_seconds": 300, "payment_id": null,
    });
    assert_eq!(held.body, expected);

    shop.wait(60);
    let seen = shop.get(&format!("/v1/reservations/{id}")).by(&ada).send().await.with_status(200);
    assert_eq!(seen.body["expires_in_seconds"], 240);
    shop.wait(240);
    let lapsed = shop.get(&format!("/v1/reservations/{id}")).by(&ada).send().await.with_status(200);
    assert_eq!((&lapsed.body["status"], &lapsed.body["cancelled_reason"]), (&json!("CANCELLED"), &json!("EXPIRED")));
}

#[actix_web::test]
async fn a_repeated_request_has_the_same_response() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let first = shop.hold(&ada, "k", &[1, 2]).await.with_status(201);
    shop.wait(100);
    // Another member order and white space: still the same request.
    let body = format!(r#" {{ "seat_numbers" : [1, 2], "schedule_id" : "{}" }} "#, SCHEDULE.0);
    let again = shop.post("/v1/reservations").by(&ada).key("k").raw("application/json; charset=utf-8", body).send().await.with_status(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((again.body, again.headers.get("location")), (first.body, first.headers.get("location")), "including the countdown");
}

#[actix_web::test]
async fn a_replay_needs_no_active_queue_token() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 500_000).await;
    let first = shop.hold(&ada, "k", &[1]).await.with_status(201);
    shop.pay(&ada, "p", &first.text("id")).await.with_status(201);
    let again = shop.hold(&ada, "k", &[1]).await.with_status(201);
    assert_eq!(again.body, first.body, "the original response");
}

#[actix_web::test]
async fn a_key_of_one_request_is_refused_for_another() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    shop.hold(&ada, "k", &[1]).await.with_status(201);
    shop.hold(&ada, "k", &[2]).await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
}

#[actix_web::test]
async fn holding_seats_requires_a_valid_idempotency_key() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let body = json!({"schedule_id": SCHEDULE.0, "seat_numbers": [1]});
    shop.post("/v1/reservations").by(&ada).json(&body).send().await.with_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    for key in ["", "two words", "ä", &"k".repeat(256)] {
        shop.post("/v1/reservations").by(&ada).key(key).json(&body).send().await.with_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    }
    shop.post("/v1/reservations").by(&ada).key("a").key("b").json(&body).send().await.with_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    shop.post("/v1/reservations").by(&ada).key(&"k".repeat(255)).json(&body).send().await.with_status(201);
}

#[actix_web::test]
async fn a_refused_attempt_does_not_use_up_its_key() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    let id = shop.held(&ada, &[1]).await;
    shop.hold(&bob, "k", &[1]).await.with_problem(409, "SEAT_UNAVAILABLE");
    shop.delete(&format!("/v1/reservations/{id}")).by(&ada).send().await.with_status(204);
    shop.hold(&bob, "k", &[1]).await.with_status(201);
}

#[actix_web::test]
async fn the_same_seats_with_a_new_key_are_the_same_reservation() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let first = shop.hold(&ada, "k1", &[1, 2]).await.with_status(201);
    shop.wait(10);
    let again = shop.hold(&ada, "k2", &[2, 1]).await.with_status(200);
    assert_eq!((again.text("id"), again.text("expires_at")), (first.text("id"), first.text("expires_at")));
    assert_eq!(again.body["expires_in_seconds"], 290);
    let replayed = shop.hold(&ada, "k2", &[2, 1]).await.with_status(200);
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
}

#[actix_web::test]
async fn a_second_hold_is_refused_until_the_first_is_released() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let id = shop.held(&ada, &[1]).await;
    let answer = shop.hold(&ada, "k2", &[2]).await.with_problem(409, "HOLD_EXISTS");
    assert_eq!(answer.text("reservation_id"), id);
    for _ in 0..2 {
        shop.delete(&format!("/v1/reservations/{id}")).by(&ada).send().await.with_status(204);
    }
    shop.hold(&ada, "k2", &[2]).await.with_status(201);
}

#[actix_web::test]
async fn unavailable_seats_are_refused_and_listed() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    shop.held(&ada, &[2, 3]).await;
    let answer = shop.hold(&bob, "k", &[1, 2, 3]).await.with_problem(409, "SEAT_UNAVAILABLE");
    assert_eq!(answer.body["conflicts"], json!([{"number": 2, "status": "HELD"}, {"number": 3, "status": "HELD"}]));
}

#[actix_web::test]
async fn seats_past_the_limit_per_user_are_refused() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let answer = shop.hold(&ada, "k", &[1, 2, 3, 4, 5]).await.with_problem(409, "SEAT_LIMIT_EXCEEDED");
    assert_eq!((&answer.body["limit"], &answer.body["owned"]), (&json!(4), &json!(0)));
}

#[actix_web::test]
async fn a_hold_outside_the_sale_is_refused() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let body = json!({"schedule_id": LATER_SCHEDULE.0, "seat_numbers": [1]});
    let answer = shop.post("/v1/reservations").by(&ada).key("k").json(&body).send().await.with_problem(409, "SALE_NOT_OPEN");
    assert_eq!(answer.text("sale_opens_at"), "2026-12-14T20:00:00Z");
}

#[actix_web::test]
async fn an_invalid_body_is_refused_with_pointers() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let schedule = SCHEDULE.0;
    for (body, pointer) in [
        (json!({"seat_numbers": [1]}), "/schedule_id"),
        (json!({"schedule_id": schedule}), "/seat_numbers"),
        (json!({"schedule_id": schedule, "seat_numbers": []}), "/seat_numbers"),
        (json!({"schedule_id": schedule, "seat_numbers": [1, 1]}), "/seat_numbers"),
        (json!({"schedule_id": schedule, "seat_numbers": [99]}), "/seat_numbers"),
        (json!({"schedule_id": schedule, "seat_numbers": [1, 0]}), "/seat_numbers/1"),
        (json!({"schedule_id": schedule, "seat_numbers": [1, -1]}), "/seat_numbers/1"),
        (json!({"schedule_id": schedule, "seat_numbers": [1, "2"]}), "/seat_numbers/1"),
        (json!({"schedule_id": schedule, "seat_numbers": [1, 4_294_967_296_u64]}), "/seat_numbers/1"),
        (json!({"schedule_id": schedule, "seat_numbers": 1}), "/seat_numbers"),
        (json!({"schedule_id": schedule, "seat_numbers": [1], "note": ""}), "/note"),
        (json!({"schedule_id": 7, "seat_numbers": [1]}), "/schedule_id"),
        (json!([]), ""),
    ] {
        let answer = shop.post("/v1/reservations").by(&ada).key("k").json(&body).send().await;
        answer.with_problem(400, "VALIDATION_FAILED").at(pointer);
    }
    let twice = format!(r#"{{"schedule_id": "{schedule}", "seat_numbers": [1], "seat_numbers": [2]}}"#);
    let answer = shop.post("/v1/reservations").by(&ada).key("k").raw("application/json", twice).send().await;
    answer.with_problem(400, "VALIDATION_FAILED").at("/seat_numbers");
    let many: Vec<u32> = (1..=101).collect();
    shop.hold(&ada, "k", &many).await.with_problem(400, "VALIDATION_FAILED").at("/seat_numbers");
}

#[actix_web::test]
async fn a_schedule_that_does_not_exist_is_not_found() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let body = json!({"schedule_id": "0f207207-0000-7000-8000-00000000dead", "seat_numbers": [1]});
    shop.post("/v1/reservations").by(&ada).key("k").json(&body).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn holding_seats_requires_an_active_queue_token() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.user("Ada").await, shop.waiting("Bob").await);
    shop.hold(&ada, "k", &[1]).await.with_problem(403, "QUEUE_TOKEN_REQUIRED");
    let waiting = shop.hold(&bob, "k", &[1]).await.with_problem(403, "QUEUE_TOKEN_NOT_ACTIVE");
    assert_eq!((&waiting.body["queue_token_status"], &waiting.body["position"]), (&json!("WAITING"), &json!(1)));
    assert!(waiting.header("retry-after").is_some());
    for token in [bob.queue_token.clone(), Some("x".into())] {
        let thief = Visitor { queue_token: token, ..ada.clone() };
        shop.hold(&thief, "k", &[1]).await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
    }
    shop.tick().await;
    shop.wait(120);
    shop.hold(&bob, "k", &[1]).await.with_problem(410, "QUEUE_TOKEN_EXPIRED");
}

#[actix_web::test]
async fn unauthenticated_requests_are_refused_before_any_other_check() {
    let shop = Shop::open().await;
    shop.post("/v1/reservations").raw("text/plain", "{").send().await.with_problem(401, "UNAUTHENTICATED");
    shop.post("/v1/payments").raw("text/plain", "{").header("Accept", "text/html").send().await.with_problem(401, "UNAUTHENTICATED");
}

#[actix_web::test]
async fn a_guarded_call_with_an_invalid_body_claims_the_token() {
    async fn remaining(shop: &Shop, ada: &Visitor) -> Answer {
        shop.get(&format!("/v1/queue-tokens/{}", ada.queue_token.as_deref().unwrap_or_default())).by(ada).send().await
    }
    for path in ["/v1/reservations", "/v1/payments"] {
        let shop = Shop::open().await;
        let ada = shop.admitted("Ada").await;
        assert_eq!(remaining(&shop, &ada).await.body["expires_in_seconds"], 120);
        shop.post(path).by(&ada).raw("application/json", "{").send().await.with_problem(400, "MALFORMED_JSON");
        assert_eq!(remaining(&shop, &ada).await.body["expires_in_seconds"], 600, "{path}");
    }
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let body = json!({"schedule_id": SCHEDULE.0, "seat_numbers": [1]});
    shop.post("/v1/reservations").by(&ada).json(&body).send().await.with_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    assert_eq!(remaining(&shop, &ada).await.body["expires_in_seconds"], 600);
}

#[actix_web::test]
async fn another_users_reservation_is_neither_shown_nor_released() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    let id = shop.held(&ada, &[1]).await;
    for path in [format!("/v1/reservations/{id}"), "/v1/reservations/x".to_owned()] {
        shop.get(&path).by(&bob).send().await.with_problem(404, "NOT_FOUND");
        shop.delete(&path).by(&bob).send().await.with_problem(404, "NOT_FOUND");
    }
    assert_eq!(shop.get("/v1/reservations").by(&bob).send().await.with_status(200).body["items"], json!([]));
}

#[actix_web::test]
async fn releasing_a_paid_reservation_is_refused() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let id = shop.held(&ada, &[1]).await;
    shop.pay(&ada, "p", &id).await.with_status(201);
    let answer = shop.delete(&format!("/v1/reservations/{id}")).by(&ada).send().await.with_problem(409, "INVALID_STATE");
    assert_eq!(answer.body["current_state"], "CONFIRMED");
}

#[actix_web::test]
async fn reservations_are_listed_newest_first_page_by_page() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let mut ids = Vec::new();
    for seat in 1..=3 {
        let id = shop.hold(&ada, &format!("k{seat}"), &[seat]).await.with_status(201).text("id");
        shop.delete(&format!("/v1/reservations/{id}")).by(&ada).send().await.with_status(204);
        ids.push(id);
    }
    ids.sort();
    ids.reverse();
    let first = shop.get("/v1/reservations?page_size=2").by(&ada).send().await.with_status(200);
    let second =
        shop.get(&format!("/v1/reservations?page_size=2&cursor={}", first.text("next_cursor"))).by(&ada).send().await.with_status(200);
    assert_eq!(second.body["next_cursor"], json!(null));
    let listed: Vec<_> = [first, second]
        .iter()
        .flat_map(|page| page.body["items"].as_array().expect("items").clone())
        .map(|item| item["id"].clone())
        .collect();
    assert_eq!(json!(listed), json!(ids));
}

#[actix_web::test]
async fn a_first_call_with_the_key_of_another_request_claims_the_token() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    shop.hold(&ada, "k", &[1]).await.with_status(201);
    let token = ada.queue_token.clone().expect("a token");
    shop.delete(&format!("/v1/queue-tokens/{token}")).by(&ada).send().await.with_status(204);
    let again = shop.post("/v1/queue-tokens").by(&ada).json(&json!({"concert_id": CONCERT.0})).send().await.with_status(201);
    let ada = Visitor { queue_token: Some(again.text("token")), ..ada };
    shop.tick().await;
    shop.hold(&ada, "k", &[2]).await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
    shop.wait(121);
    shop.hold(&ada, "another", &[2]).await.with_status(201);
}

/// Requests under `key` the exchange of `reservation` for a hold of `seats`.
async fn exchange(shop: &Shop, visitor: &Visitor, key: &str, reservation: &str, seats: &[u32]) -> Answer {
    let body = json!({"schedule_id": SCHEDULE.0, "seat_numbers": seats});
    shop.post(&format!("/v1/reservations/{reservation}:exchange")).by(visitor).key(key).json(&body).send().await
}

/// Returns the reservation as the visitor sees it, without its schedule, which responses to changes don't contain.
async fn seen(shop: &Shop, visitor: &Visitor, reservation: &str) -> Answer {
    let mut seen = shop.get(&format!("/v1/reservations/{reservation}")).by(visitor).send().await.with_status(200);
    seen.body.as_object_mut().and_then(|seen| seen.remove("schedule")).expect("its schedule");
    seen
}

/// Returns the status of the first three seats in the seat map.
async fn first_seats(shop: &Shop, visitor: &Visitor) -> [String; 3] {
    let map = shop.get(&format!("/v1/schedules/{}/seats", SCHEDULE.0)).by(visitor).send().await.with_status(200);
    [0, 1, 2].map(|index| map.body["seats"][index]["status"].as_str().expect("a status").to_owned())
}

#[actix_web::test]
async fn an_exchange_keeps_the_deadline_of_the_hold() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 500_000).await;
    let old = shop.held(&ada, &[1, 2]).await;
    shop.wait(60);

    let exchanged = exchange(&shop, &ada, "x", &old, &[3, 2]).await.with_status(201);

    let id = exchanged.text("id");
    assert_ne!(id, old);
    assert_eq!(exchanged.header("location"), Some(format!("/v1/reservations/{id}").as_str()));
    assert_eq!(exchanged.header("idempotency-replayed"), None);
    let seat = |number| json!({"number": number, "label": format!("Row A {number}"), "price": {"amount": PRICE, "currency": "KRW"}});
    let expected = json!({
        "id": id, "schedule_id": SCHEDULE.0, "seats": [seat(2), seat(3)], "amount": {"amount": 2 * PRICE, "currency": "KRW"},
        "status": "HELD", "cancelled_reason": null, "held_at": "2026-11-21T20:01:00Z", "expires_at": "2026-11-21T20:05:00Z",
        "expires_in_seconds": 240, "payment_id": null,
    });
    assert_eq!(exchanged.body, expected);
    assert_eq!(seen(&shop, &ada, &id).await.body, expected);
    let released = seen(&shop, &ada, &old).await;
    assert_eq!((&released.body["status"], &released.body["cancelled_reason"]), (&json!("CANCELLED"), &json!("RELEASED")));
    assert_eq!(first_seats(&shop, &ada).await, ["AVAILABLE", "HELD", "HELD"]);

    shop.pay(&ada, "p1", &old).await.with_problem(409, "RESERVATION_NOT_PAYABLE");
    shop.pay(&ada, "p2", &id).await.with_status(201);
    assert_eq!(seen(&shop, &ada, &id).await.body["status"], "CONFIRMED");
    let again = exchange(&shop, &ada, "x", &old, &[3, 2]).await.with_status(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"), "a replay needs no active queue token");
    assert_eq!((again.body, again.headers.get("location")), (exchanged.body, exchanged.headers.get("location")), "the original response");
}

#[actix_web::test]
async fn an_exchange_for_the_same_seats_returns_the_same_reservation() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let first = shop.hold(&ada, "k", &[1, 2]).await.with_status(201);
    let id = first.text("id");
    shop.wait(10);
    let same = exchange(&shop, &ada, "k", &id, &[2, 1]).await.with_status(200);
    assert_eq!(same.header("idempotency-replayed"), None, "keys of holds are separate");
    assert_eq!(same.header("location"), Some(format!("/v1/reservations/{id}").as_str()));
    assert_eq!((same.text("id"), same.text("status"), same.text("expires_at")), (id.clone(), "HELD".to_owned(), first.text("expires_at")));
    let replayed = exchange(&shop, &ada, "k", &id, &[2, 1]).await.with_status(200);
    assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), (Some("true"), &same.body));
    exchange(&shop, &ada, "k", &id, &[3]).await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
}

#[actix_web::test]
async fn a_refused_exchange_leaves_the_old_seats_held() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    let held = shop.hold(&ada, "k", &[1]).await.with_status(201);
    let (id, bobs) = (held.text("id"), shop.held(&bob, &[3]).await);

    let answer = exchange(&shop, &ada, "x", &id, &[1, 2, 3]).await.with_problem(409, "SEAT_UNAVAILABLE");
    assert_eq!(answer.body["conflicts"], json!([{"number": 3, "status": "HELD"}]));
    let answer = exchange(&shop, &ada, "x", &id, &[1, 2, 4, 5, 6]).await.with_problem(409, "SEAT_LIMIT_EXCEEDED");
    assert_eq!((&answer.body["limit"], &answer.body["owned"]), (&json!(4), &json!(0)));
    exchange(&shop, &ada, "x", &id, &[99]).await.with_problem(400, "VALIDATION_FAILED").at("/seat_numbers");
    assert_eq!(seen(&shop, &ada, &id).await.body, held.body);
    assert_eq!(first_seats(&shop, &ada).await, ["HELD", "AVAILABLE", "HELD"]);

    shop.delete(&format!("/v1/reservations/{bobs}")).by(&bob).send().await.with_status(204);
    exchange(&shop, &ada, "x", &id, &[1, 2, 3]).await.with_status(201);
}

#[actix_web::test]
async fn an_exchange_requires_ones_own_live_hold() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    let adas = shop.held(&ada, &[1]).await;
    for id in [adas.as_str(), "x", "0f207207-0000-7000-8000-00000000dead"] {
        exchange(&shop, &bob, "x", id, &[2]).await.with_problem(404, "NOT_FOUND");
    }
    let bobs = shop.held(&bob, &[3]).await;
    exchange(&shop, &bob, "x", &adas, &[2]).await.with_problem(404, "NOT_FOUND");
    shop.delete(&format!("/v1/reservations/{bobs}")).by(&bob).send().await.with_status(204);
    exchange(&shop, &bob, "x", &bobs, &[2]).await.with_problem(409, "INVALID_STATE");

    let without_token = Visitor { queue_token: None, ..ada.clone() };
    exchange(&shop, &without_token, "x", &adas, &[2]).await.with_problem(403, "QUEUE_TOKEN_REQUIRED");
    let body = json!({"schedule_id": SCHEDULE.0, "seat_numbers": [2]});
    let path = format!("/v1/reservations/{adas}:exchange");
    shop.post(&path).by(&ada).json(&body).send().await.with_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    shop.wait(300);
    exchange(&shop, &ada, "x", &adas, &[2]).await.with_problem(410, "RESERVATION_EXPIRED");
    assert_eq!(first_seats(&shop, &ada).await, ["AVAILABLE"; 3]);
}
