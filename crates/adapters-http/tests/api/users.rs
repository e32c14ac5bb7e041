//! Users.

use adapters_http::{HttpSettings, Issuer, Role};
use serde_json::json;

use crate::plan::{Plan, SECRET};
use crate::shop::{Shop, Visitor, rand};

#[actix_web::test]
async fn registration_returns_an_empty_wallet_and_an_access_token() {
    let shop = Shop::open().await;
    let answer = shop.post("/v1/users").json(&json!({"name": "  Ada "})).send().await.with_status(201);
    assert_eq!(answer.header("location"), Some("/v1/users/me"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.body["name"], "Ada");
    assert_eq!(answer.body["wallet"], json!({"balance": {"amount": 0, "currency": "KRW"}}));

    let bearer = format!("Bearer {}", answer.text("access_token"));
    let me = shop.get("/v1/users/me").header("Authorization", &bearer).send().await.with_status(200);
    assert_eq!((me.text("id"), me.text("name")), (answer.text("id"), "Ada".to_owned()));
    assert!(me.body.get("access_token").is_none(), "the access token is returned once");
}

#[actix_web::test]
async fn registration_is_refused_where_it_is_disabled() {
    let plan = Plan::default();
    let settings = HttpSettings { registration: false, ..plan.settings.clone() };
    let shop = Plan { settings, ..plan }.open().await;
    shop.post("/v1/users").json(&json!({"name": "Ada"})).send().await.with_problem(403, "FORBIDDEN");
}

#[actix_web::test]
async fn an_invalid_name_is_refused() {
    let shop = Shop::open().await;
    for name in ["", "  ", "a\u{0}b", &"x".repeat(101)] {
        shop.post("/v1/users").json(&json!({"name": name})).send().await.with_problem(400, "VALIDATION_FAILED").at("/name");
    }
}

#[actix_web::test]
async fn a_user_of_an_external_issuer_has_no_name_and_an_empty_wallet() {
    let shop = Shop::open().await;
    let stranger = shop.stranger(&[]);
    let me = shop.get("/v1/users/me").by(&stranger).send().await.with_status(200);
    assert_eq!(me.body, json!({"id": stranger.id.0, "name": null, "wallet": {"balance": {"amount": 0, "currency": "KRW"}}}));
    shop.charge(&stranger, 500).await.with_status(201);
    let me = shop.get("/v1/users/me").by(&stranger).send().await.with_status(200);
    assert_eq!(me.body["wallet"]["balance"]["amount"], 500);
}

#[actix_web::test]
async fn requests_without_a_valid_access_token_are_unauthenticated() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let answer = shop.get("/v1/users/me").send().await.with_problem(401, "UNAUTHENTICATED");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"frontrow\""));

    let valid = format!("Bearer {}", ada.access_token);
    let basic = valid.replace("Bearer", "Basic");
    for header in ["Bearer", "Bearer x", &basic, &format!("{valid}x"), &ada.access_token] {
        let answer = shop.get("/v1/users/me").header("Authorization", header).send().await.with_problem(401, "UNAUTHENTICATED");
        assert!(answer.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")), "{header}");
    }
    shop.get("/v1/users/me")
        .header("Authorization", &valid)
        .header("Authorization", &valid)
        .send()
        .await
        .with_problem(401, "UNAUTHENTICATED");
    shop.get("/v1/users/me").header("Authorization", &valid.replace("Bearer", "bearer")).send().await.with_status(200);
}

#[actix_web::test]
async fn an_access_token_expires_after_its_lifetime() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let token =
        Issuer::new(&SECRET, std::time::Duration::from_hours(1)).issue(ada.id, &[Role::User], application::ports::Clock::now(&*shop.clock));
    let short = Visitor { access_token: token.expect("a token"), ..ada };
    shop.get("/v1/users/me").by(&short).send().await.with_status(200);
    shop.wait(3600 + 30);
    let answer = shop.get("/v1/users/me").by(&short).send().await.with_problem(401, "UNAUTHENTICATED");
    assert!(answer.header("www-authenticate").is_some_and(|challenge| challenge.contains("invalid_token")));
}

#[actix_web::test]
async fn a_repeated_registration_returns_the_same_user_and_access_token() {
    let shop = Shop::open().await;
    let key = uuid::Uuid::from_u128(rand()).to_string();
    let register = |key: &str, name: &str| shop.post("/v1/users").key(key).json(&json!({"name": name})).send();
    let first = register(&key, "Ada").await.with_status(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    shop.wait(60);
    let again = register(&key, "Ada").await.with_status(201);
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    assert_eq!(again.header("location"), Some("/v1/users/me"));
    let operator = shop.operator();
    let found = async || shop.get("/v1/admin/users?name=Ada").by(&operator).send().await.with_status(200).body["items"].clone();
    assert_eq!(found().await.as_array().map(Vec::len), Some(1));

    register(&key, "Eve").await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
    let other = register(&uuid::Uuid::from_u128(rand()).to_string(), "Ada").await.with_status(201);
    assert_ne!(other.body["id"], first.body["id"]);
    shop.wait(24 * 3600);
    assert_ne!(register(&key, "Ada").await.with_status(201).body["id"], first.body["id"], "the idempotency record has expired");
}

#[actix_web::test]
async fn registration_refuses_guessable_keys_and_stores_keys_as_digests() {
    let shop = Shop::open().await;
    let before = shop.store.rows();
    for key in ["", "1", "register-ada", &"k".repeat(21), &"k".repeat(256)] {
        let refused = shop.post("/v1/users").key(key).json(&json!({"name": "Ada"})).send().await;
        refused.with_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    }
    assert!(shop.store.rows() == before);

    let secret = uuid::Uuid::from_u128(rand()).to_string();
    shop.post("/v1/users").key(&secret).json(&json!({"name": "Ada"})).send().await.with_status(201);
    assert!(!format!("{:?}", shop.store.rows()).contains(&secret), "it is stored as a digest");
}

#[actix_web::test]
async fn concurrent_identical_registrations_create_one_user() {
    let shop = Shop::open().await;
    let key = uuid::Uuid::from_u128(rand()).to_string();
    let register = || shop.post("/v1/users").key(&key).json(&json!({"name": "Ada"})).send();
    let answers = futures_util::future::join_all((0..8).map(|_| register())).await;
    let ids: std::collections::BTreeSet<_> = answers.into_iter().map(|answer| answer.with_status(201).text("id")).collect();
    assert_eq!(ids.len(), 1);
}
