//! A new release: each instance is stopped in good order and started anew, while the crowd goes on.

use frontrow_tests::{Frontrow, MixedLoad};

/// Clients of the mixed load, the users whom they share, and the requests that are answered before an instance stops.
const CROWD: usize = 90;
const USERS: usize = 30;
const A_ROUND: u64 = 300;

/// Whatever is answered that is neither success nor a refusal nor a 503 with a code of its own ends the test: see `Response`.
#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_of_three_instances_loses_nothing() {
    let mut servers = Frontrow::instances::<3>(&[]).await;
    let load = MixedLoad::of(&servers[0], USERS).await;
    for leaving in 0..servers.len() {
        let at_all: Vec<_> = servers.iter().map(|server| load.shoppers(server)).collect();
        let stays = (leaving + 1) % servers.len();
        let anew = servers[stays].restart().await;
        let stop = async {
            let ended = servers[leaving].terminate().await;
            assert!(ended.success(), "{ended}");
        };
        load.run(&at_all, CROWD, A_ROUND, stop).await;
        servers[leaving] = anew;
        let shoppers = load.shoppers(&servers[stays]);
        load.history.settle(&shoppers).await;
        load.history.assert_is_kept(&shoppers).await;
    }
    servers[0].assert_audit_is_clean().await;
}
