//! The language of problems.

use serde_json::Value;

use crate::answer::Answer;
use crate::plan::Plan;
use crate::shop::{Shop, Visitor};

const KOREAN: &str = "ko-KR,ko;q=0.9,en-US;q=0.8";

async fn refused_payment(shop: &Shop, visitor: &Visitor, reservation: &str, language: &str) -> Answer {
    let request = shop.post("/v1/payments").by(visitor).key("pay").header("Accept-Language", language);
    request.json(&serde_json::json!({"reservation_id": reservation})).send().await.with_problem(409, "INSUFFICIENT_BALANCE")
}

/// Returns the members of a problem that are for programs.
fn members(problem: &Answer) -> Value {
    let mut members = problem.body.clone();
    for text in ["title", "detail", "request_id"] {
        members.as_object_mut().expect("members").remove(text);
    }
    members
}

#[actix_web::test]
async fn problems_of_buyers_are_in_their_language() {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 50_000).await;
    let reservation = shop.held(&ada, &[7, 8]).await;
    let english = refused_payment(&shop, &ada, &reservation, "fr, en;q=0.5").await;
    assert_eq!(english.header("content-language"), Some("en"));
    assert_eq!(english.text("title"), "Your balance is too low");
    assert_eq!(english.text("detail"), "Your balance is ₩50,000, and ₩120,000 is due. Charge your wallet first.");

    let korean = refused_payment(&shop, &ada, &reservation, KOREAN).await;
    assert_eq!(korean.header("content-language"), Some("ko"));
    assert_eq!(korean.text("title"), "잔액이 부족합니다");
    assert_eq!(korean.text("detail"), "현재 잔액은 50,000원, 결제 금액은 120,000원입니다. 지갑을 충전한 후 다시 결제해 주세요.");
    assert_eq!(members(&korean), members(&english));
}

#[actix_web::test]
async fn problems_of_developers_and_operators_are_in_english() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    for (request, code) in
        [(shop.get("/v1/wallet/entries?cursor=x").by(&ada), "INVALID_CURSOR"), (shop.get("/v1/wallet?x=1").by(&ada), "VALIDATION_FAILED")]
    {
        let english = request.header("Accept-Language", KOREAN).send().await.with_problem(400, code);
        assert_eq!(english.header("content-language"), Some("en"));
        assert!(english.text("title").is_ascii() && english.text("detail").is_ascii(), "{}", english.body);
    }
    let forbidden = shop.get("/v1/admin/queues").by(&ada).header("Accept-Language", KOREAN).send().await.with_problem(403, "FORBIDDEN");
    assert_eq!(forbidden.header("content-language"), Some("en"));
}

#[actix_web::test]
async fn a_waiting_user_reads_their_position() {
    let shop = Shop::open().await;
    shop.waiting("Bob").await;
    let ada = shop.waiting("Ada").await;
    let english = shop.hold(&ada, "hold", &[7]).await.with_problem(403, "QUEUE_TOKEN_NOT_ACTIVE");
    assert_eq!((english.text("detail").as_str(), &english.body["position"]), ("You are number 2 in the queue.", &2.into()));
}

#[actix_web::test]
async fn problems_vary_by_origin_and_language() {
    let mut plan = Plan::default();
    plan.settings.cors_origins = vec!["https://shop.example".to_owned()];
    let shop = plan.open().await;
    let refused = shop.get("/v1/wallet").header("Origin", "https://shop.example").send().await.with_problem(401, "UNAUTHENTICATED");
    let varies: Vec<_> = refused.headers.get_all("vary").map(|value| value.to_str().expect("text").to_ascii_lowercase()).collect();
    let varies = varies.join(", ");
    assert!(varies.contains("origin") && varies.contains("accept-language"), "{varies}");
}
