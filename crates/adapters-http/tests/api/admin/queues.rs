//! `/v1/admin/queues`: created, changed, operated.

use std::sync::Arc;

use application::ports::{MockAdminQueries, ReadError};
use serde_json::{Value, json};

use crate::plan::{Plan, QUEUE};
use crate::shop::{Shop, rand};

const QUEUES: &str = "/v1/admin/queues";

fn path() -> String {
    format!("{QUEUES}/{}", QUEUE.0)
}

#[actix_web::test]
async fn a_queue_is_created_with_its_overrides_and_the_default_policy() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let body = json!({"name": " Matinees ", "policy": {"capacity": 7, "claim_seconds": 30}, "message": "Doors at eight"});
    let created = shop.post(QUEUES).by(&operator).json(&body).send().await.with_status(201);
    let id = created.text("id");
    assert_eq!(created.header("location"), Some(format!("{QUEUES}/{id}").as_str()));
    assert_eq!((created.tag().as_str(), created.header("cache-control")), ("\"1\"", Some("no-store")));
    let policy = json!({"capacity": 7, "batch": 50, "active_seconds": 600, "claim_seconds": 30, "max_waiting": null});
    let overrides = json!({"capacity": 7, "batch": null, "active_seconds": null, "claim_seconds": 30, "max_waiting": null});
    let figures = json!({
        "waiting": 0, "active": 0, "admitted": 0, "no_shows": 0, "rate": null,
        "estimated_wait": {"known": false, "p50_seconds": null, "p90_seconds": null},
    });
    let expected = json!({
        "id": id, "name": "Matinees", "state": "OPEN", "policy": policy, "overrides": overrides, "message": "Doors at eight",
        "version": 1, "figures": figures,
    });
    assert_eq!(created.body, expected);

    let shown = shop.get(&format!("{QUEUES}/{id}")).by(&operator).send().await.with_status(200);
    assert_eq!((shown.tag(), &shown.body), (created.tag(), &created.body));
    let all = shop.get(QUEUES).by(&operator).send().await.with_status(200);
    assert_eq!((all.body["items"].as_array().map(Vec::len), &all.body["next_cursor"]), (Some(3), &Value::Null));
    assert!(all.body["items"].as_array().is_some_and(|items| items.contains(&created.body)));
}

#[actix_web::test]
async fn a_queue_is_created_once_per_id() {
    let shop = Shop::open().await;
    let (operator, id) = (shop.operator(), uuid::Uuid::from_u128(rand()));
    let body = json!({"id": id, "name": "Matinees"});
    assert_eq!(shop.post(QUEUES).by(&operator).json(&body).send().await.with_status(201).text("id"), id.to_string());
    let again = shop.post(QUEUES).by(&operator).json(&body).send().await.with_problem(409, "ALREADY_EXISTS");
    assert_eq!(again.text("id"), id.to_string());
}

#[actix_web::test]
async fn an_invalid_queue_is_refused_with_a_pointer() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    for (body, pointer) in [
        (json!({}), "/name"),
        (json!({"name": "x".repeat(201)}), "/name"),
        (json!({"name": "x", "message": ""}), "/message"),
        (json!({"name": "x", "policy": {"batch": 0}}), "/policy/batch"),
        (json!({"name": "x", "policy": {"capacity": 10_000_001}}), "/policy/capacity"),
        (json!({"name": "x", "policy": {"active_seconds": 86_401}}), "/policy/active_seconds"),
        (json!({"name": "x", "policy": {"claim_seconds": -1}}), "/policy/claim_seconds"),
        (json!({"name": "x", "policy": {"speed": 1}}), "/policy/speed"),
        (json!({"name": "x", "state": "CLOSED"}), "/state"),
    ] {
        shop.post(QUEUES).by(&operator).json(&body).send().await.with_problem(400, "VALIDATION_FAILED").at(pointer);
    }
}

