//! The availability of seats, as bits and as changes.

use std::time::Duration;

use actix_web::test::TestRequest;
use adapters_http::{AvailabilitySettings, HttpSettings};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::events::{Frame, open};
use crate::plan::{LATER_SCHEDULE, Plan, SCHEDULE};
use crate::shop::{Shop, Visitor};

fn path() -> String {
    format!("/v1/schedules/{}/availability", SCHEDULE.0)
}

/// Opens a shop that renders for each request, and sends events often.
async fn a_shop() -> Shop {
    let plan = Plan::default();
    let (render_interval, event_interval) = (Duration::ZERO, Duration::from_millis(20));
    let availability = AvailabilitySettings { render_interval, event_interval, ..AvailabilitySettings::default() };
    let settings = HttpSettings { availability, ..plan.settings.clone() };
    Plan { settings, ..plan }.open().await
}

async fn since(shop: &Shop, visitor: &Visitor, version: &Value) -> Value {
    let query = version.as_str().map(|version| format!("?since={version}")).unwrap_or_default();
    shop.get(&format!("{}{query}", path())).by(visitor).send().await.with_status(200).body
}

#[actix_web::test]
async fn a_client_gets_all_bits_and_then_only_changes() {
    let shop = a_shop().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.funded("Bob", 1_000_000).await);
    shop.held(&ada, &[1]).await;
    let reservation = shop.held(&bob, &[3]).await;
    shop.pay(&bob, "pay", &reservation).await.with_status(201);
    let block = json!({"seat_numbers": [10], "reason": "A broken seat"});
    shop.post(&format!("/v1/admin/schedules/{}/seats:block", SCHEDULE.0)).by(&shop.operator()).json(&block).send().await.with_status(200);

    let whole = since(&shop, &ada, &Value::Null).await;
    // 1 is held, 3 is sold, 10 is blocked: 0b00_10_00_01, 0, 0b11_00.
    assert_eq!((&whole["bits"], &whole["seats"], &whole["available"]), (&json!("IQAM"), &json!(10), &json!(7)));
    assert_eq!((&whole["schedule_id"], whole.get("changes"), whole.get("since")), (&json!(SCHEDULE.0), None, None));
    let layout = shop.get(&format!("/v1/schedules/{}/layout", SCHEDULE.0)).send().await.with_status(200).body;
    assert_eq!(whole["layout"], layout["hash"]);

    let same = since(&shop, &ada, &whole["version"]).await;
    assert_eq!((&same["changes"], &same["version"], &same["since"]), (&json!({}), &whole["version"], &whole["version"]));
    let cyd = shop.admitted("Cyd").await;
    shop.held(&cyd, &[2, 9]).await;
    let changed = since(&shop, &ada, &whole["version"]).await;
    // Skip one seat, hold the next; skip six, hold the next.
    assert_eq!((&changed["changes"], &changed["available"]), (&json!({"HELD": "AQY="}), &json!(5)));
    assert!(changed.get("bits").is_none() && changed["version"] != whole["version"]);

    shop.wait(300);
    let lapsed = since(&shop, &ada, &changed["version"]).await;
    assert_eq!(lapsed["changes"], json!({"AVAILABLE": "AAAG"}), "a deadline changes the availability without a commit");
    let unknown = since(&shop, &ada, &json!("00000000000000000000000000000000")).await;
    assert!(unknown["bits"].is_string() && unknown.get("changes").is_none());
}

#[actix_web::test]
async fn the_tag_is_the_version_and_the_whole_is_compressed_on_request() {
    let shop = a_shop().await;
    let ada = shop.admitted("Ada").await;
    let plain = shop.get(&path()).by(&ada).send().await.with_status(200);
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), (None, Some("accept-encoding")));
    assert_eq!(plain.tag(), format!("W/\"{}\"", plain.text("version")));
    assert_eq!(plain.header("cache-control"), Some("private, no-cache"));
    shop.get(&path()).by(&ada).header("If-None-Match", &plain.tag()).send().await.with_status(304);
    let gzip = shop.get(&path()).by(&ada).header("Accept-Encoding", "br, gzip").send().await.with_status(200);
    assert_eq!((gzip.header("content-encoding"), &gzip.bytes[..2]), (Some("gzip"), &[0x1f, 0x8b][..]));
    shop.held(&ada, &[1]).await;
    let newer = shop.get(&path()).by(&ada).header("If-None-Match", &plain.tag()).send().await.with_status(200);
    assert_ne!(newer.tag(), plain.tag());
}

#[actix_web::test]
async fn a_schedule_is_rendered_at_most_once_per_interval() {
    let plan = Plan::default();
    let availability = AvailabilitySettings { render_interval: Duration::from_millis(300), ..AvailabilitySettings::default() };
    let settings = HttpSettings { availability, ..plan.settings.clone() };
    let shop = Plan { settings, ..plan }.open().await;
    let ada = shop.admitted("Ada").await;
    let first = since(&shop, &ada, &Value::Null).await;
    shop.held(&ada, &[1]).await;
    assert_eq!(since(&shop, &ada, &Value::Null).await, first, "within the interval");
    sleep(Duration::from_millis(310)).await;
    assert_ne!(since(&shop, &ada, &Value::Null).await["version"], first["version"]);
}

