//! An operator's evening at the console, in a browser.

use std::time::Duration;

use frontrow_tests::{Browser, CLUB, CLUB_QUEUE, CLUB_SCHEDULE, Frontrow, Shopper, StoreKind};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

const TIMEOUT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The console, opened in a browser.
struct Console {
    browser: Browser,
    base: String,
}

impl Console {
    /// Opens the console and signs in with a pasted access token.
    async fn open(server: &Frontrow, access_token: &str) -> Self {
        let console = Self { browser: Browser::start().await, base: server.base.clone() };
        console.show("/console").await;
        console.fill("[name=token]", access_token).await;
        console.press(".gate button").await;
        console.until("$('.figures')").await;
        console
    }

    async fn show(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.base)).await;
    }

    /// Waits until an expression is true in JavaScript, and returns its value.
    async fn until(&self, expression: &str) -> Value {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let script = format!("const $ = selector => document.querySelector(selector); return ({expression}) || null;");
            let value = self.browser.run(&script).await;
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

    /// Types `text` into the field that `selector` finds.
    async fn fill(&self, selector: &str, text: &str) {
        self.until(&format!("$('{selector}')")).await;
        let text = json!(text);
        let script = format!(
            "const field = document.querySelector('{selector}'); field.value = {text}; field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
        );
        self.browser.run(&script).await;
    }

    /// Answers the question that is shown, after its effect was compared with `effect`.
    async fn answer(&self, effect: &str, reason: &str) {
        self.until(&format!("$('#ask').open && $('#ask').innerText.includes({})", json!(effect))).await;
        self.fill("#ask input", reason).await;
        self.press("#ask form button").await;
        self.until("!$('#ask').open").await;
    }
}

#[tokio::test]
async fn an_operator_pauses_a_queue_blocks_seats_refunds_and_finds_all_of_it_in_the_audit_log() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let ada = Shopper::funded(&server, 200_000).await;
    let bob = Shopper::admitted(&server).await;
    let reservation = ada.hold(&[7, 8], "hold").await.expect(201).text("id");
    let _ = ada.pay(&reservation, "pay").await.expect(201);
    let operator = Shopper::operator(&server).await;
    let printed = server.run_command(&["token", "--role", "operator"]).await;
    let console = Console::open(&server, &String::from_utf8(printed.stdout).expect("a token")).await;

    console.show(&format!("/console/concerts/{CLUB}")).await;
    console.until("$('.figures').innerText.includes('120,000') && $('.chart canvas')").await;
    console.press("#pause").await;
    console.until("$('#resume')").await;
    console.fill("#message", "The band is late").await;
    console.press("#apply-message").await;
    console.until("$('.toasts').innerText.includes('message')").await;
    console.fill("#capacity", "25").await;
    console.press("#apply-capacity").await;
    console.until("$('.toasts').innerText.includes('25')").await;
    let queue = operator.get(&format!("/v1/admin/queues/{CLUB_QUEUE}")).await.expect(200).body;
    assert_eq!(
        (&queue["state"], &queue["message"], &queue["policy"]["capacity"]),
        (&json!("PAUSED"), &json!("The band is late"), &json!(25))
    );

    console.show(&format!("/console/concerts/{CLUB}/seats?schedule={CLUB_SCHEDULE}")).await;
    console.press("#view-list").await;
    // The first seats, by number.
    console.press("#seat-0").await;
    console.press("#seat-1").await;
    console.press("#block").await;
    console.answer("2 seats", "A broken lift").await;
    console.until("$('#seat-0').getAttribute('aria-label').includes('blocked')").await;
    assert_eq!((bob.seat_status(1).await, bob.seat_status(3).await), ("BLOCKED".to_owned(), "AVAILABLE".to_owned()));

    console.press("#seat-6").await;
    console.press("#holder .refund").await;
    assert_eq!(bob.seat_status(7).await, "RESERVED", "nothing happens before the question is answered");
    console.answer("120,000", "Illness").await;
    console.until("$('#seat-6').getAttribute('aria-label').includes('free')").await;
    assert_eq!((bob.seat_status(7).await.as_str(), ada.balance().await), ("AVAILABLE", 200_000));

    console.show("/console/log").await;
    for done in ["paused queue", "The band is late", "A broken lift", "refunded payment", "Illness"] {
        console.until(&format!("$('.log')?.innerText.includes({})", json!(done))).await;
    }
    let (_, failures) = console.browser.requests().await;
    let violations: Vec<_> = failures.iter().filter(|failure| failure.contains("Security Policy")).collect();
    assert!(violations.is_empty(), "{violations:?}");
    server.assert_audit_is_clean().await;
}
