//! Event streams of queue tokens.

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::test::TestRequest;
use adapters_http::{HttpSettings, Issuer, Role, StreamSettings};
use application::ports::Clock as _;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::plan::{Plan, QUEUE, SECRET};
use crate::shop::{Shop, Visitor};

/// Longer than any step of these tests takes.
const TIMEOUT: Duration = Duration::from_mins(1);

/// An open event stream.
pub(crate) struct Stream {
    body: Pin<Box<BoxBody>>,
    /// Frames that were received with an earlier one.
    received: VecDeque<Frame>,
}

/// One frame received from the stream.
#[derive(Debug, PartialEq)]
pub(crate) enum Frame {
    Event { name: String, id: String, data: Value },
    Heartbeat,
    End,
}

impl Stream {
    /// Returns the next frame of any kind.
    async fn next_of_all(&mut self) -> Frame {
        if let Some(frame) = self.received.pop_front() {
            return frame;
        }
        let chunk = timeout(TIMEOUT, std::future::poll_fn(|context| self.body.as_mut().poll_next(context))).await.expect("a frame in time");
        let Some(chunk) = chunk else { return Frame::End };
        let chunk = String::from_utf8(chunk.expect("a frame").to_vec()).expect("text");
        if chunk == ":\n\n" {
            return Frame::Heartbeat;
        }
        assert!(chunk.ends_with("\n\n"), "complete events: {chunk:?}");
        self.received.extend(chunk.split_terminator("\n\n").map(|event| {
            let field =
                |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name} {event}")).to_owned();
            Frame::Event { name: field("event: "), id: field("id: "), data: field("data: ").parse().expect("JSON") }
        }));
        self.received.pop_front().expect("an event")
    }

    /// Returns the next frame that doesn't concern the queue.
    pub(crate) async fn next(&mut self) -> Frame {
        loop {
            match self.next_of_all().await {
                Frame::Event { name, .. } if name == "queue" => {}
                frame => return frame,
            }
        }
    }

    /// Returns the name, id and data of the next event that doesn't concern the queue.
    pub(crate) async fn event(&mut self) -> (String, String, Value) {
        match self.next().await {
            Frame::Event { name, id, data } => (name, id, data),
            other => panic!("{other:?}"),
        }
    }

    /// Returns the id and data of the next frame, which must concern the queue.
    pub(crate) async fn queue(&mut self) -> (String, Value) {
        match self.next_of_all().await {
            Frame::Event { name, id, data } if name == "queue" => (id, data),
            other => panic!("{other:?}"),
        }
    }
}

fn path(visitor: &Visitor) -> String {
    format!("/v1/queue-tokens/{}/events", visitor.queue_token.as_deref().expect("a token"))
}

pub(crate) fn request(visitor: &Visitor) -> TestRequest {
    let bearer = format!("Bearer {}", visitor.access_token);
    TestRequest::with_uri(&path(visitor)).append_header(("Authorization", bearer)).append_header(("Accept", "text/event-stream"))
}

pub(crate) async fn open(shop: &Shop, request: TestRequest) -> Stream {
    let answer = (shop.send)(request).await.expect("a response");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers().get("content-type").expect("a type"), "text/event-stream");
    assert_eq!(answer.headers().get("cache-control").expect("caching"), "no-store, no-transform");
    assert_eq!(answer.headers().get("x-accel-buffering").expect("no buffering"), "no");
    Stream { body: Box::pin(answer.into_body()), received: VecDeque::new() }
}

pub(crate) async fn a_shop_with(streams: StreamSettings) -> Shop {
    let plan = Plan::default();
    let settings = HttpSettings { streams, ..plan.settings.clone() };
    Plan { settings, ..plan }.open().await
}

#[actix_web::test]
async fn a_stream_sends_every_change_of_a_queue_token_and_ends_when_it_expires() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let mut stream = open(&shop, request(&ada)).await;
    let (name, _, data) = stream.event().await;
    assert_eq!((name.as_str(), &data["status"], &data["position"]), ("position", &"WAITING".into(), &1.into()));
    let polled = shop.get(path(&ada).trim_end_matches("/events")).by(&ada).send().await.with_status(200).body;
    assert_eq!(data, polled, "the same representation as polling returns");

    shop.tick().await;
    let (name, _, data) = stream.event().await;
    assert_eq!((name.as_str(), &data["status"]), ("activated", &"ACTIVE".into()));

    shop.delete(path(&ada).trim_end_matches("/events")).by(&ada).send().await.with_status(204);
    let (name, _, data) = stream.event().await;
    assert_eq!((name.as_str(), &data["expired_reason"]), ("expired", &"LEFT".into()));
    assert_eq!(stream.next().await, Frame::End);
}

