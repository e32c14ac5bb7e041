//! `/v1/admin/concerts`: created, changed, cancelled.

use std::sync::Arc;

use application::ports::{MockAdminQueries, ReadError};
use serde_json::{Value, json};

use super::valid_requests::{a_map, a_schedule};
use crate::plan::Plan;
use crate::plan::{CONCERT, OTHER_CONCERT, QUEUE, SCHEDULE};
use crate::shop::{Shop, rand};

const CONCERTS: &str = "/v1/admin/concerts";

fn path() -> String {
    format!("{CONCERTS}/{}", CONCERT.0)
}

#[actix_web::test]
async fn a_concert_is_created_with_its_schedules_and_their_seats() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let (later, mut sooner) = (a_schedule(), a_schedule());
    sooner["starts_at"] = json!("2030-04-01T20:00:00Z");
    sooner["seat_map"] = a_map(1, 30);
    let body = json!({"name": "Gala", "host": "The House", "queue_id": QUEUE.0, "max_seats_per_user": 2, "schedules": [later, sooner]});
    let created = shop.post(CONCERTS).by(&operator).json(&body).send().await.with_status(201);
    let id = created.text("id");
    assert_eq!(created.header("location"), Some(format!("{CONCERTS}/{id}").as_str()));
    assert_eq!((created.tag().as_str(), created.header("cache-control")), ("\"1\"", Some("no-store")));
    assert_eq!(
        (&created.body["max_seats_per_user"], &created.body["queue_id"], &created.body["version"]),
        (&json!(2), &json!(QUEUE.0), &json!(1))
    );
    let first = &created.body["schedules"][0];
    let figures =
        json!({"seats": 30, "available": 30, "held": 0, "reserved": 0, "blocked": 0, "revenue": {"amount": 0, "currency": "KRW"}});
    assert_eq!((&first["starts_at"], &first["figures"], &first["concert_id"]), (&json!("2030-04-01T20:00:00Z"), &figures, &json!(id)));
    assert_eq!(created.body["schedules"][1]["figures"]["seats"], 0);
    let shown = shop.get(&format!("{CONCERTS}/{id}")).by(&operator).send().await.with_status(200);
    assert_eq!((shown.tag(), shown.body), (created.tag(), created.body));
    let public = shop.get(&format!("/v1/concerts/{id}")).send().await.with_status(200);
    assert_eq!(public.text("name"), "Gala");
}

#[actix_web::test]
async fn an_invalid_concert_is_refused_with_a_pointer_and_changes_nothing() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let with = |name: &str, value: Value| {
        let mut body = json!({"name": "Gala", "host": "The House", "schedules": [a_schedule(), a_schedule()]});
        *body.pointer_mut(name).expect("a member") = value;
        body
    };
    let schedules = |count: usize| json!({"name": "Gala", "host": "The House", "schedules": vec![a_schedule(); count]});
    let mut seated = a_schedule();
    seated["seat_map"] = json!({"sections": [{"name": "A", "rows": [{"name": "1", "numbers": {"from": 1, "to": 2}}]}]});
    let mut backwards = a_schedule();
    backwards["seat_map"] = a_map(2, 1);
    let mut unsold = a_schedule();
    unsold["sale_closes_at"] = unsold["sale_opens_at"].clone();
    let before = shop.store.rows();
    for (body, pointer) in [
        (json!({"host": "The House"}), "/name"),
        (json!({"name": "Gala"}), "/host"),
        (json!({"name": "Gala", "host": "x", "max_seats_per_user": 101}), "/max_seats_per_user"),
        (json!({"name": "Gala", "host": "x", "queue_id": uuid::Uuid::from_u128(rand())}), "/queue_id"),
        (with("/schedules/1/zone", json!("Mars Colony")), "/schedules/1/zone"),
        (with("/schedules/1/starts_at", json!("tomorrow")), "/schedules/1/starts_at"),
        (with("/schedules/1", unsold), "/schedules/1/sale_closes_at"),
        (with("/schedules/1", seated), "/schedules/1/seat_map/sections/0/rows/0/price"),
        (with("/schedules/1", backwards), "/schedules/1/seat_map/sections"),
        (schedules(101), "/schedules"),
    ] {
        shop.post(CONCERTS).by(&operator).json(&body).send().await.with_problem(400, "VALIDATION_FAILED").at(pointer);
    }
    let taken = json!({"id": CONCERT.0, "name": "Gala", "host": "The House"});
    shop.post(CONCERTS).by(&operator).json(&taken).send().await.with_problem(409, "ALREADY_EXISTS");
    shop.post(CONCERTS)
        .by(&operator)
        .json(&with("/schedules/1", {
            let mut schedule = a_schedule();
            schedule["id"] = json!(SCHEDULE.0);
            schedule
        }))
        .send()
        .await
        .with_problem(409, "ALREADY_EXISTS");
    assert!(shop.store.rows() == before);
    shop.post(CONCERTS).by(&operator).json(&schedules(100)).send().await.with_status(201);
}

