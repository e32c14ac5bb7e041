//! The wallet.

use serde_json::{Value, json};

use crate::shop::Shop;

fn krw(amount: i64) -> Value {
    json!({"amount": amount, "currency": "KRW"})
}

#[actix_web::test]
async fn a_charge_raises_the_balance_and_is_in_the_book() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let charged = shop.charge(&ada, 50_000).await.with_status(201);
    assert_eq!((&charged.body["amount"], &charged.body["balance"]), (&krw(50_000), &krw(50_000)));
    let wallet = shop.get("/v1/wallet").by(&ada).send().await.with_status(200);
    assert_eq!((wallet.body.clone(), wallet.header("cache-control")), (json!({"balance": krw(50_000)}), Some("no-store")));
    let book = shop.get("/v1/wallet/entries").by(&ada).send().await.with_status(200);
    let expected = json!({
        "id": charged.body["id"], "kind": "CHARGE", "amount": krw(50_000), "balance": krw(50_000), "payment_id": null,
        "created_at": "2026-11-21T20:00:00Z",
    });
    assert_eq!(book.body, json!({"items": [expected], "next_cursor": null}));
}

#[actix_web::test]
async fn the_same_charge_again_charges_once() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.user("Ada").await, shop.user("Bob").await);
    let charge = |who, amount: i64| shop.post("/v1/wallet/charges").by(who).key("k").json(&json!({"amount": krw(amount)})).send();
    let first = charge(&ada, 500).await.with_status(201);
    shop.wait(5);
    let again = charge(&ada, 500).await.with_status(201);
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    charge(&ada, 501).await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
    let others = charge(&bob, 501).await.with_status(201);
    assert_eq!(others.header("idempotency-replayed"), None, "another user's key is another key");
    assert_eq!(shop.get("/v1/wallet").by(&ada).send().await.body["balance"], krw(500));
    shop.wait(24 * 3600);
    charge(&ada, 501).await.with_status(201);
}

#[actix_web::test]
async fn an_amount_that_can_not_be_charged_is_refused() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let charge = |body: Value| shop.post("/v1/wallet/charges").by(&ada).key("k").json(&body).send();
    for (body, pointer) in [
        (json!({"amount": krw(0)}), "/amount/amount"),
        (json!({"amount": krw(-1)}), "/amount/amount"),
        (json!({"amount": krw(1_000_001)}), "/amount/amount"),
        (json!({"amount": krw(i64::MAX)}), "/amount/amount"),
        (json!({"amount": {"amount": 1.5, "currency": "KRW"}}), "/amount/amount"),
        (json!({"amount": {"amount": 1e300, "currency": "KRW"}}), "/amount/amount"),
        (json!({"amount": {"amount": "1", "currency": "KRW"}}), "/amount/amount"),
        (json!({"amount": {"amount": 1, "currency": "EUR"}}), "/amount/currency"),
        (json!({"amount": {"amount": 1, "currency": "krw"}}), "/amount/currency"),
        (json!({"amount": {"amount": 1}}), "/amount/currency"),
        (json!({"amount": {"amount": 1, "currency": "KRW", "x": 1}}), "/amount/x"),
        (json!({"amount": 1}), "/amount"),
        (json!({}), "/amount"),
    ] {
        charge(body).await.with_problem(400, "VALIDATION_FAILED").at(pointer);
    }
    assert_eq!(shop.get("/v1/wallet").by(&ada).send().await.body["balance"], krw(0));
}

#[actix_web::test]
async fn a_wallet_has_a_limit() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    shop.charge(&ada, 1_000_000).await.with_status(201);
    let answer = shop.charge(&ada, 500_001).await.with_problem(409, "WALLET_LIMIT_EXCEEDED");
    assert_eq!((&answer.body["balance"], &answer.body["limit"]), (&krw(1_000_000), &krw(1_500_000)));
    shop.charge(&ada, 500_000).await.with_status(201);
}

#[actix_web::test]
async fn the_book_is_read_newest_first_page_by_page() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    for amount in [1, 2, 3] {
        shop.charge(&ada, amount).await.with_status(201);
    }
    let (mut amounts, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("/v1/wallet/entries?page_size=1{cursor}")).by(&ada).send().await.with_status(200);
        amounts.push(page.body["items"][0]["amount"]["amount"].clone());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(amounts, [3, 2, 1]);
    shop.get("/v1/wallet/entries?cursor=r00000000000000000000000000000001").by(&ada).send().await.with_problem(400, "INVALID_CURSOR");
}