#[actix_web::test]
async fn a_new_position_is_sent_after_the_polling_interval() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.waiting("Ada").await, shop.waiting("Bob").await);
    let mut stream = open(&shop, request(&bob)).await;
    assert_eq!(stream.event().await.2["position"], 2);
    shop.delete(path(&ada).trim_end_matches("/events")).by(&ada).send().await.with_status(204);
    tokio::time::pause();
    let (name, _, data) = stream.event().await;
    assert_eq!((name.as_str(), &data["position"]), ("position", &1.into()));
}

#[actix_web::test]
async fn the_expiry_of_an_active_token_is_sent_at_its_deadline() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let mut stream = open(&shop, request(&ada)).await;
    assert_eq!(stream.event().await.0, "activated");
    tokio::time::pause();
    shop.wait(120);
    let (name, _, data) = stream.event().await;
    assert_eq!((name.as_str(), &data["expired_reason"]), ("expired", &"UNCLAIMED".into()));
    assert_eq!(stream.next().await, Frame::End);
}

#[actix_web::test]
async fn a_reconnected_stream_sends_missed_events_and_repeats_none() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let (_, waiting, _) = open(&shop, request(&ada)).await.event().await;

    let mut same = open(&shop, request(&ada).append_header(("Last-Event-ID", waiting.as_str()))).await;
    shop.tick().await;
    let (name, active, _) = same.event().await;
    assert_eq!(name, "activated", "the position isn't sent again");

    let mut reopened = open(&shop, request(&ada).append_header(("Last-Event-ID", waiting.as_str()))).await;
    assert_eq!(reopened.event().await.0, "activated");

    shop.delete(path(&ada).trim_end_matches("/events")).by(&ada).send().await.with_status(204);
    let mut ended = open(&shop, request(&ada).append_header(("Last-Event-ID", active.as_str()))).await;
    let (name, expired, _) = ended.event().await;
    assert_eq!(name, "expired");
    let answer = (shop.send)(request(&ada).append_header(("Last-Event-ID", expired.as_str()))).await.expect("a response");
    assert_eq!(answer.status(), 204, "the client must not reconnect");
}

#[actix_web::test]
async fn a_stream_requires_the_tokens_user_and_the_event_stream_media_type() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.waiting("Ada").await, shop.user("Bob").await);
    shop.get(&path(&ada)).by(&bob).send().await.with_problem(404, "NOT_FOUND");
    shop.get(&path(&ada)).send().await.with_problem(401, "UNAUTHENTICATED");
    shop.get(&path(&ada)).by(&ada).header("Accept", "application/json").send().await.with_problem(406, "NOT_ACCEPTABLE");
}

#[actix_web::test]
async fn an_idle_stream_sends_heartbeats_until_the_end_of_its_lifetime() {
    let (heartbeat, lifetime) = (Duration::from_secs(4), Duration::from_secs(10));
    let shop = a_shop_with(StreamSettings { heartbeat, lifetime, ..StreamSettings::default() }).await;
    let ada = shop.waiting("Ada").await;
    let mut stream = open(&shop, request(&ada)).await;
    stream.event().await;
    tokio::time::pause();
    assert_eq!([stream.next().await, stream.next().await, stream.next().await], [Frame::Heartbeat, Frame::Heartbeat, Frame::End]);
}

#[actix_web::test]
async fn a_stream_ends_when_its_access_token_expires() {
    let shop = a_shop_with(StreamSettings { heartbeat: Duration::from_mins(10), ..StreamSettings::default() }).await;
    let mut ada = shop.waiting("Ada").await;
    ada.access_token = Issuer::new(&SECRET, Duration::from_secs(10)).issue(ada.id, &[Role::User], shop.clock.now()).expect("a token");
    let start = Instant::now();
    let mut stream = open(&shop, request(&ada)).await;
    stream.event().await;
    tokio::time::pause();
    assert_eq!(stream.next().await, Frame::End);
    // Plus the leeway that the clocks are granted.
    let lived = start.elapsed().as_secs();
    assert!((39..60).contains(&lived), "{lived}");
}

#[actix_web::test]
async fn events_pending_when_the_access_token_expires_are_not_sent() {
    let shop = a_shop_with(StreamSettings { heartbeat: Duration::from_mins(10), ..StreamSettings::default() }).await;
    let mut ada = shop.waiting("Ada").await;
    ada.access_token = Issuer::new(&SECRET, Duration::from_secs(10)).issue(ada.id, &[Role::User], shop.clock.now()).expect("a token");
    let mut stream = open(&shop, request(&ada)).await;
    stream.event().await;
    shop.tick().await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(2)).await;
    assert_eq!(stream.next().await, Frame::End);
}

#[actix_web::test]
async fn stopping_the_server_ends_every_stream() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let mut stream = open(&shop, request(&ada)).await;
    stream.event().await;
    shop.closing.cancel();
    assert_eq!(stream.next().await, Frame::End);
}

