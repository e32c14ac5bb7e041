//! Browsers and crowds behind nginx with compression, buffering and a cache.

use std::collections::BTreeSet;

use frontrow_tests::{Browser, CLUB_QUEUE, Frontrow, Nginx, Shopper, StoreKind, serve_empty_page};
use reqwest::header::HeaderValue;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Opens a native `EventSource`. `next(name)` returns a promise of the next event with this name, after the last one that it returned;
/// `ended` is one of the end of the source.
const OPEN: &str = r"
    const source = window.source = new EventSource('{url}');
    const received = [], waiting = [];
    const match = () => {
        while (waiting.length) {
            const index = received.findIndex(event => event.name === waiting[0].name);
            if (index < 0) return;
            waiting.shift().resolve(received.splice(0, index + 1)[index]);
        }
    };
    for (const name of ['position', 'activated', 'extended', 'expired', 'queue']) {
        source.addEventListener(name, event => {
            received.push({ name, id: event.lastEventId, data: JSON.parse(event.data) });
            match();
        });
    }
    window.next = name => new Promise(resolve => { waiting.push({ name, resolve }); match(); });
    window.ended = new Promise(resolve => source.addEventListener('error', () => {
        if (source.readyState === EventSource.CLOSED) resolve(received.length);
    }));";

/// Waits for the next event called `name` in the browser.
async fn next(browser: &Browser, name: &str) -> Value {
    let event = browser.run(&format!("return window.next('{name}')")).await;
    assert_eq!(event["name"], name, "{event}");
    event
}

/// Pauses or resumes the queue.
async fn change_queue(operator: &Shopper, action: &str) {
    let _ = operator.post(&format!("/v1/admin/queues/{CLUB_QUEUE}:{action}"), None, &json!({})).await.expect(200);
}

#[tokio::test]
async fn a_native_event_source_on_another_origin_receives_events_at_once_through_a_compressing_proxy() {
    let origin = serve_empty_page().await;
    let environment = [("FRONTROW__QUEUE__CAPACITY", "1"), ("FRONTROW__HTTP__CORS_ORIGINS", origin.as_str())];
    let server = Frontrow::start(StoreKind::Sqlite, &environment).await;
    let mut nginx = Nginx::in_front_of(&server).await;
    let [ada, bob] = Shopper::in_queue(&[&server], 2).await.try_into().expect("two shoppers");
    let _ = ada.until_active().await;
    let operator = Shopper::operator(&server).await;
    let concerts =
        server.http.get(format!("{}/v1/concerts", nginx.base)).header("accept-encoding", "gzip").send().await.expect("a response");
    assert_eq!(concerts.headers().get("content-encoding").map(HeaderValue::as_bytes), Some(b"gzip".as_slice()), "nginx compresses");

    let browser = Browser::start().await;
    browser.open(&origin).await;
    let url = format!("{}{}", nginx.base, bob.stream_url().await);
    let _ = browser.run(&OPEN.replace("{url}", &url)).await;
    let event = next(&browser, "position").await;
    assert_eq!((&event["data"]["position"], event["data"].get("token")), (&json!(1), None), "{event}");
    assert_eq!(next(&browser, "queue").await["data"]["state"], "OPEN");

    // Each event arrives although no other follows it.
    change_queue(&operator, "pause").await;
    let paused = next(&browser, "queue").await;
    assert_eq!(paused["data"]["state"], "PAUSED");

    // The connection breaks; the browser resumes after the last event, and receives only what has changed.
    nginx.stop().await;
    change_queue(&operator, "resume").await;
    let _ = ada.leave().await.expect(204);
    let _ = bob.until_active().await;
    nginx.start_again().await;
    let active = next(&browser, "activated").await;
    assert_eq!(next(&browser, "queue").await["data"]["state"], "OPEN");

    let _ = bob.hold(&[1], "hold").await.expect(201);
    let extended = next(&browser, "extended").await;
    assert!(extended["data"]["expires_at"].as_str() > active["data"]["expires_at"].as_str(), "{extended}");
    let _ = bob.leave().await.expect(204);
    assert_eq!(next(&browser, "expired").await["data"]["expired_reason"], "LEFT");
    assert_eq!(browser.run("return window.ended").await, json!(0), "the browser doesn't reconnect, and no event was left");
}

