//! Rankings: the concerts that sell best, and the schedules that sold out fastest.

use application::ports::{Clock as _, Prunable};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::answer::Answer;
use crate::plan::{CONCERT, LATER_SCHEDULE, SCHEDULE, SEATS};
use crate::shop::{Shop, Visitor};

const POPULAR: &str = "/v1/rankings/popular";
const SOLD_OUT: &str = "/v1/rankings/sold-out";

/// Opens a shop with two seats that aren't blocked.
async fn a_small_shop() -> Shop {
    let shop = Shop::open().await;
    let block = json!({"seat_numbers": (3..=SEATS).collect::<Vec<_>>(), "reason": "A small hall"});
    let path = format!("/v1/admin/schedules/{}/seats:block", SCHEDULE.0);
    shop.post(&path).by(&shop.operator()).json(&block).send().await.with_status(200);
    shop
}

/// Lets a user buy seats, and returns the user and the id of the payment.
async fn buy(shop: &Shop, name: &str, seats: &[u32]) -> (Visitor, String) {
    let user = shop.funded(name, 500_000).await;
    let reservation = shop.held(&user, seats).await;
    let payment = shop.pay(&user, "pay", &reservation).await.with_status(201).text("id");
    (user, payment)
}

/// Folds the events and returns the ranking, once the previous one is too old to be used.
async fn ranking(shop: &Shop, path: &str) -> Vec<Value> {
    shop.fold().await;
    shop.wait(5);
    items(&shop.get(path).send().await.with_status(200))
}

#[track_caller]
fn items(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.body["next_cursor"], json!(null));
    answer.body["items"].as_array().expect("items").clone()
}

#[actix_web::test]
async fn a_concert_is_ranked_by_the_seats_sold_and_not_refunded() {
    let shop = Shop::open().await;
    assert_eq!(ranking(&shop, POPULAR).await, [] as [Value; 0]);
    let (ada, payment) = buy(&shop, "Ada", &[1, 2]).await;
    buy(&shop, "Ben", &[3]).await;
    let popular = ranking(&shop, POPULAR).await;
    let concert = shop.get(&format!("/v1/concerts/{}", CONCERT.0)).send().await.with_status(200).body;
    assert_eq!(popular, [json!({"concert": concert, "seats_sold": 3})]);
    shop.post(&format!("/v1/payments/{payment}/refunds")).by(&ada).key("refund").json(&json!({})).send().await.with_status(201);
    assert_eq!(ranking(&shop, POPULAR).await[0]["seats_sold"], 1);
}

#[actix_web::test]
async fn a_schedule_is_ranked_by_the_time_until_its_last_seat_was_paid_for() {
    let shop = a_small_shop().await;
    buy(&shop, "Ada", &[1]).await;
    assert_eq!(ranking(&shop, SOLD_OUT).await, [] as [Value; 0], "one seat is left");
    shop.wait(30);
    let (ben, payment) = buy(&shop, "Ben", &[2]).await;
    let sold_out_at = shop.clock.now().format(&Rfc3339).expect("an instant");
    let ranked = ranking(&shop, SOLD_OUT).await;
    let schedule = shop.get(&format!("/v1/schedules/{}", SCHEDULE.0)).send().await.with_status(200).body;
    let concert = shop.get(&format!("/v1/concerts/{}", CONCERT.0)).send().await.with_status(200).body;
    assert_eq!(schedule["state"], "SOLD_OUT");
    let expected = json!({"concert": concert, "schedule": schedule, "sold_out_at": sold_out_at, "sold_out_after_seconds": 35});
    assert_eq!(ranked, [expected]);

    shop.post(&format!("/v1/payments/{payment}/refunds")).by(&ben).key("refund").json(&json!({})).send().await.with_status(201);
    let ranked = ranking(&shop, SOLD_OUT).await;
    assert_eq!((&ranked[0]["schedule"]["state"], &ranked[0]["sold_out_after_seconds"]), (&json!("ON_SALE"), &json!(35)));
}

#[actix_web::test]
async fn rankings_survive_the_pruning_of_the_log() {
    let shop = a_small_shop().await;
    buy(&shop, "Ada", &[1, 2]).await;
    let before = [ranking(&shop, POPULAR).await, ranking(&shop, SOLD_OUT).await];
    let (now, housekeeping) = (shop.clock.now(), shop.store.ports().housekeeping);
    let pruned = housekeeping.prune(Prunable::Log { before: now, unread_before: now }, 10_000).await.expect("pruned");
    assert!(pruned.rows > 0);
    assert_eq!([ranking(&shop, POPULAR).await, ranking(&shop, SOLD_OUT).await], before);
}

#[actix_web::test]
async fn drafts_and_cancelled_concerts_are_not_ranked() {
    let shop = a_small_shop().await;
    buy(&shop, "Ada", &[1, 2]).await;
    let patch = async |body: Value| {
        let path = format!("/v1/admin/concerts/{}", CONCERT.0);
        shop.patch(&path).by(&shop.operator()).header("If-Match", "*").json(&body).send().await.with_status(200);
    };
    let lengths = async || [ranking(&shop, POPULAR).await.len(), ranking(&shop, SOLD_OUT).await.len()];
    assert_eq!(lengths().await, [1, 1]);
    patch(json!({"publishes_at": "2030-01-01T00:00:00Z"})).await;
    assert_eq!(lengths().await, [0, 0]);
    patch(json!({"publishes_at": null})).await;
    assert_eq!(lengths().await, [1, 1]);
    for (schedule, expected) in [(SCHEDULE, [1, 0]), (LATER_SCHEDULE, [0, 0])] {
        let path = format!("/v1/admin/schedules/{}:cancel", schedule.0);
        shop.post(&path).by(&shop.operator()).json(&json!({"reason": "The singer has a cold"})).send().await.with_status(200);
        assert_eq!(lengths().await, expected, "{schedule:?}");
    }
}

#[actix_web::test]
async fn rankings_may_be_kept_by_caches_for_seconds_and_take_a_length() {
    let shop = a_small_shop().await;
    buy(&shop, "Ada", &[1, 2]).await;
    shop.fold().await;
    for path in [POPULAR, SOLD_OUT] {
        let shown = shop.get(path).send().await.with_status(200);
        assert_eq!((items(&shown).len(), shown.header("cache-control")), (1, Some("public, max-age=2")));
        shop.get(path).header("If-None-Match", &shown.tag()).send().await.with_status(304);
        shop.get(&format!("{path}?page_size=1")).send().await.with_status(200);
        for (query, pointer) in [("page_size=0", "/page_size"), ("page_size=x", "/page_size"), ("cursor=x", "/cursor"), ("x=1", "/x")] {
            shop.get(&format!("{path}?{query}")).send().await.with_problem(400, "VALIDATION_FAILED").at(pointer);
        }
        shop.post(path).json(&json!({})).send().await.with_problem(405, "METHOD_NOT_ALLOWED");
    }
    shop.get("/v1/rankings/slowest").send().await.with_problem(404, "NOT_FOUND");
}