#[actix_web::test]
async fn a_change_keeps_omitted_members_and_clears_null_ones() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let change = async |tag: &str, body: Value| shop.patch(&path()).by(&operator).header("If-Match", tag).json(&body).send().await;
    let set = change("\"1\"", json!({"policy": {"capacity": 3, "batch": 2}})).await.with_status(200);
    assert_eq!((set.tag().as_str(), &set.body["name"], &set.body["message"]), ("\"2\"", &json!("Club"), &json!("Doors at eight")));
    assert_eq!((&set.body["policy"]["capacity"], &set.body["policy"]["batch"]), (&json!(3), &json!(2)));

    let cleared = change("\"2\"", json!({"name": "Club night", "policy": {"capacity": null}, "message": null})).await.with_status(200);
    assert_eq!((&cleared.body["name"], &cleared.body["message"]), (&json!("Club night"), &Value::Null));
    assert_eq!((&cleared.body["policy"]["capacity"], &cleared.body["overrides"]["capacity"]), (&json!(100), &Value::Null));
    assert_eq!(cleared.body["policy"]["batch"], 2);

    let same = change("\"3\"", json!({})).await.with_status(200);
    assert_eq!((same.tag().as_str(), &same.body), ("\"3\"", &cleared.body), "nothing changed");
    for body in [json!({"name": null}), json!({"policy": null})] {
        change("\"3\"", body).await.with_problem(400, "VALIDATION_FAILED");
    }
    assert_eq!(change("*", json!({"message": "Soon"})).await.with_status(200).tag(), "\"4\"");
}

#[actix_web::test]
async fn a_change_requires_the_current_version() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let body = json!({"name": "Mine"});
    shop.patch(&path()).by(&operator).json(&body).send().await.with_problem(428, "PRECONDITION_REQUIRED");
    shop.patch(&path())
        .by(&operator)
        .header("If-Match", "1")
        .json(&body)
        .send()
        .await
        .with_problem(400, "VALIDATION_FAILED")
        .at("/If-Match");
    for other in ["\"2\"", "W/\"2\"", "\"x\""] {
        let refused = shop.patch(&path()).by(&operator).header("If-Match", other).json(&body).send().await;
        assert_eq!(refused.with_problem(412, "PRECONDITION_FAILED").tag(), "\"1\"", "the current version");
    }
    // The tag as changed by a proxy that compresses the response.
    for (tag, after) in [("W/\"1\"", "\"2\""), ("\"2-gzip\"", "\"3\"")] {
        let body = json!({"name": format!("Mine, after {tag}")});
        let changed = shop.patch(&path()).by(&operator).header("If-Match", tag).json(&body).send().await.with_status(200);
        assert_eq!(changed.tag(), after);
    }
    let unknown = format!("{QUEUES}/{}", uuid::Uuid::from_u128(rand()));
    shop.patch(&unknown).by(&operator).header("If-Match", "*").json(&body).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn a_queue_changes_its_state_on_each_step() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let step = async |verb: &str| shop.post(&format!("{}:{verb}", path())).by(&operator).send().await;
    for (verb, state, tag) in [
        ("resume", "OPEN", "\"1\""),
        ("pause", "PAUSED", "\"2\""),
        ("pause", "PAUSED", "\"2\""),
        ("resume", "OPEN", "\"3\""),
        ("close", "CLOSED", "\"4\""),
    ] {
        let answer = step(verb).await.with_status(200);
        assert_eq!((answer.text("state").as_str(), answer.tag().as_str()), (state, tag), "{verb}");
    }
    for verb in ["pause", "resume"] {
        assert_eq!(step(verb).await.with_problem(409, "INVALID_STATE").text("current_state"), "CLOSED");
    }
    assert_eq!(step("open").await.with_status(200).text("state"), "OPEN");
    step("dance").await.with_problem(404, "NOT_FOUND");
    let wrong = shop.get(&format!("{}:pause", path())).by(&operator).send().await.with_problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(wrong.header("allow"), Some("POST"));
    let wrong = shop.post(&path()).by(&operator).send().await.with_problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(wrong.header("allow"), Some("GET, HEAD, PATCH"));
}

