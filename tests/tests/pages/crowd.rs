//! A visitor among many buyers.

use frontrow_tests::{CLUB, Frontrow, Shopper, StoreKind, Visitor};
use tokio::task::JoinSet;

use crate::{hold_best, join, pay};

#[tokio::test]
async fn a_visitor_shops_while_a_thousand_others_do() {
    const OTHERS: usize = 1_000;
    const CONNECTIONS: usize = 20;
    let server = Frontrow::start(StoreKind::Sqlite, &[("FRONTROW__QUEUE__CAPACITY", "2000"), ("FRONTROW__QUEUE__BATCH", "2000")]).await;
    let server = std::sync::Arc::new(server);
    let visitor = Visitor::arrive(&server, "crowd").await;
    let mut others = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let server = server.clone();
        others.spawn(async move {
            let mut held = 0;
            for number in 0..OTHERS / CONNECTIONS {
                let shopper = Shopper::admitted(&server).await;
                // The seats of the last three rows, again and again: most attempts are refused.
                let seat = 21 + u32::try_from((connection * 7 + number) % 30).unwrap();
                held += usize::from(shopper.hold(&[seat], "hold").await.status == 201);
                let _ = shopper.leave().await;
            }
            held
        });
    }
    join(&visitor, CLUB, "Ada").await;
    hold_best(&visitor).await;
    visitor.look("1-order").await;
    pay(&visitor).await;
    let held: usize = others.join_all().await.into_iter().sum();
    assert!(held > 0, "the others shop, too");
    server.assert_audit_is_clean().await;
}
