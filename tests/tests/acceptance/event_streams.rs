//! Event streams of several servers on one database: news travel between them.

use std::time::Duration;

use frontrow_tests::{Frontrow, Reply, Shopper};
use serde_json::json;
use tokio::time::Instant;

const ONE_PLACE: (&str, &str) = ("FRONTROW__QUEUE__CAPACITY", "1");
/// The promise: so soon the next one is in, in 99 of 100 cases.
const SOON: Duration = Duration::from_secs(1);

/// Waits until `shopper` is told of `position`, and of how much is left.
async fn until_at(shopper: &Shopper, position: u64) {
    let known = |place: &Reply| place.body["position"] == position && place.body["availability"] == "GOOD";
    let _ = shopper.until("the place in line is known", || shopper.poll(), known).await;
}

/// Buys a seat, which ends the token; when the answer came.
async fn buy(shopper: &Shopper, seat: u32) -> Instant {
    let reservation = shopper.hold(&[seat], "hold").await.expect(201).text("id");
    let _ = shopper.charge(60_000, "charge").await.expect(201);
    let _ = shopper.pay(&reservation, "pay").await.expect(201);
    Instant::now()
}

#[tokio::test]
async fn a_place_that_falls_free_at_one_instance_is_given_within_a_second_to_who_listens_at_another() {
    const DEPARTURES: u32 = 40;
    // The regular tick comes far too seldom to do it.
    let [a, b] = Frontrow::instances::<2>(&[ONE_PLACE, ("FRONTROW__QUEUE__TICK_MILLISECONDS", "5000")]).await;
    let line = Shopper::line(&[&a, &b], 41).await;
    let _ = line[0].until_active().await;
    for server in [&a, &b] {
        until_at(&line[40].at(server), 40).await;
    }

    let mut waits = Vec::new();
    for (pair, departure) in line.windows(2).zip(1..=DEPARTURES) {
        let (here, there) = if departure % 2 == 0 { (&a, &b) } else { (&b, &a) };
        let (inside, next) = (pair[0].at(here), pair[1].at(there));
        let mut stream = next.follow(None).await;
        let mut told = stream.expect("position").await;
        let freed = if departure % 4 < 2 {
            buy(&inside, departure).await
        } else {
            let _ = inside.leave().await.expect(204);
            Instant::now()
        };
        // That they are first now is told sooner or later; what counts is that they are in.
        while told.name == "position" {
            told = stream.next().await.expect("more to come");
        }
        waits.push(freed.elapsed());
        assert_eq!(told.name, "activated", "{told:?}");
    }
    // Without a wake-up four of five would be late, by the tick; a machine under load may be late now and then.
    let late = waits.iter().filter(|wait| **wait > SOON).count();
    assert!(late * 4 <= waits.len(), "{late} of {DEPARTURES} places were given late: {waits:?}");
    a.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_stream_at_one_instance_tells_what_becomes_of_a_place_at_the_others_and_goes_on_at_any() {
    let [a, b, c] = Frontrow::instances::<3>(&[ONE_PLACE]).await;
    let [ada, bob, eve] = Shopper::line(&[&a], 3).await.try_into().expect("three people");
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

    // The connection is lost, and the line moves on meanwhile; another instance goes on where this one stopped.
    drop(stream);
    until_at(&eve.at(&c), 1).await;
    let mut same = eve.at(&c).follow(Some(&first.id)).await;
    let mut late = eve.at(&c).follow(Some(&second.id)).await;
    assert_eq!(late.expect("position").await.token["position"], 1, "what was missed");
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
        assert_eq!(eve.at(server).follow(Some(&ended.id)).await.status, 204, "don't come back");
    }
}
