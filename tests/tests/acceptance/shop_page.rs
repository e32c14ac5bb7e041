//! The example of a shop's front end, in a browser and on an origin of its own.

use std::time::Duration;

use frontrow_tests::{ARENA_QUEUE, Browser, Frontrow, Shopper, StoreKind, Traffic, serve_folder};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/shop-page");
const TIMEOUT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The page, opened in a browser.
struct Page {
    browser: Browser,
    api: String,
}

impl Page {
    /// Opens the page at `origin` with the API of `server`.
    async fn open(origin: &str, server: &Frontrow) -> Self {
        let browser = Browser::start().await;
        browser.open(&format!("{origin}/?api={}", server.base)).await;
        Self { browser, api: server.base.clone() }
    }

    /// Waits until an expression is true in JavaScript, and returns its value.
    async fn until(&self, expression: &str) -> Value {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let value =
                self.browser.run(&format!("const $ = selector => document.querySelector(selector); return ({expression}) || null;")).await;
            if !value.is_null() {
                return value;
            }
            let page = "return document.body.innerText";
            assert!(Instant::now() < deadline, "not in time: {expression}: {}", self.browser.run(page).await);
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Presses the visible button that `selector` finds.
    async fn press(&self, selector: &str) {
        self.until(&format!("$('{selector}')?.checkVisibility() && !$('{selector}').disabled")).await;
        self.browser.run(&format!("document.querySelector('{selector}').click()")).await;
    }

    /// Returns the traffic with the API since the last call, and prints it.
    async fn traffic(&self, step: &str) -> Traffic {
        let traffic = self.browser.traffic(&self.api).await;
        println!("{step}: {traffic:?}");
        traffic
    }
}

/// Pauses or resumes the arena's queue.
async fn change_queue(operator: &Shopper, action: &str) {
    let _ = operator.post(&format!("/v1/admin/queues/{ARENA_QUEUE}:{action}"), None, &json!({})).await.expect(200);
}

#[tokio::test]
async fn a_page_on_another_origin_sells_two_seats_of_an_arena_in_few_requests() {
    let origin = serve_folder(FOLDER).await;
    let server = Frontrow::start(StoreKind::Sqlite, &[("FRONTROW__HTTP__CORS_ORIGINS", &origin)]).await;
    let operator = Shopper::operator(&server).await;
    change_queue(&operator, "pause").await;

    let page = Page::open(&origin, &server).await;
    page.until("document.querySelectorAll('#whats-on article').length").await;
    let listed = page.traffic("what is on").await;
    assert_eq!((listed.requests, listed.preflights), (1, 0), "public: without headers of the API");

    page.browser.run("[...document.querySelectorAll('article')].find(({ innerText }) => innerText.includes('Arena')).id = 'arena'").await;
    page.press("#arena button").await;
    page.until("$('#register').open").await;
    page.browser.run("document.querySelector('#register input').value = 'Ada'").await;
    page.press("#register button[value=join]").await;
    assert_eq!(page.until("$('#position').checkVisibility() && $('#position').textContent.match(/^[0-9]+$/)?.[0]").await, "1");
    page.until("$('#message').textContent").await;
    let joined = page.traffic("register, join, the stream").await;
    assert_eq!((joined.requests, joined.preflights), (4, 3), "the stream needs no preflight");

    // The stream tells the page that it's the user's turn.
    change_queue(&operator, "resume").await;
    assert_eq!(page.until("$('#free').textContent").await, "15,000 seats are free");
    let hall = page.traffic("the hall").await;
    assert!(hall.bytes < 40_000.0, "{hall:?}: the layout and the availability are small");
    page.press("#find").await;
    assert_eq!(page.until("$('#held').checkVisibility() && document.querySelectorAll('#held li').length").await, 2);
    page.press("#pay").await;
    let codes = "[...document.querySelectorAll('#tickets article img')].filter(image => image.naturalWidth > 0).length === 2";
    page.until(codes).await;
    let bought = page.traffic("hold, pay, tickets").await;
    assert_eq!(page.browser.run("return document.querySelectorAll('#tickets article').length").await, 2);
    assert_eq!(page.browser.errors().await, Vec::<Value>::new());

    let requests = listed.requests + joined.requests + hall.requests + bought.requests;
    let bytes = listed.bytes + joined.bytes + hall.bytes + bought.bytes;
    let preflights = joined.preflights + hall.preflights + bought.preflights;
    println!("{requests} requests, {preflights} preflights, {bytes} bytes");
    // On a slow machine, the page may look at the availability more often.
    assert!((14..=17).contains(&requests) && preflights <= 10 && bytes < 60_000.0);
    let users = operator.get("/v1/admin/users?name=Ada").await.expect(200);
    let user = users.body["items"][0]["id"].as_str().expect("the user");
    let ada = Shopper::with_issued_token(&server, user).await;
    let tickets = ada.all("/v1/tickets").await;
    let seats: Vec<_> = tickets.iter().filter_map(|ticket| ticket["seat"]["number"].as_u64()).collect();
    assert!(seats.len() == 2 && seats[0].abs_diff(seats[1]) == 1, "neighbours: {seats:?}");
    let token = operator.get(&format!("/v1/admin/users/{user}/queue-tokens")).await.expect(200);
    assert_eq!(token.body["items"][0]["expired_reason"], "PAID", "{}", token.body);
    server.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_page_whose_origin_is_not_listed_shows_that_the_shop_cannot_be_reached() {
    let origin = serve_folder(FOLDER).await;
    let server = Frontrow::start(StoreKind::Memory, &[("FRONTROW__HTTP__CORS_ORIGINS", "http://127.0.0.1:1")]).await;
    let page = Page::open(&origin, &server).await;
    let problem = page.until("$('#problem').checkVisibility() && $('#problem').textContent").await;
    assert!(problem.as_str().is_some_and(|text| text.contains("can’t be reached")), "{problem}");
    assert_eq!(page.browser.run("return document.querySelectorAll('article').length").await, 0);
    assert!(page.browser.errors().await.iter().any(|entry| entry.to_string().contains("CORS policy")), "the browser names the reason");
}
