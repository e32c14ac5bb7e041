//! SIGKILL: what was acknowledged is there afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use frontrow_tests::{Frontrow, Shopper, StoreKind};
use rstest::rstest;

const CLIENTS: usize = 8;
/// The stream is cut after this many acknowledged charges.
const ENOUGH: i64 = 200;

/// Charges 1 again and again until the server is gone. True if a charge is in flight then.
async fn charge_until_cut(shopper: Shopper, client: usize, acknowledged: Arc<AtomicI64>) -> bool {
    for n in 0_u32.. {
        let body = serde_json::json!({"amount": frontrow_tests::money(1)});
        let key = format!("{client}-{n}");
        match shopper.send(reqwest::Method::POST, "/v1/wallet/charges", Some(&key), Some(&body)).await {
            Ok(reply) => {
                assert_eq!(reply.status, 201, "{}", reply.body);
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            Err(_cut) => return true,
        }
    }
    false
}

#[rstest]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_charge_is_lost_when_the_server_is_killed(#[case] store: StoreKind) {
    let mut server = Frontrow::start(store, &[]).await;
    let ada = Shopper::register(&server).await;
    let acknowledged = Arc::new(AtomicI64::new(0));
    let clients: Vec<_> = (0..CLIENTS).map(|client| tokio::spawn(charge_until_cut(ada.clone(), client, acknowledged.clone()))).collect();
    while acknowledged.load(Ordering::SeqCst) < ENOUGH {
        tokio::task::yield_now().await;
    }

    server.kill().await;

    let mut in_flight = 0;
    for client in clients {
        in_flight += i64::from(client.await.unwrap());
    }
    let acknowledged = acknowledged.load(Ordering::SeqCst);
    let server = server.restart().await;
    let balance = ada.at(&server).balance().await;
    assert!(
        (acknowledged..=acknowledged + in_flight).contains(&balance),
        "{acknowledged} acknowledged, {in_flight} in flight, {balance} found"
    );
    server.assert_audit_is_clean().await;
}