#[actix_web::test]
async fn streams_past_the_limit_are_refused() {
    let shop = a_shop_with(StreamSettings { at_most: 1, ..StreamSettings::default() }).await;
    let ada = shop.waiting("Ada").await;
    let stream = open(&shop, request(&ada)).await;
    shop.get(&path(&ada)).by(&ada).send().await.with_problem(503, "OVERLOADED");
    drop(stream);
    open(&shop, request(&ada)).await;
}

/// Changes the state of the queue, as an operator.
pub(crate) async fn change_queue(shop: &Shop, action: &str) {
    let path = format!("/v1/admin/queues/{}:{action}", QUEUE.0);
    shop.post(&path).by(&shop.operator()).json(&json!({"reason": "a test"})).send().await.with_status(200);
}

#[actix_web::test]
async fn the_state_and_the_message_of_the_queue_are_sent_at_the_start_and_at_each_change() {
    let shop = Shop::open().await;
    // The stream of an active token reads the state only every half a minute, unless it is woken.
    let ada = shop.admitted("Ada").await;
    let start = Instant::now();
    let mut stream = open(&shop, request(&ada)).await;
    assert_eq!(stream.event().await.0, "activated");
    assert_eq!(stream.queue().await.1, json!({"state": "OPEN", "message": "Doors at eight"}));

    change_queue(&shop, "pause").await;
    assert_eq!(stream.queue().await.1, json!({"state": "PAUSED", "message": "Doors at eight"}));

    let path = format!("/v1/admin/queues/{}", QUEUE.0);
    let message = json!({"message": "A fire alarm, please wait"});
    shop.patch(&path).by(&shop.operator()).header("If-Match", "*").json(&message).send().await.with_status(200);
    assert_eq!(stream.queue().await.1, json!({"state": "PAUSED", "message": "A fire alarm, please wait"}));
    let capacity = json!({"policy": {"capacity": 7}});
    shop.patch(&path).by(&shop.operator()).header("If-Match", "*").json(&capacity).send().await.with_status(200);
    change_queue(&shop, "resume").await;
    assert_eq!(stream.queue().await.1["state"], "OPEN", "another capacity is no news");
    assert!(start.elapsed() < Duration::from_secs(20), "changes are sent at once");
}

#[actix_web::test]
async fn a_reconnected_stream_sends_only_the_news_of_the_queue_that_were_missed() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let mut first = open(&shop, request(&ada)).await;
    let (_, before_queue, _) = first.event().await;
    let (known, _) = first.queue().await;
    drop(first);

    let mut again = open(&shop, request(&ada).append_header(("Last-Event-ID", before_queue.as_str()))).await;
    assert_eq!(again.queue().await.0, known, "the connection broke between the two events");

    change_queue(&shop, "pause").await;
    let mut later = open(&shop, request(&ada).append_header(("Last-Event-ID", known.as_str()))).await;
    let (paused, queue) = later.queue().await;
    assert_eq!(queue["state"], "PAUSED");

    shop.delete(path(&ada).trim_end_matches("/events")).by(&ada).send().await.with_status(204);
    change_queue(&shop, "resume").await;
    let mut ended = open(&shop, request(&ada).append_header(("Last-Event-ID", paused.as_str()))).await;
    let (name, expired, _) = ended.event().await;
    assert_eq!((name.as_str(), ended.next_of_all().await), ("expired", Frame::End));
    change_queue(&shop, "close").await;
    let answer = (shop.send)(request(&ada).append_header(("Last-Event-ID", expired.as_str()))).await.expect("a response");
    assert_eq!(answer.status(), 204, "the state of the queue no longer matters");
}

#[actix_web::test]
async fn extended_deadlines_are_sent() {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let mut stream = open(&shop, request(&ada)).await;
    let (name, _, data) = stream.event().await;
    assert_eq!((name.as_str(), &data["expires_in_seconds"]), ("activated", &json!(120)));

    // The first guarded request claims the token; a later hold extends it to the hold's deadline.
    shop.held(&ada, &[1]).await;
    let (name, claimed, data) = stream.event().await;
    assert_eq!((name.as_str(), &data["expires_in_seconds"]), ("extended", &json!(600)));
    let reservations = shop.get("/v1/reservations").by(&ada).send().await.with_status(200);
    let hold = reservations.body["items"][0]["id"].as_str().expect("an id").to_owned();
    shop.delete(&format!("/v1/reservations/{hold}")).by(&ada).send().await.with_status(204);
    shop.wait(500);
    shop.hold(&ada, "later", &[2]).await.with_status(201);
    let (name, _, data) = stream.event().await;
    assert_eq!((name.as_str(), &data["expires_in_seconds"]), ("extended", &json!(300)));

    let mut again = open(&shop, request(&ada).append_header(("Last-Event-ID", claimed.as_str()))).await;
    assert_eq!(again.event().await.0, "extended", "the client knows that the token is active");
}
