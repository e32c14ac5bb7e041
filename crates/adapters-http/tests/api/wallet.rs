//! The wallet.

use adapters_http::Role;
use domain::{Charging, Rules};
use serde_json::{Value, json};

use crate::plan::Plan;
use crate::shop::{Shop, Visitor, rand};

fn krw(amount: i64) -> Value {
    json!({"amount": amount, "currency": "KRW"})
}

#[actix_web::test]
async fn a_charge_raises_the_balance_and_has_a_wallet_entry() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let charged = shop.charge(&ada, 50_000).await.with_status(201);
    assert_eq!((&charged.body["amount"], &charged.body["balance"]), (&krw(50_000), &krw(50_000)));
    let wallet = shop.get("/v1/wallet").by(&ada).send().await.with_status(200);
    assert_eq!((wallet.body.clone(), wallet.header("cache-control")), (json!({"balance": krw(50_000)}), Some("no-store")));
    let book = shop.get("/v1/wallet/entries").by(&ada).send().await.with_status(200);
    let expected = json!({
        "id": charged.body["id"], "kind": "CHARGE", "amount": krw(50_000), "balance": krw(50_000), "payment_id": null,
        "reservation_id": null, "schedule": null, "seats": null,
        "created_at": "2026-11-21T20:00:00Z",
    });
    assert_eq!(book.body, json!({"items": [expected], "next_cursor": null}));
}

#[actix_web::test]
async fn a_repeated_charge_charges_once() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.user("Ada").await, shop.user("Bob").await);
    let charge = |visitor, amount: i64| shop.post("/v1/wallet/charges").by(visitor).key("k").json(&json!({"amount": krw(amount)})).send();
    let first = charge(&ada, 500).await.with_status(201);
    shop.wait(5);
    let again = charge(&ada, 500).await.with_status(201);
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    charge(&ada, 501).await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
    let others = charge(&bob, 501).await.with_status(201);
    assert_eq!(others.header("idempotency-replayed"), None, "keys are separate per user");
    assert_eq!(shop.get("/v1/wallet").by(&ada).send().await.body["balance"], krw(500));
    shop.wait(24 * 3600);
    charge(&ada, 501).await.with_status(201);
}

#[actix_web::test]
async fn an_invalid_amount_is_refused() {
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
async fn a_charge_past_the_wallet_limit_is_refused() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    shop.charge(&ada, 1_000_000).await.with_status(201);
    let answer = shop.charge(&ada, 500_001).await.with_problem(409, "WALLET_LIMIT_EXCEEDED");
    assert_eq!((&answer.body["balance"], &answer.body["limit"]), (&krw(1_000_000), &krw(1_500_000)));
    shop.charge(&ada, 500_000).await.with_status(201);
}

#[actix_web::test]
async fn wallet_entries_are_listed_newest_first_in_pages() {
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

/// Opens a shop in which only operators and cashiers may charge wallets.
async fn shop_with_restricted_charging() -> Shop {
    let plan = Plan::default();
    let rules = Rules { charging: Charging::Operator, ..plan.rules.clone() };
    Plan { rules, ..plan }.open().await
}

#[actix_web::test]
async fn restricted_charging_requires_an_operator_or_cashier() {
    let shop = shop_with_restricted_charging().await;
    let (ada, bob) = (shop.user("Ada").await, shop.user("Bob").await);
    let charge = async |visitor: &Visitor, body: &Value| {
        shop.post("/v1/wallet/charges").by(visitor).key(&format!("charge-{}", rand())).json(body).send().await
    };
    let balance = async |visitor: &Visitor| shop.get("/v1/wallet").by(visitor).send().await.with_status(200).body["balance"].clone();
    let (own, adas) = (json!({"amount": krw(500)}), json!({"amount": krw(500), "user_id": ada.id.0}));
    for (visitor, body) in [(&ada, &own), (&ada, &adas), (&bob, &adas), (&shop.stranger(&[]), &own)] {
        charge(visitor, body).await.with_problem(403, "FORBIDDEN");
    }
    assert_eq!(balance(&ada).await, krw(0));

    let mut total = 0;
    for role in [Role::Operator, Role::Cashier] {
        let admin = shop.stranger(&[Role::User, role]);
        charge(&admin, &own).await.with_problem(400, "VALIDATION_FAILED").at("/user_id");
        let unknown = json!({"amount": krw(500), "user_id": uuid::Uuid::from_u128(rand())});
        charge(&admin, &unknown).await.with_problem(404, "NOT_FOUND");
        let charged = charge(&admin, &adas).await.with_status(201);
        total += 500;
        assert_eq!((&charged.body["user_id"], &charged.body["balance"]), (&json!(ada.id.0), &krw(total)));
        assert_eq!(balance(&admin).await, krw(0));
    }
    assert_eq!(balance(&ada).await, krw(total));
}

#[actix_web::test]
async fn charging_another_users_wallet_requires_a_role() {
    let shop = Shop::open().await;
    let (ada, bob, cashier) = (shop.user("Ada").await, shop.user("Bob").await, shop.stranger(&[Role::Cashier]));
    let adas = json!({"amount": krw(500), "user_id": ada.id.0});
    let charge = |visitor, key: &str, body: &Value| shop.post("/v1/wallet/charges").by(visitor).key(key).json(body).send();
    charge(&bob, "k", &adas).await.with_problem(403, "FORBIDDEN");
    charge(&ada, "k", &adas).await.with_status(201);
    let first = charge(&cashier, "k", &adas).await.with_status(201);
    assert_eq!(first.body["balance"], krw(1_000), "the key belongs to the caller, not to the specified user");
    let again = charge(&cashier, "k", &adas).await.with_status(201);
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    let bobs = json!({"amount": krw(500), "user_id": bob.id.0});
    charge(&cashier, "k", &bobs).await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
    let explained = json!({"amount": krw(500), "reason": "A gift"});
    charge(&bob, "b", &explained).await.with_problem(400, "VALIDATION_FAILED").at("/reason");
    assert_eq!(shop.get("/v1/wallet").by(&bob).send().await.body["balance"], krw(0));
    charge(&shop.stranger(&[Role::Cashier]), "own", &json!({"amount": krw(5)})).await.with_status(201);
}

#[actix_web::test]
async fn a_charge_by_a_cashier_is_in_the_log_and_cashiers_may_do_nothing_else() {
    let shop = shop_with_restricted_charging().await;
    let (ada, cashier, operator) = (shop.user("Ada").await, shop.stranger(&[Role::User, Role::Cashier]), shop.operator());
    let body = json!({"amount": krw(700), "user_id": ada.id.0, "reason": "Receipt 4711"});
    shop.post("/v1/wallet/charges").by(&cashier).key("4711").json(&body).send().await.with_status(201);
    let log = shop.get(&format!("/v1/admin/log?subject_id={}", ada.id.0)).by(&operator).send().await.with_status(200);
    let entry = &log.body["items"][0];
    assert_eq!(
        (&entry["operator_id"], &entry["action"], &entry["reason"]),
        (&json!(cashier.id.0), &json!("CHARGE"), &json!("Receipt 4711"))
    );
    assert_eq!(entry["subject"], json!({"kind": "USER", "id": ada.id.0}));
    assert_eq!(entry["changes"], json!([{"name": "balance", "before": "0", "after": "700"}]));

    for path in ["/v1/admin/log".to_owned(), format!("/v1/admin/users/{}", ada.id.0), "/v1/admin/queues".to_owned()] {
        shop.get(&path).by(&cashier).send().await.with_problem(403, "FORBIDDEN");
    }
}
