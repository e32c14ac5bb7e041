//! SIGKILL: acknowledged changes survive, and refused ones have no effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use frontrow_tests::{Frontrow, MixedLoad, Shopper, StoreKind};
use rstest::rstest;
use testbed::{Cluster, Durability, soak};

/// The number of kills, times the factor of `make soak`; `FRONTROW_CRASH_ROUNDS` sets the number directly.
const ROUNDS: u32 = 4;
/// Clients of the mixed load, the users that they share, and the number of responses before each kill.
const CROWD: usize = 240;
const USERS: usize = 60;
const RESPONSES_A_ROUND: u64 = 500;

/// Polling doesn't disturb the clients.
const POLL_INTERVAL: std::time::Duration = std::time::Duration::from_millis(5);
const CLIENTS: usize = 8;
/// The number of acknowledged charges after which the server is killed.
const ENOUGH: i64 = 200;

/// Charges 1 repeatedly until the server is gone. Returns whether a charge was in flight then.
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
        assert!(clients.iter().any(|client| !client.is_finished()), "all clients have ended before the server");
        tokio::time::sleep(POLL_INTERVAL).await;
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

#[expect(clippy::disallowed_methods, reason = "the tests' edge: how long they may run")]
fn rounds() -> u32 {
    std::env::var("FRONTROW_CRASH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or_else(|| ROUNDS * soak())
}

/// Each round kills one of two servers, and every other round the whole database as well, under a mixed load.
#[tokio::test(flavor = "multi_thread")]
async fn the_clients_history_matches_the_store_after_repeated_kills_of_servers_and_database() {
    let mut cluster = Cluster::start(Durability::Processes);
    let database = cluster.create_database();
    let mut doomed = Frontrow::start_at(&database.url, &[("FRONTROW__LOG__FILTER", "off")]).await;
    let load = MixedLoad::of(&doomed, USERS).await;
    let mut unknown = 0;
    for round in 0..rounds() {
        let survivor = doomed.restart().await;
        let at_both = [load.shoppers(&doomed), load.shoppers(&survivor)];
        let kill_database = round % 2 == 1;
        let kill = async {
            if kill_database {
                cluster.kill();
            }
            doomed.kill().await;
        };
        load.run(&at_both, CROWD, RESPONSES_A_ROUND, kill).await;
        if kill_database {
            cluster.restart();
        }
        let shoppers = load.shoppers(&survivor);
        let ready = || shoppers[0].get("/readyz");
        let _ = shoppers[0].until("the surviving server has reconnected to its store", ready, |reply| reply.body["status"] == "ok").await;
        unknown += load.history.resolve_unknown(&shoppers).await;
        load.history.assert_matches_state(&shoppers).await;
        survivor.assert_audit_is_clean().await;
        doomed = survivor;
    }
    assert!(unknown > 0, "no kill interrupted a request");
}