#[actix_web::test]
async fn users_are_admitted_manually_in_queue_order_unless_the_queue_is_paused() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let waiting = [shop.waiting("Ada").await, shop.waiting("Bob").await, shop.waiting("Cid").await];
    let admit = async |count: u32| {
        let request = shop.post(&format!("{}:admit", path())).by(&operator).key(&format!("admit-{}", rand()));
        request.json(&json!({"count": count})).send().await
    };
    assert_eq!(admit(2).await.with_status(200).body, json!({"admitted": 2}));
    for (visitor, status) in waiting.iter().zip(["ACTIVE", "ACTIVE", "WAITING"]) {
        let token = visitor.queue_token.as_deref().expect("a token");
        let shown = shop.get(&format!("/v1/queue-tokens/{token}")).by(visitor).send().await;
        assert_eq!(shown.text("status"), status);
    }
    let figures = shop.get(&path()).by(&operator).send().await.with_status(200).body["figures"].clone();
    assert_eq!((&figures["waiting"], &figures["active"], &figures["admitted"]), (&json!(1), &json!(2), &json!(2)));

    shop.post(&format!("{}:pause", path())).by(&operator).send().await.with_status(200);
    assert_eq!(admit(1).await.with_problem(409, "INVALID_STATE").text("current_state"), "PAUSED");
    shop.post(&format!("{}:resume", path())).by(&operator).send().await.with_status(200);
    assert_eq!(admit(10_000).await.with_status(200).body, json!({"admitted": 1}));
    assert_eq!(admit(10_000).await.with_status(200).body, json!({"admitted": 0}));
    for count in [0, 10_001] {
        admit(count).await.with_problem(400, "VALIDATION_FAILED").at("/count");
    }
}

#[actix_web::test]
async fn a_repeated_admission_admits_no_further_users() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    for name in ["Ada", "Bob", "Cid"] {
        shop.waiting(name).await;
    }
    let admit = async |key: &str, count: u32| {
        shop.post(&format!("{}:admit", path())).by(&operator).key(key).json(&json!({"count": count})).send().await
    };
    let first = admit("now", 1).await.with_status(200);
    assert_eq!((&first.body, first.header("idempotency-replayed")), (&json!({"admitted": 1}), None));
    let again = admit("now", 1).await.with_status(200);
    assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, Some("true")));
    let active = async || shop.get(&path()).by(&operator).send().await.with_status(200).body["figures"]["active"].clone();
    assert_eq!(active().await, 1);
    admit("now", 2).await.with_problem(422, "IDEMPOTENCY_KEY_REUSED");
    let unkeyed = shop.post(&format!("{}:admit", path())).by(&operator).json(&json!({"count": 1})).send().await;
    unkeyed.with_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    assert_eq!(active().await, 1);
    assert_eq!(admit("later", 1).await.with_status(200).body, json!({"admitted": 1}));
}

#[actix_web::test]
async fn a_committed_change_is_reported_even_if_token_totals_are_unavailable() {
    let plan = Plan {
        ports: |ports| {
            let mut admin = MockAdminQueries::new();
            admin.expect_queue_totals().returning(|_| Err(ReadError::Unavailable("canceling statement due to statement timeout".into())));
            ports.admin = Arc::new(admin);
        },
        ..Plan::default()
    };
    let shop = plan.open().await;
    let operator = shop.operator();
    for (step, state) in [("pause", "PAUSED"), ("resume", "OPEN"), ("close", "CLOSED"), ("open", "OPEN")] {
        let taken = shop.post(&format!("{}:{step}", path())).by(&operator).send().await.with_status(200);
        assert_eq!(taken.text("state"), state);
        assert_eq!((&taken.body["figures"]["admitted"], &taken.body["figures"]["no_shows"]), (&Value::Null, &Value::Null));
        assert_eq!(taken.body["figures"]["waiting"], 0, "figures that are in memory are present");
    }
    let changed = shop.patch(&path()).by(&operator).header("If-Match", "*").json(&json!({"name": "Stadium"})).send().await.with_status(200);
    assert_eq!((changed.text("name"), &changed.body["figures"]["admitted"]), ("Stadium".to_owned(), &Value::Null));
    shop.post(QUEUES).by(&operator).json(&json!({"name": "Arena"})).send().await.with_status(201);
    shop.get(&path()).by(&operator).send().await.with_problem(503, "UNAVAILABLE");
}
