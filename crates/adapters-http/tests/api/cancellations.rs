//! Cancelled schedules, as buyers see them.

use serde_json::{Value, json};

use crate::plan::{CONCERT, LATER_SCHEDULE, SCHEDULE};
use crate::shop::{Shop, Visitor};

const REASON: &str = "The singer has a cold";

impl Shop {
    async fn cancel(&self, target: &str) {
        let body = json!({"reason": REASON});
        self.post(&format!("/v1/admin/{target}:cancel")).by(&self.operator()).json(&body).send().await.with_status(200);
    }

    async fn seats(&self, visitor: &Visitor) -> (Value, String) {
        let map = self.get(&format!("/v1/schedules/{}/seats", SCHEDULE.0)).by(visitor).send().await.with_status(200);
        let count = |status: &str| map.body["seats"].as_array().expect("seats").iter().filter(|seat| seat["status"] == status).count();
        (json!([map.body["available"], count("AVAILABLE"), count("HELD"), count("RESERVED")]), map.tag())
    }
}

#[actix_web::test]
async fn a_hold_of_a_cancelled_schedule_is_treated_as_expired() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.funded("Ada", 500_000).await, shop.funded("Bob", 500_000).await);
    let sold = shop.held(&bob, &[1]).await;
    shop.pay(&bob, "pay", &sold).await.with_status(201);
    let held = shop.hold(&ada, "hold", &[2, 3]).await.with_status(201);
    let (before, tag) = shop.seats(&ada).await;
    assert_eq!(before, json!([7, 7, 2, 1]));
    shop.wait(60);
    shop.cancel(&format!("schedules/{}", SCHEDULE.0)).await;
    shop.wait(1);

    let refused = shop.pay(&ada, "late", &held.text("id")).await.with_problem(409, "SCHEDULE_CANCELLED");
    assert_eq!(refused.text("reason"), REASON);
    assert_eq!(shop.get("/v1/wallet").by(&ada).send().await.body["balance"]["amount"], 500_000, "no money was taken");
    shop.hold(&ada, "again", &[2, 3]).await.with_problem(409, "SCHEDULE_CANCELLED");
    let (after, new_tag) = shop.seats(&ada).await;
    assert_eq!(after, json!([9, 9, 0, 1]));
    assert_ne!(tag, new_tag);

    let schedule = json!({
        "id": SCHEDULE.0, "concert_id": CONCERT.0, "starts_at": "2026-11-28T20:00:00Z", "zone": "Asia/Seoul",
        "concert": {"id": CONCERT.0, "name": "A Night at the Club", "host": "The House"}, "venue": null, "state": "CANCELLED",
        "cancelled_at": "2026-11-21T20:01:00Z", "cancellation_reason": REASON,
    });
    let seen = shop.get(&format!("/v1/reservations/{}", held.text("id"))).by(&ada).send().await.with_status(200);
    let listed = shop.get("/v1/reservations").by(&ada).send().await.with_status(200);
    assert_eq!(listed.body["items"][0], seen.body);
    assert_eq!((&seen.body["status"], &seen.body["cancelled_reason"]), (&json!("CANCELLED"), &json!("EXPIRED")));
    assert_eq!((&seen.body["expires_at"], &seen.body["expires_in_seconds"]), (&json!("2026-11-21T20:01:00Z"), &Value::Null));
    assert_eq!(seen.body["schedule"], schedule);
    let bobs = shop.get(&format!("/v1/reservations/{sold}")).by(&bob).send().await.with_status(200);
    assert_eq!(
        (&bobs.body["status"], &bobs.body["schedule"]),
        (&json!("CONFIRMED"), &schedule),
        "a paid reservation stays confirmed until it is refunded"
    );

    let again = shop.hold(&ada, "hold", &[2, 3]).await.with_status(201);
    assert_eq!(
        (again.header("idempotency-replayed"), &again.body),
        (Some("true"), &held.body),
        "the replay is the first response, unchanged"
    );
    shop.scheduler.sweep().await.expect("a sweep");
    assert_eq!(shop.seats(&ada).await.0, after, "the rows agree");
    let tidied = shop.get(&format!("/v1/reservations/{}", held.text("id"))).by(&ada).send().await.with_status(200);
    assert_eq!(tidied.body, seen.body);
    shop.pay(&ada, "later", &held.text("id")).await.with_problem(409, "SCHEDULE_CANCELLED");
    shop.delete(&format!("/v1/reservations/{}", held.text("id"))).by(&ada).send().await.with_status(204);
}

#[actix_web::test]
async fn buyers_see_which_schedules_are_cancelled_and_why() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    shop.cancel(&format!("schedules/{}", SCHEDULE.0)).await;
    let schedules = shop.get(&format!("/v1/concerts/{}/schedules", CONCERT.0)).by(&ada).send().await.with_status(200).body;
    let cancellation =
        |index: usize| (schedules["items"][index]["cancelled_at"].clone(), schedules["items"][index]["cancellation_reason"].clone());
    assert_eq!(cancellation(0), (json!("2026-11-21T20:00:00Z"), json!(REASON)));
    assert_eq!(cancellation(1), (Value::Null, Value::Null));
    assert_eq!((&schedules["items"][0]["id"], &schedules["items"][0]["on_sale"]), (&json!(SCHEDULE.0), &json!(false)));
    assert_eq!(schedules["items"][1]["id"], json!(LATER_SCHEDULE.0));
}

#[actix_web::test]
async fn joining_for_a_cancelled_concert_is_refused() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.user("Ada").await, shop.waiting("Bob").await);
    let join = async || shop.post("/v1/queue-tokens").by(&ada).json(&json!({"concert_id": CONCERT.0})).send().await;
    let availability = async || {
        shop.room.refresh().await.expect("the notices");
        let token = bob.queue_token.clone().expect("a token");
        shop.get(&format!("/v1/queue-tokens/{token}")).by(&bob).send().await.with_status(200).text("availability")
    };
    shop.cancel(&format!("schedules/{}", SCHEDULE.0)).await;
    let left = shop.post("/v1/queue-tokens").by(&shop.user("Cid").await).json(&json!({"concert_id": CONCERT.0})).send().await;
    left.with_status(201);
    assert_eq!(availability().await, "SALE_NOT_OPEN", "a later schedule is not cancelled");

    shop.cancel(&format!("concerts/{}", CONCERT.0)).await;
    assert_eq!(join().await.with_problem(409, "SCHEDULE_CANCELLED").text("reason"), REASON);
    assert_eq!(availability().await, "CANCELLED");
    let concert = shop.get(&format!("/v1/concerts/{}", CONCERT.0)).send().await.with_status(200);
    assert_eq!((&concert.body["cancelled_at"], &concert.body["cancellation_reason"]), (&json!("2026-11-21T20:00:00Z"), &json!(REASON)));
    shop.tick().await;
    let waiting = shop.get(&format!("/v1/queue-tokens/{}", bob.queue_token.clone().expect("a token"))).by(&bob).send().await;
    assert_eq!(waiting.with_status(200).body["status"], "WAITING");
    assert_eq!(shop.post("/v1/queue-tokens").by(&ada).json(&json!({})).send().await.with_status(201).body["concert_id"], Value::Null);
}