#[actix_web::test]
async fn concerts_are_listed_in_pages() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let first = shop.get(&format!("{CONCERTS}?page_size=1")).by(&operator).send().await.with_status(200);
    assert_eq!(first.body["items"][0]["id"], CONCERT.0.to_string());
    assert_eq!(first.body["items"][0]["schedules"].as_array().map(Vec::len), Some(2));
    let rest = shop.get(&format!("{CONCERTS}?cursor={}", first.text("next_cursor"))).by(&operator).send().await.with_status(200);
    assert_eq!((&rest.body["items"][0]["id"], &rest.body["next_cursor"]), (&json!(OTHER_CONCERT.0), &Value::Null));
}

#[actix_web::test]
async fn the_queue_of_a_concert_is_not_changed_while_it_has_holds_or_tokens() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let change = async |tag: &str, body: Value| shop.patch(&path()).by(&operator).header("If-Match", tag).json(&body).send().await;
    let changed = change("\"1\"", json!({"name": "Gala", "max_seats_per_user": 1})).await.with_status(200);
    assert_eq!((changed.tag().as_str(), changed.text("name"), changed.text("host")), ("\"2\"", "Gala".into(), "The House".into()));
    change("\"1\"", json!({"name": "Late"})).await.with_problem(412, "PRECONDITION_FAILED");
    assert_eq!(change("\"2\"", json!({"max_seats_per_user": null})).await.with_status(200).body["max_seats_per_user"], Value::Null);
    shop.patch(&path()).by(&operator).json(&json!({"name": "x"})).send().await.with_problem(428, "PRECONDITION_REQUIRED");

    let ada = shop.admitted("Ada").await;
    let hold = shop.held(&ada, &[1]).await;
    let other = json!({"queue_id": domain::Queue::DEFAULT.0});
    assert_eq!(change("*", other.clone()).await.with_problem(409, "INVALID_STATE").text("current_state"), "HELD");
    shop.delete(&format!("/v1/reservations/{hold}")).by(&ada).send().await.with_status(204);
    let refused = change("*", other.clone()).await.with_problem(409, "INVALID_STATE");
    assert_eq!(refused.text("current_state"), "IN_USE", "Ada's active token could no longer hold seats");
    let token = ada.queue_token.clone().expect("a token");
    shop.delete(&format!("/v1/queue-tokens/{token}")).by(&ada).send().await.with_status(204);
    let bob = shop.waiting("Bob").await;
    assert_eq!(change("*", other.clone()).await.with_problem(409, "INVALID_STATE").text("current_state"), "IN_USE", "Bob waits");
    let token = bob.queue_token.clone().expect("a token");
    shop.delete(&format!("/v1/queue-tokens/{token}")).by(&bob).send().await.with_status(204);
    assert_eq!(change("*", other.clone()).await.with_status(200).body["queue_id"], other["queue_id"]);
    change("*", json!({"queue_id": null})).await.with_problem(400, "VALIDATION_FAILED").at("/queue_id");
}

