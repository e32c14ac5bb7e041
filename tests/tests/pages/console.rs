//! An operator's evening at the console.

use frontrow_tests::{CLUB, CLUB_QUEUE, CLUB_SCHEDULE, Frontrow, Shopper, StoreKind, Visitor};
use serde_json::json;

/// Opens the console in a browser, and signs in with a pasted access token.
async fn sign_in(server: &Frontrow, name: &'static str) -> Visitor {
    let printed = server.run_command(&["token", "--role", "operator"]).await;
    let visitor = Visitor::arrive(server, name).await;
    visitor.open("/console").await;
    visitor.until_page_says("Paste an operator’s access token").await;
    visitor.look("1-sign-in").await;
    visitor.write("[name=token]", String::from_utf8(printed.stdout).unwrap().trim()).await;
    visitor.click(".gate button").await;
    let _ = visitor.see(".rows").await;
    visitor
}

/// Replaces the content of a field.
async fn replace(visitor: &Visitor, selector: &str, text: &str) {
    let _ = visitor.see(selector).await;
    let (selector, text) = (json!(selector), json!(text));
    let script = format!(
        "const field = document.querySelector({selector}); field.value = {text}; field.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    );
    let _ = visitor.browser().run(&script).await;
}

/// Answers the question that is shown, once it contains `effect`.
async fn answer(visitor: &Visitor, effect: &str, reason: &str) {
    let _ = visitor.until(&format!("document.querySelector('#ask').innerText.includes({})", json!(effect))).await;
    visitor.write("#ask input", reason).await;
    visitor.click("#ask form button").await;
    let _ = visitor.until("!document.querySelector('#ask form')").await;
}

#[tokio::test]
async fn an_operator_pauses_a_queue_blocks_seats_refunds_an_order_and_finds_it_all_in_the_audit_log() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let ada = Shopper::funded(&server, 200_000).await;
    let bob = Shopper::admitted(&server).await;
    let reservation = ada.hold(&[7, 8], "hold").await.expect(201).text("id");
    let _ = ada.pay(&reservation, "pay").await.expect(201);
    let operator = Shopper::operator(&server).await;
    let visitor = sign_in(&server, "console").await;
    visitor.look("2-concerts").await;

    visitor.click(&format!("a[href='/console/concerts/{CLUB}']")).await;
    let _ =
        visitor.until("document.querySelector('.figures').innerText.includes('120,000') && document.querySelector('.chart canvas')").await;
    visitor.look("3-sale").await;
    visitor.click("#pause").await;
    let _ = visitor.see("#resume").await;
    replace(&visitor, "#message", "The band is late").await;
    visitor.click("#apply-message").await;
    visitor.until_page_says("Waiting users see the message.").await;
    replace(&visitor, "#capacity", "25").await;
    visitor.click("#apply-capacity").await;
    visitor.until_page_says("The capacity is 25 now.").await;
    visitor.look("4-paused").await;
    let queue = operator.get(&format!("/v1/admin/queues/{CLUB_QUEUE}")).await.expect(200).body;
    assert_eq!(
        (&queue["state"], &queue["message"], &queue["policy"]["capacity"]),
        (&json!("PAUSED"), &json!("The band is late"), &json!(25))
    );

    visitor.open(&format!("/console/concerts/{CLUB}/seats?schedule={CLUB_SCHEDULE}")).await;
    visitor.click("#view-list").await;
    // The first seats, by number.
    visitor.click("#seat-0").await;
    visitor.click("#seat-1").await;
    visitor.click("#block").await;
    visitor.until_page_says("2 seats").await;
    visitor.look("5-question").await;
    answer(&visitor, "2 seats", "A broken lift").await;
    let _ = visitor.until("document.querySelector('#seat-0').getAttribute('aria-label').includes('blocked')").await;
    assert_eq!((bob.seat_status(1).await.as_str(), bob.seat_status(3).await.as_str()), ("BLOCKED", "AVAILABLE"));

    visitor.click("#seat-6").await;
    let _ = visitor.see("#holder .refund").await;
    visitor.look("6-who-has-this-seat").await;
    visitor.click("#holder .refund").await;
    assert_eq!(bob.seat_status(7).await, "RESERVED", "nothing happens before the question is answered");
    answer(&visitor, "120,000", "Illness").await;
    let _ = visitor.until("document.querySelector('#seat-6').getAttribute('aria-label').includes('free')").await;
    assert_eq!((bob.seat_status(7).await.as_str(), ada.balance().await), ("AVAILABLE", 200_000));

    visitor.click("nav a[href='/console/log']").await;
    for done in ["paused queue", "The band is late", "A broken lift", "refunded payment", "Illness"] {
        visitor.until_page_says(done).await;
    }
    visitor.look("7-audit-log").await;
    let errors = visitor.browser().errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    server.assert_audit_is_clean().await;
}

#[tokio::test]
async fn an_operator_creates_a_concert_and_cancels_it_with_refunds() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let ada = Shopper::funded(&server, 200_000).await;
    let reservation = ada.hold(&[7, 8], "hold").await.expect(201).text("id");
    let _ = ada.pay(&reservation, "pay").await.expect(201);
    let visitor = sign_in(&server, "console-concerts").await;

    visitor.click("a[href='/console/concerts/new']").await;
    visitor.write("[name=name]", "Winter Gala").await;
    visitor.write("[name=host]", "City Theatre").await;
    visitor.until_page_says("656 seats").await;
    visitor.look("2-new-concert").await;
    visitor.click("form.creation .primary").await;
    visitor.until_page_says("Winter Gala is created with 656 seats.").await;
    let _ = visitor.until("document.querySelector('.figures')?.innerText.includes('656')").await;

    visitor.open(&format!("/console/concerts/{CLUB}")).await;
    visitor.click(".head .danger").await;
    visitor.until_page_says("3 dates will be cancelled").await;
    visitor.look("3-question").await;
    visitor.write("#ask input", "The singer has a cold").await;
    visitor.click("#ask form button").await;
    visitor.until_page_says("Everything is refunded").await;
    visitor.until_page_says("1 payment refunded").await;
    visitor.look("4-refunded").await;
    assert_eq!(ada.balance().await, 200_000);
    server.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_user_who_is_not_an_operator_gets_a_clear_message() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let printed = server.run_command(&["token", "--user", "0f207207-0000-7000-8000-000000de3000"]).await;
    let visitor = Visitor::arrive(&server, "console-forbidden").await;
    visitor.open("/console/queues").await;
    visitor.write("[name=token]", String::from_utf8(printed.stdout).unwrap().trim()).await;
    visitor.click(".gate button").await;
    visitor.until_page_says("Operators only").await;
    visitor.look("1-operators-only").await;
}
