//! How the client treats failures, pages and streams: with scripted responses, in simulated time.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use frontrow_client::queue::{QueueTokenEventName, QueueTokenStatus};
use frontrow_client::transport::{Body, Transport, TransportError};
use frontrow_client::wallet::{NewCharge, charge_wallet, show_wallet};
use frontrow_client::{Builder, Call, Error, Frontrow, Money, Page, ProblemCode, QueueTokenId};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper::{Request, Response};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// A scripted outcome of a request.
enum Scripted {
    Response(u16, &'static [(&'static str, &'static str)], String),
    /// The parts of a stream, which then stays silent, and doesn't end.
    Silence(&'static str),
    Broken,
    /// No response.
    Never,
}

use Scripted::{Broken, Never, Silence};

/// Sends the scripted responses and records the requests.
#[derive(Clone, Default)]
struct Script {
    left: Arc<Mutex<VecDeque<Scripted>>>,
    sent: Arc<Mutex<Vec<Request<Bytes>>>>,
}

fn body(parts: Vec<Result<Bytes, TransportError>>, is_endless: bool) -> Body {
    let parts = stream::iter(parts).map_ok(Frame::data);
    if is_endless { StreamBody::new(parts.chain(stream::pending())).boxed_unsync() } else { StreamBody::new(parts).boxed_unsync() }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        self.sent.lock().unwrap().push(request);
        let next = self.left.lock().unwrap().pop_front().expect("no more requests");
        match next {
            Scripted::Response(status, headers, text) => {
                let response =
                    headers.iter().fold(Response::builder().status(status), |response, (name, value)| response.header(*name, *value));
                Ok(response.body(body(vec![Ok(text.into())], false)).unwrap())
            }
            Silence(text) => Ok(Response::new(body(vec![Ok(text.into())], true))),
            Broken => Err(TransportError::Broken("reset".into())),
            Never => std::future::pending().await,
        }
    }
}

impl Script {
    fn of(script: impl IntoIterator<Item = Scripted>) -> Self {
        Self { left: Arc::new(Mutex::new(script.into_iter().collect())), ..Self::default() }
    }

    fn builder(&self) -> Builder {
        Frontrow::builder("http://frontrow.example/").transport(self.clone())
    }

    fn client(&self) -> Frontrow {
        self.builder().build().unwrap()
    }

    /// Returns a header of each request.
    fn headers(&self, name: &str) -> Vec<String> {
        let header =
            |request: &Request<Bytes>| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        self.sent.lock().unwrap().iter().map(header).collect()
    }