#[actix_web::test]
async fn a_concert_is_cancelled_with_all_its_schedules() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let cancel = format!("{}:cancel", path());
    shop.post(&cancel).by(&operator).json(&json!({})).send().await.with_problem(400, "VALIDATION_FAILED").at("/reason");
    let reason = json!({"reason": "The roof leaks"});
    let cancelled = shop.post(&cancel).by(&operator).json(&reason).send().await.with_status(200);
    assert!(
        cancelled.body["schedules"]
            .as_array()
            .is_some_and(|schedules| schedules.len() == 2 && schedules.iter().all(|schedule| schedule["cancelled_at"].is_string()))
    );
    assert_eq!((&cancelled.body["cancellation_reason"], cancelled.tag().as_str()), (&reason["reason"], "\"2\""));
    let again = shop.post(&cancel).by(&operator).json(&reason).send().await.with_status(200);
    assert_eq!(again.body, cancelled.body);
    let late = json!({
        "starts_at": "2027-01-01T20:00:00Z", "zone": "UTC",
        "sale_opens_at": "2026-11-21T20:00:00Z", "sale_closes_at": "2027-01-01T19:00:00Z",
    });
    let refused = shop.post(&format!("{}/schedules", path())).by(&operator).json(&late).send().await;
    assert_eq!(refused.with_problem(409, "SCHEDULE_CANCELLED").text("reason"), "The roof leaks");
    let log = shop.get(&format!("/v1/admin/log?subject_id={}", CONCERT.0)).by(&operator).send().await.with_status(200);
    assert_eq!(log.body["items"].as_array().map(Vec::len), Some(1), "the second cancellation changed nothing");
    assert_eq!((&log.body["items"][0]["action"], &log.body["items"][0]["reason"]), (&json!("CANCEL"), &reason["reason"]));
}

#[actix_web::test]
async fn a_committed_change_is_reported_even_if_its_figures_are_unavailable() {
    let plan = Plan {
        ports: |ports| {
            let mut admin = MockAdminQueries::new();
            admin
                .expect_schedule_totals()
                .returning(|_, _| Err(ReadError::Unavailable("canceling statement due to statement timeout".into())));
            ports.admin = Arc::new(admin);
        },
        ..Plan::default()
    };
    let shop = plan.open().await;
    let operator = shop.operator();
    let mut schedule = a_schedule();
    schedule["seat_map"] = a_map(1, 30);
    let body = json!({"name": "Gala", "host": "The House", "schedules": [schedule]});
    let created = shop.post(CONCERTS).by(&operator).json(&body).send().await.with_status(201);
    assert_eq!(created.body["schedules"][0]["figures"]["available"], 30, "the figures of new schedules need no query");
    let concert = format!("{CONCERTS}/{}", created.text("id"));
    let schedule = format!("/v1/admin/schedules/{}", created.body["schedules"][0]["id"].as_str().unwrap());
    let added = shop.post(&format!("{concert}/schedules")).by(&operator).json(&a_schedule()).send().await.with_status(201);
    assert_eq!(added.body["figures"]["seats"], 0);
    let renamed = shop.patch(&concert).by(&operator).header("If-Match", "*").json(&json!({"name": "Ball"})).send().await.with_status(200);
    assert_eq!((renamed.text("name"), &renamed.body["schedules"][0]["figures"]), ("Ball".to_owned(), &Value::Null));
    let moved = json!({"starts_at": "2030-05-01T20:00:00Z"});
    let moved = shop.patch(&schedule).by(&operator).header("If-Match", "*").json(&moved).send().await.with_status(200);
    assert_eq!(moved.body["figures"], Value::Null);
    for (path, cancelled_at) in [(&schedule, "/cancelled_at"), (&concert, "/schedules/0/cancelled_at")] {
        let cancelled = shop.post(&format!("{path}:cancel")).by(&operator).json(&json!({"reason": "Rain"})).send().await.with_status(200);
        assert_ne!(cancelled.body.pointer(cancelled_at), Some(&Value::Null));
    }
    shop.get(&concert).by(&operator).send().await.with_problem(503, "UNAVAILABLE");
}
