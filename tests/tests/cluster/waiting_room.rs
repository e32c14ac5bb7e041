//! The waiting room of several servers on one database: each answers from its own memory, and all say the same.

use std::sync::Arc;
use std::time::Duration;

use frontrow_tests::{CLUB_QUEUE, Frontrow, Reply, Shopper};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

const TWO_PLACES: (&str, &str) = ("FRONTROW__QUEUE__CAPACITY", "2");
/// How long instances may take to agree. It is about a second; a busy machine takes longer.
const TIMEOUT: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// What a server says of a line and of everybody in it.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    waiting: Value,
    active: Value,
    places: Vec<Place>,
}

#[derive(Debug, Clone, PartialEq)]
struct Place {
    status: String,
    number: u64,
    position: Option<u64>,
    /// Why it has ended, when it began and when it ends.
    rest: [Value; 3],
}

impl Told {
    async fn by(server: &Frontrow, line: &[Shopper]) -> Self {
        let mut places = Vec::new();
        for shopper in line {
            let body = shopper.at(server).poll().await.body;
            places.push(Place {
                status: body["status"].as_str().unwrap_or_default().to_owned(),
                number: body["number"].as_u64().unwrap_or_default(),
                position: body["position"].as_u64(),
                rest: [body["expired_reason"].clone(), body["activated_at"].clone(), body["expires_at"].clone()],
            });
        }
        // Last: who is asked for is known from then on.
        let figures = Shopper::nobody(server).get(&format!("/v1/queues/{CLUB_QUEUE}")).await.expect(200).body;
        Self { waiting: figures["waiting"].clone(), active: figures["active"].clone(), places }
    }

    /// What `one` says, once `other` says the same.
    async fn alike(one: &Frontrow, other: &Frontrow, line: &[Shopper]) -> Self {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            // The first is asked again, lest it was changing its mind.
            let (told, also, again) = (Self::by(one, line).await, Self::by(other, line).await, Self::by(one, line).await);
            if told == also && told == again {
                return told;
            }
            assert!(Instant::now() < deadline, "one says {told:#?}, the other {also:#?}");
            sleep(BETWEEN_LOOKS).await;
        }
    }

    fn count(&self, status: &str) -> usize {
        self.places.iter().filter(|place| place.status == status).count()
    }

    /// Counts by hand who is ahead of whom, and who is where.
    fn assert_adds_up(&self) {
        let mut waiting: Vec<&Place> = self.places.iter().filter(|place| place.status == "WAITING").collect();
        waiting.sort_unstable_by_key(|place| place.number);
        for (place, rank) in waiting.iter().zip(1..) {
            assert_eq!(place.position, Some(rank), "number {}", place.number);
        }
        assert!(self.places.iter().all(|place| place.status == "WAITING" || place.position.is_none()), "{self:#?}");
        assert_eq!((&self.waiting, &self.active), (&json!(waiting.len()), &json!(self.count("ACTIVE"))));
    }
}

