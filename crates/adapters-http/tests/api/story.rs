//! A purchase from registration to refund, over the whole REST API.

use serde_json::json;

use crate::plan::{CONCERT, PRICE, QUEUE, SCHEDULE};
use crate::shop::{Shop, Visitor};

#[actix_web::test]
async fn a_user_queues_chooses_seats_charges_pays_and_is_refunded() {
    let shop = Shop::open().await;
    let user = shop.user("Ada").await;

    let joined = shop.post("/v1/queue-tokens").by(&user).json(&json!({"concert_id": CONCERT.0})).send().await.with_status(201);
    assert_eq!((joined.body["status"].as_str(), joined.body["position"].as_u64()), (Some("WAITING"), Some(1)));
    assert_eq!(joined.body["queue_id"], QUEUE.0.to_string());
    let ada = Visitor { queue_token: Some(joined.text("token")), ..user };
    shop.tick().await;
    let token = shop.get(&format!("/v1/queue-tokens/{}", joined.text("token"))).by(&ada).send().await.with_status(200);
    assert_eq!(token.body["status"], "ACTIVE");

    let schedules = shop.get(&format!("/v1/concerts/{}/schedules?bookable=true", CONCERT.0)).by(&ada).send().await.with_status(200);
    assert_eq!(schedules.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(schedules.body["items"][0]["id"], SCHEDULE.0.to_string());
    let seats = shop.get(&format!("/v1/schedules/{}/seats?status=AVAILABLE", SCHEDULE.0)).by(&ada).send().await.with_status(200);
    assert_eq!(seats.body["available"], 10);

    let held = shop.hold(&ada, "hold", &[3, 4]).await.with_status(201);
    assert_eq!(held.body["amount"], json!({"amount": 2 * PRICE, "currency": "KRW"}));
    let reservation = held.text("id");

    let short = shop.pay(&ada, "pay", &reservation).await.with_problem(409, "INSUFFICIENT_BALANCE");
    assert_eq!(short.body["balance"]["amount"], 0);
    assert_eq!(short.body["required"]["amount"], 2 * PRICE);
    shop.charge(&ada, 200_000).await.with_status(201);
    let paid = shop.pay(&ada, "pay", &reservation).await.with_status(201);
    assert_eq!((paid.body["status"].as_str(), paid.body["balance"]["amount"].as_i64()), (Some("COMPLETED"), Some(200_000 - 2 * PRICE)));

    let sold = shop.get(&format!("/v1/reservations/{reservation}")).by(&ada).send().await.with_status(200);
    assert_eq!((sold.body["status"].as_str(), sold.text("payment_id")), (Some("CONFIRMED"), paid.text("id")));
    let token = shop.get(&format!("/v1/queue-tokens/{}", joined.text("token"))).by(&ada).send().await.with_status(200);
    assert_eq!((token.body["status"].as_str(), token.body["expired_reason"].as_str()), (Some("EXPIRED"), Some("PAID")));

    let refunds = format!("/v1/payments/{}/refunds", paid.text("id"));
    let refunded = shop.post(&refunds).by(&ada).key("back").json(&json!({})).send().await.with_status(201);
    assert_eq!((refunded.body["status"].as_str(), refunded.body["balance"]["amount"].as_i64()), (Some("CANCELLED"), Some(200_000)));
    let back = shop.get(&format!("/v1/reservations/{reservation}")).by(&ada).send().await;
    assert_eq!((back.body["status"].as_str(), back.body["cancelled_reason"].as_str()), (Some("CANCELLED"), Some("REFUNDED")));

    let book = shop.get("/v1/wallet/entries").by(&ada).send().await.with_status(200);
    let lines: Vec<_> =
        book.body["items"].as_array().expect("items").iter().map(|line| (&line["kind"], &line["amount"]["amount"])).collect();
    assert_eq!(json!(lines), json!([["REFUND", 2 * PRICE], ["PAYMENT", -2 * PRICE], ["CHARGE", 200_000]]));
}
