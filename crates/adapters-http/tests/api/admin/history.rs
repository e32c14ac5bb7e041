//! `/v1/admin/concerts/{id}/history`: what has happened recently, in buckets. And the availability of seats, as operators get it.

use adapters_http::{HttpSettings, LimitSettings};
use serde_json::{Value, json};

use crate::plan::{CONCERT, LATER_SCHEDULE, PRICE, Plan, SCHEDULE};
use crate::shop::{Shop, Visitor, rand};

async fn history(shop: &Shop, operator: &Visitor, buckets: usize) -> Value {
    let path = format!("/v1/admin/concerts/{}/history?buckets={buckets}", CONCERT.0);
    shop.get(&path).by(operator).send().await.with_status(200).body
}

#[actix_web::test]
async fn the_history_counts_what_happened_in_each_bucket() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let ada = shop.funded("Ada", 500_000).await;
    let hold = shop.held(&ada, &[1, 2]).await;
    let before = history(&shop, &operator, 1).await;
    assert_eq!((&before["bucket_seconds"], &before["is_current"]), (&json!(10), &json!(true)));
    assert_eq!((&before["sales"]["held"], &before["sales"]["sold"]), (&json!([2]), &json!([0])));
    assert_eq!(
        (&before["queue"]["joined"], &before["queue"]["admitted"], &before["queue"]["finished"]),
        (&json!([1]), &json!([1]), &json!([0]))
    );
    assert!(before["queue"]["wait_p50_seconds"][0].is_number());

    shop.wait(10);
    let payment = shop.pay(&ada, "pay", &hold).await.with_status(201).text("id");
    shop.wait(10);
    shop.post(&format!("/v1/payments/{payment}/refunds")).by(&operator).key("back").json(&json!({})).send().await.with_status(201);
    let after = history(&shop, &operator, 3).await;
    assert_eq!(after["from"], before["from"], "the first of three buckets");
    assert_eq!(after["complete_from"], after["from"]);
    let (price, none) = (2 * PRICE, 0);
    assert_eq!(
        after["sales"],
        json!({
            "held": [2, 0, 0], "ended": [0, 0, 0], "sold": [0, 2, 0], "refunded": [0, 0, 2],
            "revenue": [none, price, none], "refunds": [none, none, price],
        })
    );
    assert_eq!(after["queue"]["finished"], json!([0, 1, 0]), "the payment has ended the turn");
    assert_eq!(after["queue"]["wait_p99_seconds"][2], Value::Null);
    assert_eq!(after["instance"], json!({"conflicts": [0, 0, 0], "unavailable": [0, 0, 0]}));
}

#[actix_web::test]
async fn a_request_that_is_answered_with_503_is_counted() {
    let plan = Plan::default();
    let limits = LimitSettings { in_flight: 1, ..LimitSettings::default() };
    let settings = HttpSettings { limits, ..plan.settings.clone() };
    let shop = Plan { settings, ..plan }.open().await;
    let operator = shop.operator();
    let ada = shop.user("Ada").await;
    // So many that some overlap, even if the machine is busy.
    let answers = futures_util::future::join_all((0..1_000).map(|_| shop.get("/v1/wallet").by(&ada).send())).await;
    let refused = answers.iter().filter(|answer| answer.status == 503).count();
    assert!(refused > 0, "only one request at a time");
    assert_eq!(history(&shop, &operator, 1).await["instance"]["unavailable"], json!([refused]));
}

#[actix_web::test]
async fn a_history_has_an_hour_by_default_and_only_operators_get_it() {
    let shop = Shop::open().await;
    let path = format!("/v1/admin/concerts/{}/history", CONCERT.0);
    let whole = shop.get(&path).by(&shop.operator()).send().await.with_status(200).body;
    assert_eq!(whole["sales"]["held"].as_array().map(Vec::len), Some(360));
    shop.get(&path).by(&shop.user("Ada").await).send().await.with_problem(403, "FORBIDDEN");
    shop.get(&path).send().await.with_problem(401, "UNAUTHENTICATED");
    let unknown = uuid::Uuid::from_u128(rand());
    shop.get(&format!("/v1/admin/concerts/{unknown}/history")).by(&shop.operator()).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn operators_get_the_availability_without_a_queue_token_also_of_a_cancelled_schedule() {
    let shop = Shop::open().await;
    let (operator, ada) = (shop.operator(), shop.admitted("Ada").await);
    shop.held(&ada, &[1]).await;
    let path = |schedule: domain::ScheduleId| format!("/v1/admin/schedules/{}/availability", schedule.0);
    let users = shop.get(&format!("/v1/schedules/{}/availability", SCHEDULE.0)).by(&ada).send().await.with_status(200).body;
    let operators = shop.get(&path(SCHEDULE)).by(&operator).send().await.with_status(200).body;
    assert_eq!(operators, users);
    let since = operators["version"].as_str().expect("a version");
    let changes = shop.get(&format!("{}?since={since}", path(SCHEDULE))).by(&operator).send().await.with_status(200).body;
    assert_eq!(changes["changes"], json!({}));
    let cancel = format!("/v1/admin/schedules/{}:cancel", LATER_SCHEDULE.0);
    shop.post(&cancel).by(&operator).json(&json!({"reason": "No singer"})).send().await.with_status(200);
    shop.get(&path(LATER_SCHEDULE)).by(&operator).send().await.with_status(200);
    shop.get(&path(SCHEDULE)).by(&ada).send().await.with_problem(403, "FORBIDDEN");
}
