//! `/v1/admin/users`: users and their data.

use serde_json::{Value, json};

use crate::plan::{PRICE, QUEUE};
use crate::shop::{Shop, rand};

const USERS: &str = "/v1/admin/users";

#[actix_web::test]
async fn users_are_found_by_the_beginning_of_any_word_of_their_names_in_pages() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let mut ids = Vec::new();
    for name in ["Ada", "Adam", "Bob", "Adele"] {
        ids.push(shop.user(name).await.id.0.to_string());
    }
    let names = |answer: &crate::answer::Answer| {
        let items = answer.body["items"].as_array().expect("items");
        items.iter().map(|user| user["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    let first = shop.get(&format!("{USERS}?name=Ada&page_size=1")).by(&operator).send().await.with_status(200);
    assert_eq!((names(&first), first.header("cache-control")), (vec!["Ada".to_owned()], Some("no-store")));
    let rest = shop.get(&format!("{USERS}?name=Ada&cursor={}", first.text("next_cursor"))).by(&operator).send().await.with_status(200);
    assert_eq!((names(&rest), &rest.body["next_cursor"]), (vec!["Adam".to_owned()], &Value::Null));
    let all = shop.get(USERS).by(&operator).send().await.with_status(200);
    assert_eq!(names(&all), ["Ada", "Adam", "Bob", "Adele"]);
    shop.user("Zoë Núñez").await;
    for name in ["ZOE", "nun", "Nu%CC%81n%CC%83ez", "zo%C3%AB%20n%C3%BA"] {
        let found = shop.get(&format!("{USERS}?name={name}")).by(&operator).send().await.with_status(200);
        assert_eq!(names(&found), ["Zoë Núñez"], "{name}");
    }
    assert_eq!(shop.get(&format!("{USERS}?name=dam")).by(&operator).send().await.with_status(200).body["items"], json!([]));
    for query in ["name=", "name=%0a", "name=x&name=y", "nickname=x"] {
        shop.get(&format!("{USERS}?{query}")).by(&operator).send().await.with_problem(400, "VALIDATION_FAILED");
    }
}

#[actix_web::test]
async fn the_data_of_a_user_is_shown_without_the_queue_tokens_secret() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let ada = shop.funded("Ada", 500_000).await;
    let secret = ada.queue_token.clone().expect("a token");
    let hold = shop.held(&ada, &[1]).await;
    let payment = shop.pay(&ada, "pay", &hold).await.with_status(201).text("id");
    let path = format!("{USERS}/{}", ada.id.0);
    let get = async |below: &str| {
        let answer = shop.get(&format!("{path}{below}")).by(&operator).send().await.with_status(200);
        assert!(!answer.body.to_string().contains(&secret), "{below}: {}", answer.body);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{below}");
        answer.body
    };
    let user = get("").await;
    assert_eq!((&user["name"], &user["balance"]), (&json!("Ada"), &json!({"amount": 500_000 - PRICE, "currency": "KRW"})));
    assert!(user["created_at"].is_string());
    let tokens = get("/queue-tokens").await;
    let token = &tokens["items"][0];
    assert_eq!((&token["queue_id"], &token["status"], &token["expired_reason"]), (&json!(QUEUE.0), &json!("EXPIRED"), &json!("PAID")));
    let reservations = get("/reservations").await;
    assert_eq!((&reservations["items"][0]["id"], &reservations["items"][0]["status"]), (&json!(hold), &json!("CONFIRMED")));
    assert_eq!(get("/payments").await["items"][0]["id"], json!(payment));
    let book = get("/wallet-entries").await;
    assert_eq!((&book["items"][0]["kind"], &book["items"][1]["kind"]), (&json!("PAYMENT"), &json!("CHARGE")));
    let newest = get("/wallet-entries?page_size=1").await;
    let cursor = newest["next_cursor"].as_str().expect("a cursor");
    assert_eq!(get(&format!("/wallet-entries?cursor={cursor}")).await["items"][0], book["items"][1]);
}

#[actix_web::test]
async fn an_unknown_user_is_not_found() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let unknown = uuid::Uuid::from_u128(rand());
    for below in ["", "/queue-tokens", "/reservations", "/payments", "/wallet-entries"] {
        shop.get(&format!("{USERS}/{unknown}{below}")).by(&operator).send().await.with_problem(404, "NOT_FOUND");
    }
}
