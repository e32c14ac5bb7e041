//! Stream tickets: event streams for clients that can't send an access token.

use std::time::Duration;

use actix_web::test::TestRequest;
use adapters_http::{HttpSettings, LimitSettings, Rate, StreamSettings};
use serde_json::json;

use crate::events::{a_shop_with, change_queue, open, request};
use crate::plan::Plan;
use crate::shop::{Shop, Visitor};

fn tickets_path(visitor: &Visitor) -> String {
    format!("/v1/queue-tokens/{}/stream-tickets", visitor.queue_token.as_deref().expect("a token"))
}

/// Creates a ticket and returns the URL of its stream.
async fn ticket(shop: &Shop, visitor: &Visitor) -> String {
    shop.post(&tickets_path(visitor)).by(visitor).send().await.with_status(201).text("url")
}

#[actix_web::test]
async fn a_ticket_is_the_url_of_a_stream_and_discloses_nothing() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let ticket = shop.post(&tickets_path(&ada)).by(&ada).send().await.with_status(201);
    assert_eq!(ticket.header("cache-control"), Some("no-store"));
    assert_eq!((&ticket.body["expires_at"], &ticket.body["expires_in_seconds"]), (&json!("2026-11-22T20:00:00Z"), &json!(86_400)));
    let url = ticket.text("url");
    assert!(url.starts_with("/v1/streams/queue-tokens/"), "{url}");
    for secret in [ada.queue_token.clone().expect("a token"), ada.id.0.to_string()] {
        assert!(!url.contains(&secret) && !url.contains(&secret.replace('-', "")), "{url}");
    }
}

#[actix_web::test]
async fn the_stream_of_a_ticket_has_the_same_events_without_the_secret_token() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let url = ticket(&shop, &ada).await;
    let (mut by_ticket, mut by_token) = (open(&shop, TestRequest::with_uri(&url)).await, open(&shop, request(&ada)).await);
    for step in ["position", "activated", "expired"] {
        let ((name, id, data), (same_name, same_id, mut with_token)) = (by_ticket.event().await, by_token.event().await);
        assert_eq!((name.as_str(), &id), (step, &same_id));
        assert_eq!(name, same_name);
        let token = with_token.as_object_mut().expect("an object").remove("token");
        assert_eq!(token, Some(json!(ada.queue_token)));
        assert_eq!(data, with_token);
        match step {
            "position" => shop.tick().await,
            "activated" => {
                let path = tickets_path(&ada).replace("/stream-tickets", "");
                shop.delete(&path).by(&ada).send().await.with_status(204);
            }
            _ => {}
        }
    }
}

#[actix_web::test]
async fn a_ticket_can_be_used_again_until_the_token_has_ended() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let url = ticket(&shop, &ada).await;
    let (_, waiting, _) = open(&shop, TestRequest::with_uri(&url)).await.event().await;
    shop.tick().await;
    change_queue(&shop, "pause").await;
    let again = || TestRequest::with_uri(&url).append_header(("Last-Event-ID", waiting.as_str()));
    let mut stream = open(&shop, again()).await;
    assert_eq!(stream.event().await.0, "activated");
    assert_eq!(stream.queue().await.1["state"], "PAUSED");
    shop.wait(120);
    let mut stream = open(&shop, again()).await;
    let (name, expired, _) = stream.event().await;
    assert_eq!(name, "expired");
    let request = TestRequest::with_uri(&url).append_header(("Last-Event-ID", expired.as_str()));
    assert_eq!((shop.send)(request).await.expect("a response").status(), 204, "the browser must not reconnect");
}

#[actix_web::test]
async fn a_ticket_opens_its_stream_only_and_expires() {
    let shop = a_shop_with(StreamSettings { ticket_lifetime: Duration::from_mins(1), ..StreamSettings::default() }).await;
    let ada = shop.waiting("Ada").await;
    let url = ticket(&shop, &ada).await;
    let text = url.rsplit('/').next().expect("a ticket");
    let bearer = format!("Bearer {text}");
    shop.get("/v1/users/me").header("Authorization", &bearer).send().await.with_problem(401, "UNAUTHENTICATED");
    shop.get(&format!("/v1/queue-tokens/{text}")).by(&ada).send().await.with_problem(404, "NOT_FOUND");
    shop.get(&url).header("Accept", "application/json").send().await.with_problem(406, "NOT_ACCEPTABLE");
    for invalid in ["x".to_owned(), format!("{text}A"), text[1..].to_owned(), text.to_lowercase(), ada.access_token.clone()] {
        let refused = shop.get(&format!("/v1/streams/queue-tokens/{invalid}")).send().await.with_problem(404, "NOT_FOUND");
        assert!(refused.text("detail").contains("stream ticket"), "{}", refused.body);
    }
    shop.wait(59);
    open(&shop, TestRequest::with_uri(&url)).await.event().await;
    shop.wait(1);
    shop.get(&url).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn only_the_user_of_a_token_gets_a_ticket() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.waiting("Ada").await, shop.waiting("Bob").await);
    shop.post(&tickets_path(&ada)).by(&bob).send().await.with_problem(404, "NOT_FOUND");
    shop.post(&tickets_path(&ada)).send().await.with_problem(401, "UNAUTHENTICATED");
    shop.post("/v1/queue-tokens/x/stream-tickets").by(&ada).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn requests_with_a_ticket_count_toward_the_limits_of_its_user() {
    let plan = Plan::default();
    let few = Some(Rate { per_minute: 1.try_into().expect("positive"), burst: 3.try_into().expect("positive") });
    let limits = LimitSettings { per_user: few, ..plan.settings.limits.clone() };
    let settings = HttpSettings { limits, ..plan.settings.clone() };
    let shop = Plan { settings, ..plan }.open().await;
    // The join and the ticket are two requests of the user.
    let ada = shop.waiting("Ada").await;
    let url = ticket(&shop, &ada).await;
    open(&shop, TestRequest::with_uri(&url)).await.event().await;
    // Only the status is read: a stream would not end.
    assert_eq!((shop.send)(TestRequest::with_uri(&url)).await.expect("a response").status(), 429);
}
