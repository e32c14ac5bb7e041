//! Admission by several servers on one database, all of which tick: in order of number, within the capacity.

use std::sync::Arc;

use frontrow_tests::{CLUB_QUEUE, Frontrow, Reply, Shopper, Stay};
use serde_json::Value;
use testbed::soak;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// Runs `action` for each of `shoppers` at the same moment, each at the next of `servers`, and returns the shoppers that result.
async fn at_once<F>(shoppers: &[Shopper], servers: &[Frontrow], action: impl Fn(Shopper) -> F) -> Vec<Shopper>
where
    F: Future<Output = Shopper> + Send + 'static,
{
    let start = Arc::new(Barrier::new(shoppers.len()));
    let mut actions = JoinSet::new();
    for (shopper, server) in shoppers.iter().zip(servers.iter().cycle()) {
        let (action, start) = (action(shopper.at(server)), start.clone());
        actions.spawn(async move {
            start.wait().await;
            action.await
        });
    }
    actions.join_all().await
}

async fn leave(shopper: Shopper) -> Shopper {
    let _ = shopper.leave().await.expect(204);
    shopper
}

async fn join(mut shopper: Shopper) -> Shopper {
    let _ = shopper.join().await.expect(201);
    shopper
}

#[tokio::test(flavor = "multi_thread")]
async fn capacity_freed_at_three_instances_at_once_is_given_in_order_and_once() {
    const CAPACITY: usize = 6;
    const ROUNDS: usize = 20;
    // Each departure makes its own instance tick: three tick at once, each for up to three users.
    let policy = [("FRONTROW__QUEUE__CAPACITY", "6"), ("FRONTROW__QUEUE__BATCH", "3"), ("FRONTROW__DATABASE__FOLLOW_MILLISECONDS", "20")];
    let rounds = ROUNDS * soak() as usize;
    let servers = Frontrow::instances::<3>(&policy).await;
    let queue = format!("/v1/queues/{CLUB_QUEUE}");
    let mut shoppers = Shopper::in_queue(&servers.each_ref(), CAPACITY + 9).await;
    let _ = shoppers[CAPACITY - 1].until_active().await;
    for round in 0..rounds {
        // An instance learns of a token when it is polled: afterwards each knows of nine waiting users.
        for (shopper, server) in
            shoppers[shoppers.len() - 3..].iter().flat_map(|shopper| servers.iter().map(move |server| (shopper, server)))
        {
            let _ = shopper.at(server).poll().await;
        }
        let left = at_once(&shoppers[3 * round..][..3], &servers, leave).await;
        for shopper in servers.iter().map(Shopper::anonymous) {
            let admitted = |figures: &Reply| figures.body["waiting"].as_u64() <= Some(6);
            let _ = shopper.until("the freed capacity is used", || shopper.get(&queue), admitted).await;
        }
        shoppers.extend(at_once(&left, &servers, join).await);
    }
    let mut stays = Vec::new();
    for (index, shopper) in shoppers.iter().enumerate() {
        let left = index < 3 * rounds;
        let token = shopper.until("all departures are known", || shopper.poll(), |reply| !left || reply.body["status"] == "EXPIRED").await;
        stays.push(Stay::of(&token.body));
    }
    Stay::assert_under_capacity(&stays, CAPACITY);
    Stay::assert_in_order_of_number(&stays);
    assert_eq!(stays.iter().filter(|stay| stay.activated_at.is_some()).count(), CAPACITY + 3 * rounds, "all freed capacity is used");
    servers[0].assert_audit_is_clean().await;
}

/// Polls the tokens of `shoppers`.
async fn poll_all(shoppers: &[Shopper]) -> Vec<Value> {
    let mut tokens = Vec::new();
    for shopper in shoppers {
        tokens.push(shopper.poll().await.body);
    }
    tokens
}

#[tokio::test]
async fn admission_continues_in_order_and_within_capacity_after_instances_are_killed() {
    const CAPACITY: usize = 3;
    let policy = [("FRONTROW__QUEUE__CAPACITY", "3"), ("FRONTROW__QUEUE__CLAIM_SECONDS", "2")];
    let [mut a, b, mut c] = Frontrow::instances::<3>(&policy).await;
    let shoppers = Shopper::in_queue(&[&a, &b, &c], 9).await;
    let shoppers: Vec<Shopper> = shoppers.iter().map(|shopper| shopper.at(&b)).collect();
    let mut ended = 0;
    while ended < shoppers.len() - CAPACITY {
        let now_ended = poll_all(&shoppers).await.iter().filter(|token| token["status"] == "EXPIRED").count();
        match (ended, now_ended) {
            (0, 1..) => a.kill().await,
            (1..=3, 4..) => c.kill().await,
            _ => {}
        }
        ended = ended.max(now_ended);
    }
    // Every active user was admitted by one of the three instances, each of which ticked as long as it lived.
    let stays: Vec<Stay> = poll_all(&shoppers).await.iter().map(Stay::of).collect();
    Stay::assert_under_capacity(&stays, CAPACITY);
    Stay::assert_in_order_of_number(&stays);
    b.assert_audit_is_clean().await;
}
