//! A purchase by keyboard alone.

use frontrow_tests::{Frontrow, Key, StoreKind, Visitor};

use crate::ARENA;

#[tokio::test]
async fn a_visitor_buys_seats_by_keyboard_alone() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let visitor = Visitor::arrive(&server, "keyboard").await;
    visitor.open("/").await;
    visitor.tab_to(&format!("a[href='/concerts/{ARENA}']")).await;
    visitor.press(Key::Enter).await;
    visitor.tab_to("#app button.primary").await;
    visitor.press(Key::Enter).await;
    let _ = visitor.see("#sign-in input").await;
    visitor.type_characters("Ada").await;
    visitor.press(Key::Enter).await;

    visitor.until_page_says("15,000 of 15,000 seats are free").await;
    visitor.tab_to("#tab-list").await;
    visitor.press(Key::Enter).await;
    visitor.tab_to("#section").await;
    visitor.type_characters("H").await;
    let _ = visitor.until("document.querySelector('[role=grid]').ariaLabel === 'Seats of H'").await;
    visitor.tab_to("[role=gridcell]").await;
    // One seat to the right in the second row, and its neighbour.
    visitor.press(Key::Down).await;
    visitor.press(Key::Right).await;
    let described = visitor.until("document.activeElement.getAttribute('aria-label')").await;
    assert_eq!(described, "Section H Row 2 Seat 2, ₩121,000, available");
    visitor.press(Key::Enter).await;
    let _ = visitor.until("document.activeElement.getAttribute('aria-label').endsWith('chosen')").await;
    visitor.press(Key::Right).await;
    visitor.press(Key::Enter).await;
    let _ = visitor.until("document.querySelectorAll('.chosen li').length === 2").await;
    visitor.look("1-list").await;
    visitor.tab_to("#hold").await;
    visitor.press(Key::Enter).await;
    visitor.tab_to("#charge").await;
    visitor.press(Key::Enter).await;
    let _ = visitor.until("!document.querySelector('#pay').disabled").await;
    visitor.tab_to("#pay").await;
    visitor.press(Key::Enter).await;
    visitor.until_page_says("Section H Row 2 Seat 3").await;
    visitor.until_page_says("Paid. Your tickets are ready.").await;
}