#[tokio::test]
async fn a_pause_is_sent_to_the_streams_of_all_instances() {
    let [a, b] = Frontrow::instances::<2>(&[("FRONTROW__QUEUE__CAPACITY", "0")]).await;
    let shoppers = Shopper::in_queue(&[&a, &b], 8).await;
    let mut streams = Vec::new();
    for (shopper, server) in shoppers.iter().zip([&b, &a].into_iter().cycle()) {
        let shopper = shopper.at(server);
        let _ = shopper.until("the token is known", || shopper.poll(), |token| token.body["status"] == "WAITING").await;
        streams.push(shopper.follow(None).await);
    }
    for stream in &mut streams {
        let _ = stream.until_queue_is("OPEN").await;
    }
    let operator = Shopper::operator(&a).await;
    change_queue(&operator, "pause").await;
    for stream in &mut streams {
        let _ = stream.until_queue_is("PAUSED").await;
    }
}

#[tokio::test]
async fn a_crowd_that_reads_the_board_through_a_cache_costs_the_server_two_requests_per_second() {
    const CLIENTS: usize = 16;
    const REQUESTS_PER_CLIENT: usize = 250;
    const ROUTE: &str = r#"route="/v1/queues/{id}/board""#;
    let server = Frontrow::start(StoreKind::Memory, &[("FRONTROW__QUEUE__CAPACITY", "1")]).await;
    let nginx = Nginx::in_front_of(&server).await;
    let shoppers = Shopper::in_queue(&[&server], 20).await;
    let url = format!("{}/v1/queues/{CLUB_QUEUE}/board", nginx.base);

    let started_at = Instant::now();
    let mut crowd = JoinSet::new();
    for _ in 0..CLIENTS {
        let (http, url) = (server.http.clone(), url.clone());
        crowd.spawn(async move {
            let mut boards = BTreeSet::new();
            for _ in 0..REQUESTS_PER_CLIENT {
                let response = http.get(&url).send().await.expect("a response");
                assert_eq!(response.status(), 200);
                boards.insert(response.text().await.expect("a board"));
            }
            boards
        });
    }
    // Boards change meanwhile.
    for shopper in &shoppers[10..] {
        let _ = shopper.leave().await.expect(204);
    }
    let boards: BTreeSet<String> = crowd.join_all().await.into_iter().flatten().collect();
    let seconds = started_at.elapsed().as_secs_f64();

    let metrics = server.metrics().await;
    let at_origin: f64 = metrics
        .series()
        .filter(|(series, _)| series.starts_with("frontrow_http_requests_total") && series.contains(ROUTE))
        .map(|(_, count)| count)
        .sum();
    println!("{} requests in {seconds:.1} s: {at_origin} at the server, {} different boards", CLIENTS * REQUESTS_PER_CLIENT, boards.len());
    assert!((1.0..=2.0 * seconds.ceil() + 1.0).contains(&at_origin), "{at_origin} requests in {seconds} s");
    let different = f64::from(u32::try_from(boards.len()).expect("few"));
    assert!(different <= at_origin, "{different} boards");
}

#[tokio::test]
async fn the_formula_of_the_guide_derives_the_position_of_each_waiting_user() {
    let guide = include_str!("../../../docs/waiting.md");
    let formula = guide.split("```js\n").nth(2).and_then(|block| block.split("```").next()).expect("the code of the board");
    let server = Frontrow::start(StoreKind::Memory, &[("FRONTROW__QUEUE__CAPACITY", "3")]).await;
    let shoppers = Shopper::in_queue(&[&server], 40).await;
    let _ = shoppers[2].until_active().await;
    for left in [5, 6, 7, 20, 31, 32, 39] {
        let _ = shoppers[left].leave().await.expect(204);
    }
    let anonymous = Shopper::anonymous(&server);
    let path = format!("/v1/queues/{CLUB_QUEUE}/board");
    let board = anonymous.until("the board is current", || anonymous.get(&path), |board| board.body["waiting"] == 30).await;

    let browser = Browser::start().await;
    browser.open(&serve_empty_page().await).await;
    for shopper in &shoppers {
        let token = shopper.poll().await;
        if token.body["status"] == "WAITING" {
            let derived = browser.run(&format!("{formula} return position({}, {});", board.body, token.body["number"])).await;
            let (derived, position) = (derived.as_i64().expect("a number"), token.body["position"].as_i64().expect("a number"));
            assert!((derived - position).abs() <= 1, "{derived}: {}", token.body);
        }
    }
}
