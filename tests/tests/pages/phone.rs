//! A purchase on a phone.

use frontrow_tests::{Frontrow, StoreKind, Visitor};
use serde_json::json;

use crate::{ARENA, hold_best, introduce, pay};

/// Checks that the page isn't wider than the phone, and that everything that can be pressed is large enough for a finger.
async fn fits(visitor: &Visitor, name: &str) {
    visitor.look(name).await;
    let overflow = visitor.browser().run("return document.documentElement.scrollWidth - innerWidth").await;
    assert_eq!(overflow, json!(0), "{name} is wider than the phone");
    let small = visitor
        .browser()
        .run(
            "return [...document.querySelectorAll('button, a, input, select')].filter(element => element.checkVisibility())
                .filter(element => !element.closest('.visually-hidden, .skip, p'))
                .filter(element => { const { width, height } = element.getBoundingClientRect(); return width < 24 || height < 20; })
                .map(element => element.outerHTML.slice(0, 200))",
        )
        .await;
    assert_eq!(small, json!([]), "{name} has small targets");
}

#[tokio::test]
async fn a_visitor_buys_the_best_seats_on_a_phone() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let visitor = Visitor::arrive(&server, "phone").await;
    visitor.use_phone().await;
    visitor.open("/").await;
    visitor.until_page_says("Northern Lights Arena Tour").await;
    fits(&visitor, "1-what-is-on").await;
    visitor.click(&format!("a[href='/concerts/{ARENA}']")).await;
    visitor.until_page_says("Han River Arena, Seoul").await;
    fits(&visitor, "2-concert").await;
    visitor.click("#app button.primary").await;
    introduce(&visitor, "Ada").await;
    visitor.until_page_says("15,000 of 15,000 seats are free").await;
    fits(&visitor, "3-seats").await;
    hold_best(&visitor).await;
    fits(&visitor, "4-order").await;
    pay(&visitor).await;
    fits(&visitor, "5-tickets").await;
    visitor.until_page_says("Section B Row 1 Seat").await;
}