    fn uris(&self) -> Vec<String> {
        self.sent.lock().unwrap().iter().map(|request| request.uri().to_string()).collect()
    }
}

fn ok(body: &Value) -> Scripted {
    Scripted::Response(200, &[], body.to_string())
}

fn wallet() -> Scripted {
    ok(&json!({"balance": {"amount": 0, "currency": "KRW"}}))
}

fn problem(status: u16, code: &str, headers: &'static [(&'static str, &'static str)]) -> Scripted {
    Scripted::Response(status, headers, json!({"title": "Title", "status": status, "detail": "Detail.", "code": code}).to_string())
}

fn charge() -> Call<frontrow_client::wallet::Charge> {
    charge_wallet(&NewCharge::of(Money { amount: 1, currency: "KRW".to_owned() }))
}

#[tokio::test(start_paused = true)]
async fn a_request_is_repeated_after_retry_after_with_the_same_key() {
    let script = Script::of([problem(503, "OVERLOADED", &[("retry-after", "7")]), Broken, problem(409, "INVALID_STATE", &[])]);
    let start = Instant::now();
    let error = script.client().send(charge()).await.unwrap_err();
    assert_eq!(error.code(), Some(&ProblemCode::InvalidState));
    assert_eq!(start.elapsed(), Duration::from_secs(7 + 1), "Retry-After, and a second after the broken connection");
    let keys = script.headers("idempotency-key");
    assert!(keys.len() == 3 && keys.iter().all(|key| *key == keys[0] && !key.is_empty()), "{keys:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_repeated_at_most_as_often_as_configured() {
    let overloaded = || problem(503, "OVERLOADED", &[("retry-after", "0")]);
    let script = Script::of([overloaded(), overloaded(), overloaded()]);
    let error = script.builder().retries(2).build().unwrap().send(show_wallet()).await.unwrap_err();
    let problem = error.problem().unwrap();
    assert_eq!((&problem.code, problem.retry_after), (&ProblemCode::Overloaded, Some(Duration::ZERO)));
    assert_eq!(script.uris(), ["http://frontrow.example/v1/wallet"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_long_pause_a_refusal_and_an_unknown_code_are_left_to_the_caller() {
    for (status, code, headers) in
        [(429, "RATE_LIMITED", &[("retry-after", "3600")] as &[_]), (409, "CODE_OF_THE_FUTURE", &[]), (500, "INTERNAL", &[])]
    {
        let script = Script::of([problem(status, code, headers)]);
        let error = script.client().send(show_wallet()).await.unwrap_err();
        assert_eq!(error.code().unwrap().as_str(), code);
        assert_eq!(error.problem().unwrap().detail, "Detail.");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_could_take_effect_twice_is_repeated_only_if_nothing_has_happened() {
    let create = || Call::<Value>::post("/v1/admin/queues", &json!({"name": "x"}));
    for outcome in [Broken, problem(503, "UNAVAILABLE", &[]), Scripted::Response(503, &[], "<html>".to_owned())] {
        let script = Script::of([outcome]);
        let error = script.client().send(create()).await.unwrap_err();
        assert!(error.is_outcome_unknown() && error.is_transient(), "{error}");
    }
    let script = Script::of([problem(503, "OVERLOADED", &[]), problem(429, "RATE_LIMITED", &[]), ok(&json!({"id": 1}))]);
    assert_eq!(script.client().send(create()).await.unwrap(), json!({"id": 1}));
}

#[tokio::test(start_paused = true)]
async fn a_response_that_is_not_from_frontrow_is_an_error_of_its_own() {
    for (status, text) in [(502, "<h1>Bad Gateway</h1>"), (307, ""), (200, "<html>"), (200, "{}")] {
        let script = Script::of([Scripted::Response(status, &[("location", "http://elsewhere.example/")], text.to_owned())]);
        let error = script.client().send(show_wallet()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("the response of http://frontrow.example with the status {status} is not from Frontrow"));
    }
}

#[tokio::test(start_paused = true)]
async fn slow_and_large_responses_are_errors() {
    let script = Script::of([Never, Silence("{")]);
    let client = script.builder().timeout(Duration::from_secs(3)).retries(0).build().unwrap();
    for _ in 0..2 {
        let start = Instant::now();
        let error = client.send(show_wallet()).await.unwrap_err();
        assert!(matches!(error, Error::Transport { source: TransportError::Timeout(_), .. }), "{error:?}");
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }
    let script = Script::of([wallet()]);
    let error = script.builder().max_response_bytes(10).build().unwrap().send(show_wallet()).await.unwrap_err();
    assert!(matches!(error, Error::Transport { source: TransportError::TooLarge(10), .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn the_current_access_token_is_sent_with_each_attempt() {
    let script = Script::of([Broken, wallet(), wallet(), wallet()]);
    let count = Mutex::new(0);
    let source = move || {
        *count.lock().unwrap() += 1;
        format!("token-{}", count.lock().unwrap()).into()
    };
    let client = script.builder().access_tokens(source).language("ko").user_agent("shop").build().unwrap();
    let _ = client.send(show_wallet()).await.unwrap();
    let _ = client.with_access_token("another").send(show_wallet()).await.unwrap();
    let _ = script.client().send(show_wallet()).await.unwrap();
    assert_eq!(script.headers("authorization"), ["Bearer token-1", "Bearer token-2", "Bearer another", ""]);
    assert_eq!((&*script.headers("accept-language")[2], &*script.headers("user-agent")[2]), ("ko", "shop"));
}

fn page(ids: &[u8], cursor: Option<&str>) -> Scripted {
    ok(&json!({"items": ids, "next_cursor": cursor}))
}

fn numbers() -> Call<Page<u8>> {
    Call::get("/v1/x").query("name", "Ö&A")
}

#[tokio::test]
async fn a_list_is_read_from_several_pages_up_to_its_limit() {
    let script = Script::of([page(&[1, 2], Some("a b")), page(&[3], Some("c"))]);
    let list = script.client().list(numbers(), 3).await.unwrap();
    assert_eq!((list.items, list.next_cursor.as_deref()), (vec![1, 2, 3], Some("c")));
    let base = "http://frontrow.example/v1/x?name=%C3%96%26A&page_size=";
    assert_eq!(script.uris(), [format!("{base}3"), format!("{base}1&cursor=a%20b")]);

    let script = Script::of([page(&[1, 2], Some("a")), page(&[], None)]);
    assert_eq!(script.client().list(numbers(), 1_000).await.unwrap().items, [1, 2]);
    assert!(script.uris()[0].ends_with("page_size=200"), "{:?}", script.uris());
}

#[tokio::test]
async fn the_items_of_all_pages_are_a_stream_that_reads_as_far_as_necessary() {
    let script = Script::of([page(&[1, 2], Some("a")), page(&[3, 4], Some("b")), page(&[5], None)]);
    let items = script.client().items(numbers());
    let first: Vec<_> = items.take(3).try_collect().await.unwrap();
    assert_eq!((first, script.uris().len()), (vec![1, 2, 3], 2));
    let script = Script::of([page(&[1], Some("a")), page(&[], Some("a"))]);
    let all: Vec<_> = script.client().items(numbers()).try_collect().await.unwrap();
    assert_eq!(all, [1]);
}

#[tokio::test]
async fn a_change_requires_the_current_version() {
    let script = Script::of([Scripted::Response(200, &[("etag", "\"7\"")], "{}".to_owned()), ok(&json!({"version": 8}))]);
    let changed: Value = script.client().change("/v1/admin/queues/x", &json!({"name": "Arena"})).await.unwrap();
    assert_eq!(changed, json!({"version": 8}));
    assert_eq!(script.headers("if-match"), ["", "\"7\""]);
}

const ID: &str = "0f207207-0000-7000-8000-0000000c1b00";

/// Returns an event of a queue token.
fn event(name: &str, id: &str, status: &str) -> String {
    let token = json!({"queue_id": ID, "concert_id": null, "status": status, "expired_reason": null, "number": 3, "position": 1,
        "people_ahead": 0, "estimated_wait": {"known": false, "p50_seconds": null, "p90_seconds": null}, "poll_after_seconds": 1,
        "board": null, "availability": "GOOD", "joined_at": "2026-11-21T20:00:00Z", "activated_at": null, "expires_at": null,
        "expires_in_seconds": null, "newer": true});
    format!("event: {name}\nid: {id}\ndata: {token}\n\n")
}

fn events(text: String) -> Scripted {
    Scripted::Response(200, &[("content-type", "text/event-stream")], text)
}

#[tokio::test(start_paused = true)]
async fn a_queue_token_is_followed_across_interruptions_until_it_ends() {
    let first = format!("retry: 3000\n{}", event("position", "w1", "WAITING"));
    let notice = "event: queue\nid: w1q\ndata: {\"state\":\"PAUSED\",\"message\":\"Soon\"}\n\nevent: newer\ndata: x\n\n";
    let script = Script::of([
        events(first + notice),
        Broken,
        problem(503, "OVERLOADED", &[("retry-after", "9")]),
        events(event("activated", "a1", "ACTIVE")),
        events(event("expired", "e1", "EXPIRED")),
    ]);
    let start = Instant::now();
    let client = script.client();
    let token = QueueTokenId(Uuid::from_u128(1));
    let seen: Vec<_> = client.follow(token).try_collect().await.unwrap();
    let names: Vec<_> = seen.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(names, ["position", "queue", "activated", "expired"]);
    assert_eq!(seen[1].token.status, QueueTokenStatus::Waiting);
    assert_eq!(seen[3].queue.as_ref().unwrap().message.as_deref(), Some("Soon"));
    assert_eq!(script.headers("last-event-id"), ["", "w1q", "w1q", "w1q", "a1"]);
    assert_eq!(start.elapsed(), Duration::from_secs(3 + 3 + 9 + 3), "each pause is at least the server's");
    assert!(script.headers("accept").iter().all(|accept| accept == "text/event-stream"));
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_opened_again_and_a_heartbeat_keeps_it_open() {
    let script = Script::of([Silence(": heartbeat\n\n"), Scripted::Response(204, &[], String::new())]);
    let start = Instant::now();
    assert!(pin!(script.client().follow(QueueTokenId(Uuid::nil()))).next().await.is_none());
    assert_eq!(start.elapsed(), Duration::from_secs(60 + 1));
}

#[tokio::test(start_paused = true)]
async fn following_ends_with_an_error_that_repeating_does_not_help_or_after_too_many_failures() {
    let script = Script::of([problem(404, "NOT_FOUND", &[])]);
    let client = script.client();
    let mut stream = pin!(client.follow(QueueTokenId(Uuid::nil())));
    assert_eq!(stream.next().await.unwrap().unwrap_err().code(), Some(&ProblemCode::NotFound));
    assert!(stream.next().await.is_none());

    let script = Script::of([events(event("position", "w1", "WAITING")), Broken, Broken, Broken]);
    let client = script.builder().retries(2).build().unwrap();
    let mut stream = pin!(client.follow(QueueTokenId(Uuid::nil())));
    assert_eq!(stream.next().await.unwrap().unwrap().event, QueueTokenEventName::Position);
    assert!(matches!(stream.next().await.unwrap().unwrap_err(), Error::Transport { .. }));
    sleep(Duration::from_mins(1)).await;
    assert_eq!(script.uris().len(), 4);
}

#[test]
fn settings_that_can_not_be_used_are_refused() {
    for url in ["", "localhost:8080", "ftp://h", "http://", "http://h/?x=1", "/v1"] {
        let error = Frontrow::new(url).err().unwrap();
        assert!(error.to_string().contains("is not the URL of a server"), "{url}: {error}");
    }
    assert!(Frontrow::builder("http://h").user_agent("a\nb").build().is_err());
    assert_eq!(Frontrow::new("https://h/api/").unwrap().server(), "https://h/api");
}
