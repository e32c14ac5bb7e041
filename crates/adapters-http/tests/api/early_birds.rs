//! Users who join before the sale opens.

use serde_json::{Value, json};

use crate::shop::{Shop, Visitor};

/// Adds a queue, and a concert with these schedules that uses it.
async fn a_concert(shop: &Shop, schedules: Value) -> String {
    let operator = shop.operator();
    let queue = shop.post("/v1/admin/queues").by(&operator).json(&json!({"name": "Presale"})).send().await.with_status(201).text("id");
    let body = json!({"name": "Presale", "host": "The House", "queue_id": queue, "schedules": schedules});
    shop.post("/v1/admin/concerts").by(&operator).json(&body).send().await.with_status(201).text("id")
}

fn a_schedule(sale_opens_at: &str) -> Value {
    let row = json!({"name": "A", "numbers": {"from": 1, "to": 20}});
    json!({
        "starts_at": "2026-12-24T20:00:00Z", "zone": "UTC", "sale_opens_at": sale_opens_at, "sale_closes_at": "2026-12-24T19:00:00Z",
        "seat_map": {"sections": [{"name": "Stalls", "price": 1_000, "rows": [row]}]},
    })
}

/// Returns the status and availability of Ada's queue token after a tick.
async fn after_a_tick(shop: &Shop, ada: &Visitor) -> (Value, Value) {
    let queues = shop.store.ports().catalogue.queues().await.expect("the queues");
    let queues: Vec<_> = queues.iter().map(|queue| queue.id()).collect();
    shop.scheduler.tick(&queues).await.expect("a tick");
    shop.room.refresh().await.expect("the notices");
    let token = ada.queue_token.as_deref().expect("a token");
    let seen = shop.get(&format!("/v1/queue-tokens/{token}")).by(ada).send().await.with_status(200);
    (seen.body["status"].clone(), seen.body["availability"].clone())
}

async fn ada_joins(shop: &Shop, concert: &str) -> Visitor {
    let user = shop.user("Ada").await;
    let joined = shop.post("/v1/queue-tokens").by(&user).json(&json!({"concert_id": concert})).send().await.with_status(201);
    Visitor { queue_token: Some(joined.text("token")), ..user }
}

#[actix_web::test]
async fn a_user_who_joins_before_the_sale_is_admitted_when_it_opens() {
    let shop = Shop::open().await;
    let schedules = json!([a_schedule("2026-11-21T21:00:00Z"), a_schedule("2026-11-22T21:00:00Z")]);
    let ada = ada_joins(&shop, &a_concert(&shop, schedules).await).await;
    let waiting = (json!("WAITING"), json!("SALE_NOT_OPEN"));
    assert_eq!(after_a_tick(&shop, &ada).await, waiting);
    shop.wait(3_599);
    assert_eq!(after_a_tick(&shop, &ada).await, waiting, "a second before the opening");
    shop.wait(1);
    assert_eq!(after_a_tick(&shop, &ada).await, (json!("ACTIVE"), Value::Null), "at the earlier of the two openings");
}

#[actix_web::test]
async fn a_concert_without_schedules_is_not_sold_out_and_admits_no_users() {
    let shop = Shop::open().await;
    let concert = a_concert(&shop, json!([])).await;
    let ada = ada_joins(&shop, &concert).await;
    assert_eq!(after_a_tick(&shop, &ada).await, (json!("WAITING"), json!("SALE_NOT_OPEN")));
    let add = format!("/v1/admin/concerts/{concert}/schedules");
    shop.post(&add).by(&shop.operator()).json(&a_schedule("2026-11-21T20:00:00Z")).send().await.with_status(201);
    assert_eq!(after_a_tick(&shop, &ada).await, (json!("ACTIVE"), Value::Null));
}
