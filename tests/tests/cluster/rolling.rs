//! A rolling update: each instance is stopped gracefully and replaced under load.

use frontrow_tests::{Frontrow, MixedLoad};

/// Clients of the mixed load, the users that they share, and the number of responses before each stop.
const CROWD: usize = 90;
const USERS: usize = 30;
const RESPONSES_A_ROUND: u64 = 300;

/// Any response other than success, a refusal, or a 503 with its own code fails the test: see `Response`.
#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_of_three_instances_loses_nothing() {
    let mut servers = Frontrow::instances::<3>(&[]).await;
    let load = MixedLoad::of(&servers[0], USERS).await;
    for leaving in 0..servers.len() {
        let at_all: Vec<_> = servers.iter().map(|server| load.shoppers(server)).collect();
        let staying = (leaving + 1) % servers.len();
        let replacement = servers[staying].restart().await;
        let stop = async {
            let ended = servers[leaving].terminate().await;
            assert!(ended.success(), "{ended}");
        };
        load.run(&at_all, CROWD, RESPONSES_A_ROUND, stop).await;
        servers[leaving] = replacement;
        let shoppers = load.shoppers(&servers[staying]);
        load.history.resolve_unknown(&shoppers).await;
        load.history.assert_matches_state(&shoppers).await;
    }
    servers[0].assert_audit_is_clean().await;
}
