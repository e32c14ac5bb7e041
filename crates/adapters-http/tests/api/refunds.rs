//! Refunds.

use adapters_http::Role;
use serde_json::json;

use crate::answer::Answer;
use crate::shop::{Shop, Visitor};

async fn paid(shop: &Shop, visitor: &Visitor) -> String {
    let reservation = shop.held(visitor, &[1]).await;
    shop.pay(visitor, "pay", &reservation).await.with_status(201).text("id")
}

async fn refund(shop: &Shop, visitor: &Visitor, key: &str, payment: &str) -> Answer {
    shop.post(&format!("/v1/payments/{payment}/refunds")).by(visitor).key(key).json(&json!({})).send().await
}

#[actix_web::test]
async fn a_payment_is_refunded_once() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let payment = paid(&shop, &ada).await;
    let first = refund(&shop, &ada, "r", &payment).await.with_status(201);
    assert_eq!((&first.body["status"], &first.body["balance"]["amount"]), (&json!("CANCELLED"), &json!(100_000)));
    assert_eq!(first.body["refunded_at"], "2026-11-21T20:00:00Z");
    let again = refund(&shop, &ada, "r", &payment).await.with_status(201);
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    let second = refund(&shop, &ada, "r2", &payment).await.with_problem(409, "INVALID_STATE");
    assert_eq!(second.body["current_state"], "CANCELLED");
}

#[actix_web::test]
async fn another_users_payment_is_refunded_by_operators_only() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let payment = paid(&shop, &ada).await;
    refund(&shop, &shop.stranger(&[Role::User]), "r", &payment).await.with_problem(404, "NOT_FOUND");
    refund(&shop, &shop.stranger(&[Role::Operator]), "r", &payment).await.with_status(201);
    assert_eq!(shop.get("/v1/wallet").by(&ada).send().await.body["balance"]["amount"], 100_000);
}

#[actix_web::test]
async fn a_refund_after_the_start_is_refused() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let payment = paid(&shop, &ada).await;
    shop.wait(7 * 86_400);
    let answer = refund(&shop, &ada, "r", &payment).await.with_problem(409, "INVALID_STATE");
    assert_eq!(answer.body["current_state"], "COMPLETED");
}

#[actix_web::test]
async fn an_operator_refunds_a_payment_after_the_start_with_a_reason() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let payment = paid(&shop, &ada).await;
    shop.wait(7 * 86_400);
    let operator = shop.operator();
    let path = format!("/v1/payments/{payment}/refunds");
    let body = json!({"reason": "The stage was out of sight"});
    shop.post(&path).by(&ada).key("r").json(&body).send().await.with_problem(400, "VALIDATION_FAILED").at("/reason");
    shop.post(&path).by(&operator).key("r").json(&body).send().await.with_status(201);
    let log = shop.get(&format!("/v1/admin/log?subject_id={payment}")).by(&operator).send().await.with_status(200);
    assert_eq!((&log.body["items"][0]["action"], &log.body["items"][0]["reason"]), (&json!("REFUND"), &body["reason"]));
    assert_eq!(refund(&shop, &operator, "r2", &payment).await.with_problem(409, "INVALID_STATE").text("current_state"), "CANCELLED");
}

#[actix_web::test]
async fn a_key_of_one_refund_is_refused_for_another_payment() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let payment = paid(&shop, &ada).await;
    refund(&shop, &ada, "r", &payment).await.with_status(201);
    refund(&shop, &ada, "r", "0f207207-0000-7000-8000-00000000dead").await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
}

#[actix_web::test]
async fn a_refund_requires_an_empty_object_and_an_idempotency_key() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 100_000).await;
    let payment = paid(&shop, &ada).await;
    let path = format!("/v1/payments/{payment}/refunds");
    shop.post(&path).by(&ada).key("r").send().await.with_problem(400, "MALFORMED_JSON");
    shop.post(&path).by(&ada).key("r").json(&json!({"amount": 1})).send().await.with_problem(400, "VALIDATION_FAILED").at("/amount");
    shop.post(&path).by(&ada).json(&json!({})).send().await.with_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    shop.post("/v1/payments/x/refunds").by(&ada).key("r").json(&json!({})).send().await.with_problem(404, "NOT_FOUND");
    shop.post(&path).key("r").json(&json!({})).send().await.with_problem(401, "UNAUTHENTICATED");
}
