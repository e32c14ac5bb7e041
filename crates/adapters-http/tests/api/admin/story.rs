//! An on-sale as operators run it: planned, operated, cancelled, refunded.

use std::time::Instant;

use serde_json::{Value, json};

use super::valid_requests::{a_map, a_schedule};
use crate::shop::{Shop, Visitor, rand};

const SEATS: u32 = 50_000;

/// Admits the next user of the queue manually.
async fn admit_next(shop: &Shop, operator: &Visitor, queue: &str) {
    let admission = shop.post(&format!("/v1/admin/queues/{queue}:admit")).by(operator).key(&format!("admit-{}", rand()));
    let admitted = admission.json(&json!({"count": 1})).send().await;
    assert_eq!(admitted.with_status(200).body, json!({"admitted": 1}));
}

/// Registers a user who is admitted to the concert.
async fn active_user(shop: &Shop, operator: &Visitor, name: &str, concert: &str, queue: &str) -> Visitor {
    let user = shop.user(name).await;
    let joined = shop.post("/v1/queue-tokens").by(&user).json(&json!({"concert_id": concert})).send().await.with_status(201);
    admit_next(shop, operator, queue).await;
    Visitor { queue_token: Some(joined.text("token")), ..user }
}

#[actix_web::test]
async fn an_operator_plans_a_large_concert_runs_its_sale_and_cancels_it() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let post = async |path: &str, body: Value| shop.post(path).by(&operator).json(&body).send().await;

    let queue = post("/v1/admin/queues", json!({"name": "Stadium", "policy": {"capacity": 10}})).await.with_status(201).text("id");
    let mut schedule = a_schedule();
    schedule["seat_map"] = a_map(1, SEATS);
    let concert = json!({"name": "Stadium night", "host": "The House", "queue_id": queue, "schedules": [schedule]});
    let start = Instant::now();
    let created = post("/v1/admin/concerts", concert).await.with_status(201);
    println!("{SEATS} seats created in {:?}", start.elapsed());
    let (concert, schedule) = (created.text("id"), created.body["schedules"][0]["id"].as_str().expect("an id").to_owned());
    assert_eq!(created.body["schedules"][0]["figures"]["available"], SEATS);

    let map = format!("/v1/admin/schedules/{schedule}/seat-map");
    let shown = shop.get(&map).by(&operator).send().await.with_status(200);
    assert_eq!(shown.body, a_map(1, SEATS));
    let again = shop.put(&map).by(&operator).json(&shown.body).send().await.with_status(200);
    assert_eq!(again.body, json!({"created": 0, "changed": 0, "unchanged": SEATS}));

    let ada = active_user(&shop, &operator, "Ada", &concert, &queue).await;
    shop.charge(&ada, 200_000).await.with_status(201);
    let hold = async |visitor: &Visitor, key: &str, seats: &[u32]| {
        let body = json!({"schedule_id": schedule, "seat_numbers": seats});
        shop.post("/v1/reservations").by(visitor).key(key).json(&body).send().await
    };
    let adas = hold(&ada, "hold", &[1, SEATS]).await.with_status(201).text("id");
    shop.pay(&ada, "pay", &adas).await.with_status(201);
    let bob = active_user(&shop, &operator, "Bob", &concert, &queue).await;
    let bobs = hold(&bob, "hold", &[3]).await.with_status(201).text("id");

    let schedule = format!("/v1/admin/schedules/{schedule}");
    let block = json!({"seat_numbers": [3, 4], "reason": "The view"});
    post(&format!("{schedule}/seats:block"), block.clone()).await.with_problem(409, "SEAT_UNAVAILABLE");
    post(&format!("/v1/admin/reservations/{bobs}:release"), json!({})).await.with_status(200);
    assert_eq!(post(&format!("{schedule}/seats:block"), block).await.with_status(200).body, json!({"changed": 2}));
    hold(&bob, "again", &[4]).await.with_problem(409, "SEAT_UNAVAILABLE");
    hold(&bob, "another", &[5]).await.with_status(201);

    post(&format!("{schedule}:cancel"), json!({"reason": "The singer has a cold"})).await.with_status(200);
    hold(&ada, "late", &[6]).await.with_problem(410, "QUEUE_TOKEN_EXPIRED");
    let done = post(&format!("{schedule}:refund-all"), json!({})).await.with_status(200);
    assert_eq!(done.body, json!({"released": 1, "refunded": 1, "remaining": 0}));
    let wallet = shop.get("/v1/wallet").by(&ada).send().await.with_status(200);
    assert_eq!(wallet.body["balance"]["amount"], 200_000);
    let figures = shop.get(&schedule).by(&operator).send().await.with_status(200).body["figures"].clone();
    let nothing = json!({"amount": 0, "currency": "KRW"});
    assert_eq!(figures, json!({"seats": SEATS, "available": SEATS - 2, "held": 0, "reserved": 0, "blocked": 2, "revenue": nothing}));

    let log = shop.get("/v1/admin/log").by(&operator).send().await.with_status(200);
    let mut actions: Vec<_> =
        log.body["items"].as_array().expect("items").iter().map(|audit_entry| audit_entry["action"].as_str().expect("an action")).collect();
    // The last two were committed at once, in either order.
    actions[..2].sort_unstable();
    assert_eq!(actions, ["REFUND", "RELEASE", "CANCEL", "BLOCK", "RELEASE", "ADMIT", "ADMIT", "CREATE", "CREATE"]);
    let audit = super::audit::run(&shop, &operator).await;
    assert_eq!(audit.body["holds"], true, "{}", audit.body);
}
