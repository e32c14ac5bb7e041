//! The pages in a real browser, served by the real binary.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod console;
mod crowd;
mod keyboard;
mod phone;
mod purchase;
mod queue;
mod seats;

use frontrow_tests::{Shopper, Visitor};
use serde_json::json;

/// The demo's concert in the arena.
const ARENA: &str = "0f207207-0000-7000-8000-000000a2e0a0";

/// Gives the visitor a name, when the page asks for it.
async fn introduce(visitor: &Visitor, name: &str) {
    visitor.write("#sign-in input", name).await;
    visitor.click("#sign-in button.primary").await;
}

/// Joins the queue of a concert, as a visitor who is not known yet.
async fn join(visitor: &Visitor, concert: &str, name: &str) {
    visitor.open(&format!("/concerts/{concert}")).await;
    visitor.click("#app button.primary").await;
    introduce(visitor, name).await;
}

/// Goes on from the choice of seats: holds the best ones.
async fn hold_best(visitor: &Visitor) {
    let _ = visitor.until("document.querySelector('#free')?.innerText.includes('free')").await;
    visitor.click("#find").await;
    let _ = visitor.see("#charge").await;
}

/// Goes on from the order: charges the wallet, and pays.
async fn pay(visitor: &Visitor) {
    visitor.click("#charge").await;
    let _ = visitor.until("!document.querySelector('#pay').disabled").await;
    visitor.click("#pay").await;
    let _ = visitor.until("[...document.querySelectorAll('.ticket img')].length > 0 && [...document.querySelectorAll('.ticket img')].every(image => image.naturalWidth > 0)").await;
}

/// Pauses or resumes a queue, or changes it.
async fn operate(operator: &Shopper, path: &str) {
    let _ = operator.post(path, None, &json!({})).await.expect(200);
}
