//! A purchase by mouse.

use frontrow_tests::{Frontrow, StoreKind, Visitor};
use serde_json::json;

use crate::{ARENA, introduce, pay};

#[tokio::test]
async fn a_visitor_buys_seats_that_were_chosen_on_the_map() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let visitor = Visitor::arrive(&server, "purchase").await;

    visitor.open("/").await;
    visitor.until_page_says("Northern Lights Arena Tour").await;
    visitor.look("1-what-is-on").await;
    visitor.click(&format!("a[href='/concerts/{ARENA}']")).await;
    visitor.until_page_says("Han River Arena, Seoul").await;
    visitor.look("2-concert").await;
    visitor.click("#app button.primary").await;
    let _ = visitor.see("#sign-in h2").await;
    visitor.look("3-sign-in").await;
    introduce(&visitor, "Ada").await;

    // The first click shows the section in the middle of the hall, the next ones choose two of its seats.
    visitor.until_page_says("15,000 of 15,000 seats are free").await;
    let _ = visitor.until("document.querySelector('#hall').width > 300").await;
    visitor.look("4-seats").await;
    visitor.click_at("#hall", 0, -65).await;
    let _ = visitor.until("document.querySelector('#hall').dataset.detailed === 'true'").await;
    let _ = visitor.until("document.querySelector('#hall').dataset.moving === 'false'").await;
    visitor.click_at("#hall", 10, 10).await;
    let _ = visitor.until("document.querySelectorAll('.chosen li').length === 1").await;
    visitor.click_at("#hall", 10, 60).await;
    let _ = visitor.until("document.querySelectorAll('.chosen li').length === 2").await;
    visitor.look("5-chosen").await;
    visitor.click("#hold").await;
    let _ = visitor.see("#charge").await;
    visitor.look("6-order").await;
    pay(&visitor).await;
    visitor.look("7-tickets").await;
    let tickets = visitor.browser().run("return document.querySelectorAll('.ticket').length").await;
    assert_eq!(tickets, json!(2));

    // Tickets, wallet and account need no turn.
    visitor.click("nav a[href='/wallet']").await;
    visitor.until_page_says("Balance").await;
    visitor.look("8-wallet").await;
    visitor.click("nav a[href='/account']").await;
    visitor.until_page_says("Signed in as Ada").await;
    visitor.look("9-account").await;
    let errors = visitor.browser().errors().await;
    assert!(errors.is_empty(), "{errors:?}");
}

#[tokio::test]
async fn a_visitor_stays_signed_in_after_a_reload_and_signs_out() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let visitor = Visitor::arrive(&server, "session").await;
    visitor.open("/account").await;
    visitor.click("#app button.primary").await;
    introduce(&visitor, "Ada").await;
    visitor.until_page_says("Signed in as Ada").await;
    visitor.open("/tickets").await;
    visitor.until_page_says("You have no tickets yet.").await;
    let stored = visitor.browser().run("return JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie").await;
    assert!(!stored.as_str().unwrap().contains("eyJ"), "no access token is stored: {stored}");
    visitor.open("/account").await;
    visitor.until_page_says("This device").await;
    visitor.click("#sign-out").await;
    visitor.until_page_says("What’s on").await;
    visitor.open("/account").await;
    visitor.until_page_says("You are not signed in.").await;
}

#[tokio::test]
async fn an_order_is_refunded_and_a_cancelled_show_is_marked() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let visitor = Visitor::arrive(&server, "refund").await;
    for name in ["first", "second"] {
        if name == "first" {
            crate::join(&visitor, frontrow_tests::CLUB, "Ada").await;
        } else {
            visitor.open(&format!("/concerts/{}", frontrow_tests::CLUB)).await;
            visitor.click("#app button.primary").await;
        }
        crate::hold_best(&visitor).await;
        pay(&visitor).await;
    }
    // The first order is refunded by its buyer.
    let _ = visitor.browser().run("window.confirm = () => true").await;
    visitor.click(".tickets + div button").await;
    visitor.until_page_says("Refunded: ₩120,000 are in your wallet.").await;
    visitor.look("1-refunded").await;

    // The others by the cancellation of the show.
    let operator = frontrow_tests::Shopper::operator(&server).await;
    let cancel = format!("/v1/admin/concerts/{}:cancel", frontrow_tests::CLUB);
    let _ = operator.post(&cancel, None, &json!({ "reason": "The pianist is ill." })).await.expect(200);
    visitor.open("/tickets").await;
    visitor.until_page_says("This show was cancelled.").await;
    visitor.look("2-cancelled").await;
    visitor.open(&format!("/concerts/{}", frontrow_tests::CLUB)).await;
    visitor.until_page_says("The pianist is ill.").await;
    visitor.look("3-cancelled-concert").await;
}
