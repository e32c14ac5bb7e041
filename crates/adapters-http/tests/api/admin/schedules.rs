//! `/v1/admin/schedules`: added, changed, cancelled.

use serde_json::{Value, json};

use super::valid_requests::{a_map, a_schedule};
use crate::plan::{CONCERT, PRICE, SCHEDULE};
use crate::shop::{Shop, rand};

fn path() -> String {
    format!("/v1/admin/schedules/{}", SCHEDULE.0)
}

fn schedules() -> String {
    format!("/v1/admin/concerts/{}/schedules", CONCERT.0)
}

#[actix_web::test]
async fn a_schedule_is_added_to_a_concert() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let mut schedule = a_schedule();
    schedule["seat_map"] = a_map(1, 5);
    let created = shop.post(&schedules()).by(&operator).json(&schedule).send().await.with_status(201);
    let id = created.text("id");
    assert_eq!(created.header("location"), Some(format!("/v1/admin/schedules/{id}").as_str()));
    assert_eq!(
        (created.tag().as_str(), created.text("starts_at").as_str(), created.text("zone").as_str()),
        ("\"1\"", "2030-05-01T11:00:00Z", "Asia/Seoul")
    );
    assert_eq!(
        (&created.body["cancelled_at"], &created.body["figures"]["available"], &created.body["version"]),
        (&Value::Null, &json!(5), &json!(1))
    );
    let mut shown = shop.get(&format!("/v1/admin/schedules/{id}")).by(&operator).send().await.with_status(200);
    assert_eq!(shown.body["categories"][0]["available"], 5);
    shown.body["categories"] = Value::Null;
    assert_eq!((shown.tag(), shown.body), (created.tag(), created.body), "except for the categories");

    schedule["id"] = json!(SCHEDULE.0);
    shop.post(&schedules()).by(&operator).json(&schedule).send().await.with_problem(409, "ALREADY_EXISTS");
    let nowhere = format!("/v1/admin/concerts/{}/schedules", uuid::Uuid::from_u128(rand()));
    shop.post(&nowhere).by(&operator).json(&a_schedule()).send().await.with_problem(404, "NOT_FOUND");
    let mut unsold = a_schedule();
    unsold["sale_opens_at"] = json!("2031-01-01T00:00:00Z");
    shop.post(&schedules()).by(&operator).json(&unsold).send().await.with_problem(400, "VALIDATION_FAILED").at("/sale_closes_at");
}

#[actix_web::test]
async fn a_schedule_is_changed_until_it_is_cancelled() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let change = async |tag: &str, body: Value| shop.patch(&path()).by(&operator).header("If-Match", tag).json(&body).send().await;
    let before = shop.get(&path()).by(&operator).send().await.with_status(200);
    let changed =
        change(&before.tag(), json!({"starts_at": "2035-01-01T20:00:00.1234569+01:00", "zone": "Europe/Berlin"})).await.with_status(200);
    assert_eq!((changed.text("starts_at").as_str(), changed.text("zone").as_str()), ("2035-01-01T19:00:00.123456Z", "Europe/Berlin"));
    assert_eq!(changed.body["sale_opens_at"], before.body["sale_opens_at"]);
    change(&before.tag(), json!({"zone": "UTC"})).await.with_problem(412, "PRECONDITION_FAILED");
    shop.patch(&path()).by(&operator).json(&json!({})).send().await.with_problem(428, "PRECONDITION_REQUIRED");
    change("*", json!({"sale_closes_at": "1999-01-01T00:00:00Z"})).await.with_problem(400, "VALIDATION_FAILED").at("/sale_closes_at");
    for unknown in [json!(null), json!("Europe/Kiyv"), json!("europe/berlin"), json!("Factory"), json!("+01:00")] {
        change("*", json!({"zone": unknown})).await.with_problem(400, "VALIDATION_FAILED").at("/zone");
    }
    let renamed = change("*", json!({"zone": "Europe/Kyiv"})).await.with_status(200);
    let weak = format!("W/{}", renamed.tag());
    change(&weak, json!({"zone": "Europe/Berlin"})).await.with_status(200);
    change(&weak, json!({"zone": "UTC"})).await.with_problem(412, "PRECONDITION_FAILED");

    shop.post(&format!("{}:cancel", path())).by(&operator).json(&json!({"reason": "No singer"})).send().await.with_status(200);
    let refused = change("*", json!({"zone": "UTC"})).await.with_problem(409, "INVALID_STATE");
    assert_eq!(refused.text("current_state"), "CANCELLED");
}

#[actix_web::test]
async fn cancelling_a_schedule_ends_its_sale() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let ada = shop.admitted("Ada").await;
    let cancel = format!("{}:cancel", path());
    let cancelled = shop.post(&cancel).by(&operator).json(&json!({"reason": "No singer"})).send().await.with_status(200);
    assert_eq!(
        (&cancelled.body["cancelled_at"], &cancelled.body["cancellation_reason"]),
        (&json!("2026-11-21T20:00:00Z"), &json!("No singer"))
    );
    assert_eq!(shop.hold(&ada, "late", &[1]).await.with_problem(409, "SCHEDULE_CANCELLED").text("reason"), "No singer");
    let again = shop.post(&cancel).by(&operator).json(&json!({"reason": "Still none"})).send().await.with_status(200);
    assert_eq!((again.tag(), again.body), (cancelled.tag(), cancelled.body));
    let nowhere = format!("/v1/admin/schedules/{}:cancel", uuid::Uuid::from_u128(rand()));
    shop.post(&nowhere).by(&operator).json(&json!({"reason": "x"})).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn the_figures_reflect_the_sale() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let (ada, bob) = (shop.funded("Ada", 500_000).await, shop.admitted("Bob").await);
    let hold = shop.held(&ada, &[1, 2]).await;
    shop.pay(&ada, "pay", &hold).await.with_status(201);
    shop.held(&bob, &[3]).await;
    let block = json!({"seat_numbers": [9, 10], "reason": "The view"});
    shop.post(&format!("{}/seats:block", path())).by(&operator).json(&block).send().await.with_status(200);
    let figures = shop.get(&path()).by(&operator).send().await.with_status(200).body["figures"].clone();
    let revenue = json!({"amount": 2 * PRICE, "currency": "KRW"});
    assert_eq!(figures, json!({"seats": 10, "available": 5, "held": 1, "reserved": 2, "blocked": 2, "revenue": revenue}));
}
