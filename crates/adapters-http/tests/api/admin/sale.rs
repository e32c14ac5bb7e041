//! Operators in a running sale: release holds, refund payments, refund a cancelled schedule.

use serde_json::json;

use crate::plan::{PRICE, SCHEDULE};
use crate::shop::{Shop, rand};

#[actix_web::test]
async fn an_operator_releases_any_users_hold_but_no_paid_reservation() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let (ada, bob) = (shop.funded("Ada", 500_000).await, shop.admitted("Bob").await);
    let release = async |id: &str| shop.post(&format!("/v1/admin/reservations/{id}:release")).by(&operator).send().await;
    let held = shop.held(&bob, &[1]).await;
    for _ in 0..2 {
        let ended = release(&held).await.with_status(200);
        assert_eq!((ended.text("status").as_str(), ended.text("cancelled_reason").as_str()), ("CANCELLED", "RELEASED"));
    }
    let hold = shop.held(&ada, &[1]).await;
    shop.pay(&ada, "pay", &hold).await.with_status(201);
    assert_eq!(release(&hold).await.with_problem(409, "INVALID_STATE").text("current_state"), "CONFIRMED");
    release(&uuid::Uuid::from_u128(rand()).to_string()).await.with_problem(404, "NOT_FOUND");
    let log = shop.get(&format!("/v1/admin/log?subject_id={held}")).by(&operator).send().await.with_status(200);
    assert_eq!(log.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!((&log.body["items"][0]["action"], &log.body["items"][0]["subject"]["kind"]), (&json!("RELEASE"), &json!("RESERVATION")));
}

#[actix_web::test]
async fn the_reason_of_a_release_is_in_the_log() {
    let shop = Shop::open().await;
    let (operator, bob) = (shop.operator(), shop.admitted("Bob").await);
    let held = shop.held(&bob, &[1]).await;
    let path = format!("/v1/admin/reservations/{held}:release");
    shop.post(&path).by(&operator).json(&json!({"reason": ""})).send().await.with_problem(400, "VALIDATION_FAILED").at("/reason");
    shop.post(&path).by(&operator).json(&json!({"reason": "The buyer has called"})).send().await.with_status(200);
    let log = shop.get(&format!("/v1/admin/log?subject_id={held}")).by(&operator).send().await.with_status(200);
    assert_eq!(log.body["items"][0]["reason"], "The buyer has called");
}

#[actix_web::test]
async fn concurrent_refunds_of_a_schedule_each_report_their_own_share() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    for (name, seat) in [("Ada", 1), ("Bob", 2), ("Cid", 3), ("Dan", 4), ("Eli", 5), ("Fay", 6)] {
        let visitor = shop.funded(name, 100_000).await;
        let hold = shop.held(&visitor, &[seat]).await;
        if seat > 2 {
            shop.pay(&visitor, "pay", &hold).await.with_status(201);
        }
    }
    let path = format!("/v1/admin/schedules/{}", SCHEDULE.0);
    shop.post(&format!("{path}:cancel")).by(&operator).json(&json!({"reason": "No singer"})).send().await.with_status(200);
    let reason = json!({"reason": "The singer has a cold"});
    let refund_batch = || shop.post(&format!("{path}:refund-all")).by(&operator).json(&reason).send();
    let done = futures_util::future::join3(refund_batch(), refund_batch(), refund_batch()).await;
    let done = [done.0, done.1, done.2].map(|answer| answer.with_status(200).body);
    let sum = |name: &str| done.iter().map(|body| body[name].as_u64().expect("a number")).sum::<u64>();
    assert_eq!((sum("released"), sum("refunded"), sum("remaining")), (2, 4, 0), "{done:?}");
    let log = shop.get(&format!("/v1/admin/log?operator_id={}", operator.id.0)).by(&operator).send().await.with_status(200);
    let count = |action: &str| log.body["items"].as_array().into_iter().flatten().filter(|entry| entry["action"] == action).count();
    assert_eq!((count("RELEASE"), count("REFUND"), count("CANCEL")), (2, 4, 1));
    assert!(
        log.body["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| entry["action"] != "CANCEL")
            .all(|entry| entry["reason"] == reason["reason"])
    );
}

#[actix_web::test]
async fn a_refund_by_an_operator_is_in_the_log() {
    let shop = Shop::open().await;
    let (operator, ada) = (shop.operator(), shop.funded("Ada", 500_000).await);
    let hold = shop.held(&ada, &[1]).await;
    let payment = shop.pay(&ada, "pay", &hold).await.with_status(201).text("id");
    shop.post(&format!("/v1/payments/{payment}/refunds")).by(&operator).key("back").json(&json!({})).send().await.with_status(201);
    let log = shop.get(&format!("/v1/admin/log?subject_id={payment}&operator_id={}", operator.id.0)).by(&operator).send().await;
    assert_eq!(log.with_status(200).body["items"][0]["action"], "REFUND");
}

#[actix_web::test]
async fn a_cancelled_schedule_is_refunded_in_batches() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let mut paid = Vec::new();
    for (name, seat) in [("Ada", 1), ("Bob", 2), ("Cid", 3)] {
        let visitor = shop.funded(name, 100_000).await;
        let hold = shop.held(&visitor, &[seat]).await;
        shop.pay(&visitor, "pay", &hold).await.with_status(201);
        paid.push(visitor);
    }
    let dan = shop.admitted("Dan").await;
    shop.held(&dan, &[4]).await;
    let path = format!("/v1/admin/schedules/{}", SCHEDULE.0);
    let refund_batch = async |body: serde_json::Value| shop.post(&format!("{path}:refund-all")).by(&operator).json(&body).send().await;
    assert_eq!(refund_batch(json!({})).await.with_problem(409, "INVALID_STATE").text("current_state"), "SCHEDULED");
    shop.post(&format!("{path}:cancel")).by(&operator).json(&json!({"reason": "No singer"})).send().await.with_status(200);

    let some = refund_batch(json!({"at_most": 3})).await.with_status(200).body;
    let number = |body: &serde_json::Value, name: &str| body[name].as_u64().expect("a number");
    assert_eq!((number(&some, "released") + number(&some, "refunded"), number(&some, "remaining")), (3, 1));
    let rest = refund_batch(json!({})).await.with_status(200).body;
    assert_eq!((number(&rest, "released") + number(&rest, "refunded"), number(&rest, "remaining")), (1, 0));
    assert_eq!((number(&some, "refunded") + number(&rest, "refunded"), number(&some, "released") + number(&rest, "released")), (3, 1));
    assert_eq!(refund_batch(json!({})).await.with_status(200).body, json!({"released": 0, "refunded": 0, "remaining": 0}));
    for visitor in &paid {
        let wallet = shop.get("/v1/wallet").by(visitor).send().await.with_status(200);
        assert_eq!(wallet.body["balance"]["amount"], 100_000, "{PRICE} was refunded");
    }
    for at_most in [0, 501] {
        refund_batch(json!({"at_most": at_most})).await.with_problem(400, "VALIDATION_FAILED").at("/at_most");
    }
}
