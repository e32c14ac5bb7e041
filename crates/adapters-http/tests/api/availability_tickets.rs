//! Stream tickets of availability: the stream of a schedule's seats for clients that can't send tokens.

use std::time::Duration;

use actix_web::test::TestRequest;
use adapters_http::{AvailabilitySettings, HttpSettings, StreamSettings};
use serde_json::json;

use crate::events::{Frame, open};
use crate::plan::{LATER_SCHEDULE, Plan, SCHEDULE};
use crate::shop::{Shop, Visitor};

fn tickets_path() -> String {
    format!("/v1/schedules/{}/availability/stream-tickets", SCHEDULE.0)
}

/// Opens a shop that sends events often, and whose tickets are valid for a minute.
async fn a_shop() -> Shop {
    let plan = Plan::default();
    let (render_interval, event_interval) = (Duration::ZERO, Duration::from_millis(20));
    let availability = AvailabilitySettings { render_interval, event_interval, ..AvailabilitySettings::default() };
    let streams = StreamSettings { ticket_lifetime: Duration::from_mins(1), ..StreamSettings::default() };
    let settings = HttpSettings { availability, streams, ..plan.settings.clone() };
    Plan { settings, ..plan }.open().await
}

/// Creates a ticket and returns the URL of its stream.
async fn ticket(shop: &Shop, visitor: &Visitor) -> String {
    shop.post(&tickets_path()).by(visitor).send().await.with_status(201).text("url")
}

#[actix_web::test]
async fn a_ticket_opens_the_stream_without_any_header_and_discloses_nothing() {
    let shop = a_shop().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    let created = shop.post(&tickets_path()).by(&ada).send().await.with_status(201);
    assert_eq!((created.header("cache-control"), &created.body["expires_in_seconds"]), (Some("no-store"), &json!(60)));
    let url = created.text("url");
    assert!(url.starts_with(&format!("/v1/streams/availability/{}/", SCHEDULE.0)), "{url}");
    for secret in [ada.queue_token.clone().expect("a token"), ada.id.0.to_string()] {
        assert!(!url.contains(&secret) && !url.contains(&secret.replace('-', "")), "{url}");
    }

    let mut events = open(&shop, TestRequest::with_uri(&url)).await;
    let (name, first, whole) = events.event().await;
    assert_eq!((name.as_str(), &whole["bits"]), ("availability", &json!("AAAA")));
    shop.held(&bob, &[4]).await;
    assert_eq!(events.event().await.2["changes"], json!({"HELD": "Aw=="}));
    let mut resumed = open(&shop, TestRequest::with_uri(&url).append_header(("Last-Event-ID", first))).await;
    assert_eq!(resumed.event().await.2["changes"], json!({"HELD": "Aw=="}), "the changes since the last event");
}

#[actix_web::test]
async fn the_stream_ends_with_the_queue_token_and_cannot_be_opened_again() {
    let shop = a_shop().await;
    let ada = shop.admitted("Ada").await;
    let url = ticket(&shop, &ada).await;
    let mut events = open(&shop, TestRequest::with_uri(&url)).await;
    events.event().await;
    let token = format!("/v1/queue-tokens/{}", ada.queue_token.as_deref().expect("a token"));
    shop.delete(&token).by(&ada).send().await.with_status(204);
    assert_eq!(events.next().await, Frame::End);
    shop.get(&url).send().await.with_problem(410, "QUEUE_TOKEN_EXPIRED");
}

#[actix_web::test]
async fn only_an_active_user_gets_a_ticket() {
    let shop = a_shop().await;
    let (ada, waiting) = (shop.admitted("Ada").await, shop.waiting("Wim").await);
    let refused = shop.post(&tickets_path()).by(&waiting).send().await.with_problem(403, "QUEUE_TOKEN_NOT_ACTIVE");
    assert!(refused.body["position"].is_number());
    let without = Visitor { queue_token: None, ..ada.clone() };
    shop.post(&tickets_path()).by(&without).send().await.with_problem(403, "QUEUE_TOKEN_REQUIRED");
    let of_another = Visitor { queue_token: ada.queue_token.clone(), ..waiting };
    shop.post(&tickets_path()).by(&of_another).send().await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
    shop.post(&tickets_path().replace(&SCHEDULE.0.to_string(), "x")).by(&ada).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn a_ticket_opens_the_stream_of_its_schedule_only_and_expires() {
    let shop = a_shop().await;
    let ada = shop.admitted("Ada").await;
    let url = ticket(&shop, &ada).await;
    let text = url.rsplit('/').next().expect("a ticket");
    let of_the_queue = format!("/v1/queue-tokens/{}/stream-tickets", ada.queue_token.as_deref().expect("a token"));
    let of_the_queue = shop.post(&of_the_queue).by(&ada).send().await.with_status(201).text("url");
    let other_text = of_the_queue.rsplit('/').next().expect("a ticket");
    for invalid in [
        url.replace(&SCHEDULE.0.to_string(), &LATER_SCHEDULE.0.to_string()),
        url.replace(&SCHEDULE.0.to_string(), "x"),
        url.replace(text, other_text),
        of_the_queue.replace(other_text, text),
        format!("{url}A"),
    ] {
        shop.get(&invalid).send().await.with_problem(404, "NOT_FOUND");
    }
    shop.get(&url).header("Accept", "application/json").send().await.with_problem(406, "NOT_ACCEPTABLE");
    shop.wait(59);
    open(&shop, TestRequest::with_uri(&url)).await.event().await;
    shop.wait(1);
    let expired = shop.get(&url).send().await.with_problem(404, "NOT_FOUND");
    assert!(expired.text("detail").contains("stream ticket"), "{}", expired.body);
}