#[actix_web::test]
async fn availability_requires_an_active_token_of_the_queue() {
    let shop = a_shop().await;
    let waiting = shop.waiting("Wim").await;
    for path in [path(), format!("{}/events", path())] {
        let request = |visitor| shop.get(&path).by(visitor).header("Accept", "application/json, text/event-stream");
        let refused = request(&waiting).send().await.with_problem(403, "QUEUE_TOKEN_NOT_ACTIVE");
        assert!(refused.body["position"].is_number());
    }
    let ada = shop.admitted("Ada").await;
    shop.get("/v1/schedules/0f207207-0000-7000-8000-00000000dead/availability").by(&ada).send().await.with_problem(404, "NOT_FOUND");
    shop.get("/v1/schedules/x/availability").by(&ada).send().await.with_problem(404, "NOT_FOUND");
    shop.get(&format!("{}?since=7", path())).by(&ada).send().await.with_problem(400, "VALIDATION_FAILED").at("/since");
    let empty = shop.get(&format!("/v1/schedules/{}/availability", LATER_SCHEDULE.0)).by(&ada).send().await.with_status(200).body;
    assert_eq!((&empty["seats"], &empty["bits"]), (&json!(0), &json!("")));
}

fn stream(visitor: &Visitor) -> TestRequest {
    let (bearer, token) = (format!("Bearer {}", visitor.access_token), visitor.queue_token.clone().expect("a token"));
    TestRequest::with_uri(&format!("{}/events", path()))
        .append_header(("Authorization", bearer))
        .append_header(("Queue-Token", token))
        .append_header(("Accept", "text/event-stream"))
}

#[actix_web::test]
async fn a_stream_sends_everything_then_changes_and_ends_with_the_queue_token() {
    let shop = a_shop().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    let mut events = open(&shop, stream(&ada)).await;
    let (name, id, first) = events.event().await;
    assert_eq!((name.as_str(), &first["version"], &first["bits"]), ("availability", &json!(id), &json!("AAAA")));
    shop.held(&bob, &[4]).await;
    let (_, second, changed) = events.event().await;
    assert_eq!((&changed["changes"], &changed["since"], &changed["version"]), (&json!({"HELD": "Aw=="}), &json!(id), &json!(second)));

    let mut resumed = open(&shop, stream(&ada).append_header(("Last-Event-ID", id))).await;
    assert_eq!(resumed.event().await.2["changes"], json!({"HELD": "Aw=="}), "the changes since the last event");

    let token = format!("/v1/queue-tokens/{}", ada.queue_token.as_deref().expect("a token"));
    shop.delete(&token).by(&ada).send().await.with_status(204);
    assert_eq!((events.next().await, resumed.next().await), (Frame::End, Frame::End));
}

#[actix_web::test]
async fn streams_of_a_schedule_share_their_events() {
    let shop = a_shop().await;
    let mut visitors = Vec::new();
    for name in ["Ada", "Bob", "Cyd"] {
        visitors.push(shop.admitted(name).await);
    }
    let mut streams = Vec::new();
    for visitor in &visitors {
        let mut events = open(&shop, stream(visitor)).await;
        events.event().await;
        streams.push(events);
    }
    shop.held(&visitors[0], &[1, 2]).await;
    for events in &mut streams {
        assert_eq!(events.event().await.2["changes"], json!({"HELD": "AAA="}));
    }
}

#[actix_web::test]
async fn a_token_has_at_most_eight_streams() {
    let shop = a_shop().await;
    let ada = shop.admitted("Ada").await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(open(&shop, stream(&ada)).await);
    }
    let path = format!("{}/events", path());
    let ninth = shop.get(&path).by(&ada).header("Accept", "text/event-stream").send().await;
    ninth.with_problem(429, "RATE_LIMITED");
}

/// Compares the costs of a poll of the availability with `since` and of a poll of a queue token:
/// `cargo test --release -p adapters-http --all-features --test api -- --ignored --nocapture a_poll_with_since`.
#[actix_web::test]
#[ignore = "a measurement, meaningful only in a release build on a quiet machine"]
async fn a_poll_with_since_costs_at_most_1_3_queue_polls() {
    const POLLS: u32 = 20_000;
    const ROUNDS: u32 = 5;
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let version = since(&shop, &ada, &Value::Null).await;
    let availability = format!("{}?since={}", path(), version["version"].as_str().expect("a version"));
    let token = format!("/v1/queue-tokens/{}", ada.queue_token.as_deref().expect("a token"));
    let poll = async |path: &str| {
        let start = std::time::Instant::now();
        for _ in 0..POLLS {
            assert_eq!(shop.get(path).by(&ada).send().await.status, 200);
        }
        start.elapsed() / POLLS
    };
    let (mut least, mut ratios) = ((Duration::MAX, Duration::MAX), Vec::new());
    for _ in 0..ROUNDS {
        let (queue, seats) = (poll(&token).await, poll(&availability).await);
        least = (least.0.min(queue), least.1.min(seats));
        ratios.push(seats.as_secs_f64() / queue.as_secs_f64());
    }
    println!("queue poll {:?}, poll with since {:?}, ratios {ratios:.2?}", least.0, least.1);
    assert!(least.1.as_secs_f64() <= 1.3 * least.0.as_secs_f64());
}