#[tokio::test]
async fn a_line_shrinks_on_every_instance() {
    let [a, b] = Frontrow::instances::<2>(&[("FRONTROW__QUEUE__CAPACITY", "1")]).await;
    let first = Shopper::admitted(&a).await;
    let waiting = Shopper::line(&[&a, &b], 4).await;
    // Each asks the instance at which they did not join.
    let last = waiting[3].at(&a);
    let _ = last.until("a knows of all who wait", || last.poll(), |place| place.body["position"] == 4).await;
    let _ = first.at(&b).leave().await.expect(204);
    let _ = waiting[0].at(&b).until_active().await;
    for server in [&a, &b] {
        let last = waiting[3].at(server);
        let _ = last.until("the line has moved", || last.poll(), |place| place.body["position"] == 3).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn joins_of_one_user_at_three_instances_at_once_take_one_place() {
    const USERS: u64 = 8;
    const DEVICES: usize = 9;
    let servers = Frontrow::instances::<3>(&[TWO_PLACES]).await;
    let mut tokens = Vec::new();
    for number in 1..=USERS {
        let user = Shopper::register(&servers[0]).await;
        let start = Arc::new(Barrier::new(DEVICES));
        let mut joins = JoinSet::new();
        for server in servers.iter().cycle().take(DEVICES) {
            let (mut device, start) = (user.at(server), start.clone());
            joins.spawn(async move {
                start.wait().await;
                let mut tries = vec![device.join().await];
                // Who isn't told what came of it asks again: on a slow machine the line's counter may be contested for long.
                while tries[tries.len() - 1].status == 503 && tries.len() < 5 {
                    tries.push(device.join().await);
                }
                tries
            });
        }
        let tries = joins.join_all().await;
        let is_in_doubt = tries.iter().any(|tries| tries[0].code() == "UNAVAILABLE");
        let joined: Vec<Reply> = tries.into_iter().filter_map(|mut tries| tries.pop()).collect();
        let count = |status: u16| joined.iter().filter(|reply| reply.status == status).count();
        assert!(count(201) == 1 || (count(201) == 0 && is_in_doubt), "{joined:?}");
        assert_eq!(count(200) + count(201), DEVICES, "{joined:?}");
        let token = joined[0].text("token");
        assert!(joined.iter().all(|reply| reply.text("token") == token && reply.body["number"] == number), "{joined:?}");
        tokens.push(token);
    }
    tokens.sort_unstable();
    assert!(tokens.windows(2).all(|pair| pair[0] != pair[1]), "each has a place of their own");
    servers[0].assert_audit_is_clean().await;
}

#[tokio::test]
async fn an_instance_that_stood_still_catches_up_with_the_others() {
    let [a, b, c] = Frontrow::instances::<3>(&[TWO_PLACES]).await;
    // All joined at c: it has their places in memory.
    let mut people = Shopper::line(&[&c], 12).await;
    let _ = people[1].until_active().await;
    for server in [&a, &b] {
        let told = Told::alike(server, &c, &people).await;
        told.assert_adds_up();
        assert_eq!((told.count("ACTIVE"), told.count("WAITING")), (2, 10));
    }
    let mut stream = people[4].follow(None).await;
    assert_eq!(stream.expect("position").await.token["position"], 3);

    c.pause();
    let _ = people[0].at(&a).leave().await.expect(204);
    let buyer = people[1].at(&b);
    let held = buyer.hold(&[7], "hold").await.expect(201);
    let _ = buyer.charge(60_000, "charge").await.expect(201);
    let _ = buyer.pay(&held.text("id"), "pay").await.expect(201);
    let _ = people[6].at(&b).leave().await.expect(204);
    let _ = people[2].at(&a).until_active().await;
    let _ = people[2].at(&b).leave().await.expect(204);
    let _ = people[4].at(&a).until_active().await;
    people.extend(Shopper::line(&[&a, &b], 3).await);
    let meanwhile = Told::alike(&a, &b, &people).await;
    meanwhile.assert_adds_up();
    assert_eq!((meanwhile.count("EXPIRED"), meanwhile.count("ACTIVE"), meanwhile.count("WAITING")), (4, 2, 9));
    c.resume();

    assert_eq!(Told::alike(&c, &a, &people).await, meanwhile, "nothing has changed but what c knows");
    let mut told = stream.next().await;
    while told.as_ref().is_some_and(|event| event.name == "position") {
        told = stream.next().await;
    }
    assert_eq!(told.expect("an event").token["status"], "ACTIVE");
    // And it takes part again: it admits, it refuses, it follows.
    let _ = people[3].at(&c).leave().await.expect(204);
    let _ = people[5].at(&c).until_active().await;
    let _ = people[0].at(&c).hold(&[8], "late").await.expect_problem(410, "QUEUE_TOKEN_EXPIRED");
    Told::alike(&c, &b, &people).await.assert_adds_up();
    a.assert_audit_is_clean().await;
}

#[tokio::test]
async fn an_instance_that_was_started_anew_says_of_the_line_what_the_other_says() {
    let [mut a, b] = Frontrow::instances::<2>(&[TWO_PLACES]).await;
    let mut people = Shopper::line(&[&a, &b], 24).await;
    let _ = people[1].until_active().await;
    for left in [4, 5, 11, 20] {
        let _ = people[left].leave().await.expect(204);
    }
    let before = Told::alike(&a, &b, &people).await;
    before.assert_adds_up();
    assert_eq!((before.count("ACTIVE"), before.count("WAITING")), (2, 18));

    a.kill().await;
    let _ = people[0].at(&b).leave().await.expect(204);
    let _ = people[7].at(&b).leave().await.expect(204);
    let _ = people[2].at(&b).until_active().await;
    people.extend(Shopper::line(&[&b], 2).await);
    let stayed = Told::by(&b, &people).await;
    stayed.assert_adds_up();
    let a = b.restart().await;

    assert_eq!(Told::by(&a, &people).await, stayed, "at once: its memory is filled before it serves");
    assert_eq!((stayed.count("ACTIVE"), stayed.count("WAITING")), (2, 18));
    people.extend(Shopper::line(&[&a], 2).await);
    Told::alike(&a, &b, &people).await.assert_adds_up();
    a.assert_audit_is_clean().await;
}
