//! The page of the queue.

use frontrow_tests::{CLUB, CLUB_QUEUE, Frontrow, Shopper, StoreKind, Visitor};
use serde_json::json;

use crate::{join, operate};

const ONE_AT_A_TIME: (&str, &str) = ("FRONTROW__QUEUE__CAPACITY", "1");

#[tokio::test]
async fn a_waiting_visitor_sees_position_pause_and_message_at_once() {
    let server = Frontrow::start(StoreKind::Sqlite, &[ONE_AT_A_TIME]).await;
    let shoppers = Shopper::in_queue(&[&server], 3).await;
    let _ = shoppers[0].until_active().await;
    let visitor = Visitor::arrive(&server, "queue").await;
    join(&visitor, CLUB, "Ada").await;
    let _ = visitor.until("document.querySelector('#position')?.innerText === '3'").await;
    visitor.until_page_says("2 people are ahead of you").await;
    visitor.look("1-waiting").await;

    let operator = Shopper::operator(&server).await;
    operate(&operator, &format!("/v1/admin/queues/{CLUB_QUEUE}:pause")).await;
    visitor.until_page_says("The queue is paused. You keep your place.").await;
    let _ = operator.change(&format!("/v1/admin/queues/{CLUB_QUEUE}"), &json!({ "message": "Back at nine." })).await.expect(200);
    visitor.until_page_says("Back at nine.").await;
    visitor.look("2-paused").await;
    operate(&operator, &format!("/v1/admin/queues/{CLUB_QUEUE}:resume")).await;
    let _ = visitor.until("!document.body.innerText.includes('paused')").await;

    // Those ahead leave; a reload keeps the place.
    let _ = shoppers[1].leave().await.expect(204);
    let _ = visitor.until("document.querySelector('#position').innerText === '2'").await;
    visitor.open(&format!("/queue/{CLUB}")).await;
    let _ = visitor.until("document.querySelector('#position')?.innerText === '2'").await;
    let _ = shoppers[2].leave().await.expect(204);
    let _ = shoppers[0].leave().await.expect(204);
    visitor.until_page_says("Choose your seats").await;
}

#[tokio::test]
async fn a_visitor_whose_device_loses_the_connection_is_admitted_and_sees_it_on_return() {
    let server = Frontrow::start(StoreKind::Sqlite, &[ONE_AT_A_TIME]).await;
    let shoppers = Shopper::in_queue(&[&server], 1).await;
    let _ = shoppers[0].until_active().await;
    let visitor = Visitor::arrive(&server, "sleep").await;
    join(&visitor, CLUB, "Ada").await;
    let _ = visitor.until("document.querySelector('#position')?.innerText === '1'").await;
    let token = visitor.browser().run("return location.pathname").await;
    assert_eq!(token, json!(format!("/queue/{CLUB}")));

    visitor.connect(false).await;
    let _ = shoppers[0].leave().await.expect(204);
    let operator = Shopper::operator(&server).await;
    let admitted = |queue: &frontrow_tests::Reply| queue.body["waiting"] == 0 && queue.body["active"] == 1;
    let read = || async { operator.get(&format!("/v1/queues/{CLUB_QUEUE}/board")).await };
    let _ = operator.until("the visitor is admitted", read, admitted).await;
    visitor.connect(true).await;
    visitor.until_page_says("Choose your seats").await;
}
