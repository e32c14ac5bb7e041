//! Payments.

use serde_json::json;

use crate::plan::PRICE;
use crate::shop::{Shop, Visitor};

#[actix_web::test]
async fn a_payment_is_visible_to_its_payer_only() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.funded("Ada", 100_000).await, shop.user("Bob").await);
    let reservation = shop.held(&ada, &[1]).await;
    let paid = shop.pay(&ada, "p", &reservation).await.with_status(201);
    let id = paid.text("id");
    assert_eq!(paid.header("location"), Some(format!("/v1/payments/{id}").as_str()));
    let payment = json!({
        "id": id, "reservation_id": reservation, "amount": {"amount": PRICE, "currency": "KRW"}, "status": "COMPLETED",
        "paid_at": "2026-11-21T20:00:00Z", "refunded_at": null,
        "schedule": shop.get(&format!("/v1/reservations/{reservation}")).by(&ada).send().await.body["schedule"],
        "seats": [{"number": 1, "label": "Row A 1", "price": {"amount": PRICE, "currency": "KRW"}}],
    });
    assert_eq!(shop.get(&format!("/v1/payments/{id}")).by(&ada).send().await.with_status(200).body, payment);
    assert_eq!(shop.get("/v1/payments").by(&ada).send().await.with_status(200).body, json!({"items": [payment], "next_cursor": null}));
    shop.get(&format!("/v1/payments/{id}")).by(&bob).send().await.with_problem(404, "NOT_FOUND");
    shop.get("/v1/payments/x").by(&ada).send().await.with_problem(404, "NOT_FOUND");
    assert_eq!(shop.get("/v1/payments").by(&bob).send().await.body["items"], json!([]));
}

#[actix_web::test]
async fn a_repeated_payment_pays_once_even_after_the_queue_token_expired() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let reservation = shop.held(&ada, &[1]).await;
    let first = shop.pay(&ada, "p", &reservation).await.with_status(201);
    shop.wait(1000);
    let again = shop.pay(&ada, "p", &reservation).await.with_status(201);
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    assert_eq!(shop.get("/v1/wallet").by(&ada).send().await.body["balance"]["amount"], 100_000 - PRICE);
    shop.pay(&ada, "another", &reservation).await.with_problem(410, "QUEUE_TOKEN_EXPIRED");
}

#[actix_web::test]
async fn paying_for_a_lapsed_hold_is_refused() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let reservation = shop.held(&ada, &[1]).await;
    shop.wait(300);
    shop.pay(&ada, "p", &reservation).await.with_problem(410, "RESERVATION_EXPIRED");
}

#[actix_web::test]
async fn paying_for_a_released_reservation_is_refused() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let reservation = shop.held(&ada, &[1]).await;
    shop.delete(&format!("/v1/reservations/{reservation}")).by(&ada).send().await.with_status(204);
    let answer = shop.pay(&ada, "p", &reservation).await.with_problem(409, "RESERVATION_NOT_PAYABLE");
    assert_eq!(answer.body["current_state"], "CANCELLED");
}

#[actix_web::test]
async fn a_specified_amount_must_equal_the_amount_due() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let reservation = shop.held(&ada, &[1]).await;
    let pay = |amount: serde_json::Value| {
        shop.post("/v1/payments").by(&ada).key("p").json(&json!({"reservation_id": reservation, "amount": amount})).send()
    };
    let answer = pay(json!({"amount": 1, "currency": "KRW"})).await.with_problem(400, "VALIDATION_FAILED").at("/amount");
    assert_eq!(answer.body["due"]["amount"], PRICE);
    pay(json!({"amount": PRICE, "currency": "EUR"})).await.with_problem(400, "VALIDATION_FAILED").at("/amount/currency");
    pay(json!({"amount": -1, "currency": "KRW"})).await.with_problem(400, "VALIDATION_FAILED").at("/amount/amount");
    pay(json!({"amount": PRICE, "currency": "KRW"})).await.with_status(201);
}

#[actix_web::test]
async fn paying_requires_ones_own_reservation_and_an_active_queue_token() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.funded("Bob", 100_000).await);
    let reservation = shop.held(&ada, &[1]).await;
    shop.pay(&bob, "p", &reservation).await.with_problem(404, "NOT_FOUND");
    let ada_without_token = Visitor { queue_token: None, ..ada };
    shop.pay(&ada_without_token, "p", &reservation).await.with_problem(403, "QUEUE_TOKEN_REQUIRED");
    let elsewhere = shop.post("/v1/queue-tokens").by(&ada_without_token).json(&json!({})).send().await.with_status(201).text("token");
    shop.tick().await;
    let elsewhere = Visitor { queue_token: Some(elsewhere), ..ada_without_token };
    shop.pay(&elsewhere, "p", &reservation).await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
}

#[actix_web::test]
async fn a_payment_requires_an_existing_reservation() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    shop.post("/v1/payments").by(&ada).key("p").json(&json!({})).send().await.with_problem(400, "VALIDATION_FAILED").at("/reservation_id");
    shop.pay(&ada, "p", "0f207207-0000-7000-8000-00000000dead").await.with_problem(404, "NOT_FOUND");
}
