//! The choice of seats while others choose, too.

use frontrow_tests::{CLUB, CLUB_SCHEDULE, Frontrow, Shopper, StoreKind, Visitor};

use crate::join;

/// Selects the list, and a seat of it by its place in the grid.
async fn choose(visitor: &Visitor, cell: usize) {
    visitor.click(&format!("[role=grid] [role=row]:first-child [role=gridcell]:nth-of-type({cell})")).await;
}

#[tokio::test]
async fn a_seat_that_another_takes_leaves_the_selection_with_a_word_about_it() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let visitor = Visitor::arrive(&server, "taken").await;
    join(&visitor, CLUB, "Ada").await;
    visitor.until_page_says("50 of 50 seats are free").await;
    visitor.click("#tab-list").await;
    choose(&visitor, 2).await;
    choose(&visitor, 3).await;
    let _ = visitor.until("document.querySelectorAll('.chosen li').length === 2").await;

    let other = Shopper::admitted(&server).await;
    let _ = other.hold(&[2], "hold").await.expect(201);
    let _ = visitor.until("document.querySelectorAll('.chosen li').length === 1").await;
    visitor.until_page_says("Row A Seat 2 has just been taken by someone else.").await;
    visitor.look("1-taken").await;
    let label = visitor.browser().run("return document.querySelector('[aria-label^=\"Row A Seat 2,\"]').getAttribute('aria-label')").await;
    assert_eq!(label, "Row A Seat 2, ₩60,000, held by someone else");
    visitor.click("#hold").await;
    visitor.until_page_says("Row A Seat 3").await;
    let _ = visitor.see("#charge").await;
}

#[tokio::test]
async fn a_visitor_with_a_hold_is_led_to_it_and_gives_it_back() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let visitor = Visitor::arrive(&server, "hold").await;
    join(&visitor, CLUB, "Ada").await;
    crate::hold_best(&visitor).await;
    // Once more: the first hold is shown.
    visitor.open(&format!("/seats/{CLUB}?schedule={CLUB_SCHEDULE}")).await;
    crate::hold_best(&visitor).await;
    visitor.until_page_says("Held for you for").await;
    visitor.click("#release").await;
    visitor.until_page_says("50 of 50 seats are free").await;
}
