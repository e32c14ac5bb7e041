//! Event streams of several servers on one database: events reach the clients of every server.

use std::time::Duration;

use frontrow_tests::{Frontrow, Reply, Shopper};
use serde_json::json;
use tokio::time::Instant;

const CAPACITY_OF_1: (&str, &str) = ("FRONTROW__QUEUE__CAPACITY", "1");
/// The guarantee: within this time of the capacity being freed, the next user is admitted, in 99 of 100 cases.
const LIMIT: Duration = Duration::from_secs(1);

/// Waits until `shopper` is at `position` and the availability is known.
async fn until_at(shopper: &Shopper, position: u64) {
    let known = |token: &Reply| token.body["position"] == position && token.body["availability"] == "GOOD";
    let _ = shopper.until("the position is known", || shopper.poll(), known).await;
}

/// Buys a seat, which ends the token, and returns when the response came.
async fn buy(shopper: &Shopper, seat: u32) -> Instant {
    let reservation = shopper.hold(&[seat], "hold").await.expect(201).text("id");
    let _ = shopper.charge(60_000, "charge").await.expect(201);
    let _ = shopper.pay(&reservation, "pay").await.expect(201);
    Instant::now()
}

#[tokio::test]
async fn capacity_freed_at_one_instance_admits_a_listener_at_another_within_a_second() {
    const DEPARTURES: u32 = 40;
    // The regular tick is far too rare to admit the next user in time.
    let [a, b] = Frontrow::instances::<2>(&[CAPACITY_OF_1, ("FRONTROW__QUEUE__TICK_MILLISECONDS", "5000")]).await;
    let shoppers = Shopper::in_queue(&[&a, &b], 41).await;
    let _ = shoppers[0].until_active().await;
    for server in [&a, &b] {
        until_at(&shoppers[40].at(server), 40).await;
    }

    let mut waits = Vec::new();
    for (pair, departure) in shoppers.windows(2).zip(1..=DEPARTURES) {
        let (here, there) = if departure % 2 == 0 { (&a, &b) } else { (&b, &a) };
        let (active, next) = (pair[0].at(here), pair[1].at(there));
        let mut stream = next.follow(None).await;
        let mut event = stream.expect("position").await;
        let freed = if departure % 4 < 2 {
            buy(&active, departure).await
        } else {
            let _ = active.leave().await.expect(204);
            Instant::now()
        };
        // Events with their new position may come first; only the admission counts.
        while event.name == "position" {
            event = stream.next().await.expect("more to come");
        }
        waits.push(freed.elapsed());
        assert_eq!(event.name, "activated", "{event:?}");
    }
    // Without a wake-up, four in five would be late because of the tick; on a busy machine, one may be late now and then.
    let late = waits.iter().filter(|wait| **wait > LIMIT).count();
    assert!(late * 4 <= waits.len(), "{late} of {DEPARTURES} admissions were late: {waits:?}");
    a.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_stream_sends_changes_made_at_other_instances_and_continues_at_any_instance() {
    let [a, b, c] = Frontrow::instances::<3>(&[CAPACITY_OF_1]).await;
    let [ada, bob, eve] = Shopper::in_queue(&[&a], 3).await.try_into().expect("three shoppers");
    for server in [&a, &b, &c] {
        let _ = ada.at(server).until_active().await;
        until_at(&bob.at(server), 1).await;
        until_at(&eve.at(server), 2).await;
    }

    let mut stream = eve.at(&b).follow(None).await;
    let second = stream.expect("position").await;
    assert_eq!((&second.token["status"], &second.token["position"]), (&json!("WAITING"), &json!(2)));
    let _ = bob.at(&a).leave().await.expect(204);
    let first = stream.expect("position").await;
    assert_eq!(first.token["position"], 1);

    // The connection is lost, and the queue moves on meanwhile; another instance continues where this one stopped.
    drop(stream);
    until_at(&eve.at(&c), 1).await;
    let mut same = eve.at(&c).follow(Some(&first.id)).await;
    let mut late = eve.at(&c).follow(Some(&second.id)).await;
    assert_eq!(late.expect("position").await.token["position"], 1, "the missed event");
    let _ = ada.at(&a).leave().await.expect(204);
    let active = same.expect("activated").await;
    assert_eq!((&active.token["status"], &active.token["position"]), (&json!("ACTIVE"), &json!(null)));
    assert_eq!(late.expect("activated").await.id, active.id);

    let _ = eve.at(&b).until_active().await;
    let mut whole = eve.at(&b).follow(Some("nonsense")).await;
    let _ = whole.expect("activated").await;
    let _ = eve.at(&a).leave().await.expect(204);
    for stream in [&mut same, &mut late, &mut whole] {
        let ended = stream.expect("expired").await;
        assert_eq!((&ended.token["status"], &ended.token["expired_reason"]), (&json!("EXPIRED"), &json!("LEFT")));
        assert_eq!(stream.next().await, None, "nothing follows");
    }
    let mut missed = eve.at(&b).follow(Some(&active.id)).await;
    let ended = missed.expect("expired").await;
    for server in [&a, &b, &c] {
        assert_eq!(eve.at(server).follow(Some(&ended.id)).await.status, 204, "the client must not reconnect");
    }
}
