//! Admission by several servers on one database, all of which tick: in order of number, under the capacity.

use std::sync::Arc;

use frontrow_tests::{CLUB_QUEUE, Frontrow, Reply, Shopper, Stay};
use serde_json::Value;
use testbed::soak;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// Lets each of `shoppers` do the same at one moment, each at the next of `servers`; what each has become.
async fn at_once<F>(shoppers: &[Shopper], servers: &[Frontrow], action: impl Fn(Shopper) -> F) -> Vec<Shopper>
where
    F: Future<Output = Shopper> + Send + 'static,
{
    let start = Arc::new(Barrier::new(shoppers.len()));
    let mut acting = JoinSet::new();
    for (shopper, server) in shoppers.iter().zip(servers.iter().cycle()) {
        let (action, start) = (action(shopper.at(server)), start.clone());
        acting.spawn(async move {
            start.wait().await;
            action.await
        });
    }
    acting.join_all().await
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
async fn places_that_fall_free_at_three_instances_at_once_are_given_in_order_and_once() {
    const PLACES: usize = 6;
    const ROUNDS: usize = 20;
    // A departure makes its own instance tick: three tick at once, each for up to three places.
    let policy = [("FRONTROW__QUEUE__CAPACITY", "6"), ("FRONTROW__QUEUE__BATCH", "3"), ("FRONTROW__DATABASE__FOLLOW_MILLISECONDS", "20")];
    let rounds = ROUNDS * soak() as usize;
    let servers = Frontrow::instances::<3>(&policy).await;
    let queue = format!("/v1/queues/{CLUB_QUEUE}");
    let mut line = Shopper::line(&servers.each_ref(), PLACES + 9).await;
    let _ = line[PLACES - 1].until_active().await;
    for round in 0..rounds {
        // Who asks for a place makes the instance know of it: each knows of nine who wait.
        for (shopper, server) in line[line.len() - 3..].iter().flat_map(|shopper| servers.iter().map(move |server| (shopper, server))) {
            let _ = shopper.at(server).poll().await;
        }
        let left = at_once(&line[3 * round..][..3], &servers, leave).await;
        for shopper in servers.iter().map(Shopper::nobody) {
            let given = |figures: &Reply| figures.body["waiting"].as_u64() <= Some(6);
            let _ = shopper.until("the free places are given", || shopper.get(&queue), given).await;
        }
        line.extend(at_once(&left, &servers, join).await);
    }
    let mut stays = Vec::new();
    for (place, shopper) in line.iter().enumerate() {
        let left = place < 3 * rounds;
        let told = shopper.until("all departures are known", || shopper.poll(), |token| !left || token.body["status"] == "EXPIRED").await;
        stays.push(Stay::of(&told.body));
    }
    Stay::assert_under_capacity(&stays, PLACES);
    Stay::assert_in_order_of_number(&stays);
    assert_eq!(stays.iter().filter(|stay| stay.activated_at.is_some()).count(), PLACES + 3 * rounds, "every place is given");
    servers[0].assert_audit_is_clean().await;
}

/// What is told of the places of `line`.
async fn told(line: &[Shopper]) -> Vec<Value> {
    let mut told = Vec::new();
    for shopper in line {
        told.push(shopper.poll().await.body);
    }
    told
}

#[tokio::test]
async fn admission_goes_on_in_order_and_under_capacity_whichever_instance_is_killed() {
    const PLACES: usize = 3;
    let three_places = [("FRONTROW__QUEUE__CAPACITY", "3"), ("FRONTROW__QUEUE__CLAIM_SECONDS", "2")];
    let [mut a, b, mut c] = Frontrow::instances::<3>(&three_places).await;
    let line = Shopper::line(&[&a, &b, &c], 9).await;
    let line: Vec<Shopper> = line.iter().map(|shopper| shopper.at(&b)).collect();
    let mut ended = 0;
    while ended < line.len() - PLACES {
        let now_ended = told(&line).await.iter().filter(|token| token["status"] == "EXPIRED").count();
        match (ended, now_ended) {
            (0, 1..) => a.kill().await,
            (1..=3, 4..) => c.kill().await,
            _ => {}
        }
        ended = ended.max(now_ended);
    }
    // Whoever is in was let in by one of the three instances, each of which ticked as long as it lived.
    let stays: Vec<Stay> = told(&line).await.iter().map(Stay::of).collect();
    Stay::assert_under_capacity(&stays, PLACES);
    Stay::assert_in_order_of_number(&stays);
    b.assert_audit_is_clean().await;
}
