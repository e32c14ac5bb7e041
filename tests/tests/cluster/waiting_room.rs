//! The waiting rooms of several servers on one database: each answers from its own memory, and all agree.

use std::sync::Arc;
use std::time::Duration;

use frontrow_tests::{CLUB_QUEUE, Frontrow, Reply, Shopper};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

const CAPACITY_OF_2: (&str, &str) = ("FRONTROW__QUEUE__CAPACITY", "2");
/// How long instances may take to agree: usually about a second, longer on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A server's view of a queue and of all its tokens.
#[derive(Debug, Clone, PartialEq)]
struct View {
    waiting: Value,
    active: Value,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    status: String,
    number: u64,
    position: Option<u64>,
    /// Its expiry reason, activation time and expiry time.
    details: [Value; 3],
}

impl View {
    async fn by(server: &Frontrow, shoppers: &[Shopper]) -> Self {
        let mut tokens = Vec::new();
        for shopper in shoppers {
            let body = shopper.at(server).poll().await.body;
            tokens.push(Token {
                status: body["status"].as_str().unwrap_or_default().to_owned(),
                number: body["number"].as_u64().unwrap_or_default(),
                position: body["position"].as_u64(),
                details: [body["expired_reason"].clone(), body["activated_at"].clone(), body["expires_at"].clone()],
            });
        }
        // Read last: an instance knows every token that it was asked about.
        let figures = Shopper::anonymous(server).get(&format!("/v1/queues/{CLUB_QUEUE}")).await.expect(200).body;
        Self { waiting: figures["waiting"].clone(), active: figures["active"].clone(), tokens }
    }

    /// Returns the view of `one` once `other` has the same.
    async fn alike(one: &Frontrow, other: &Frontrow, shoppers: &[Shopper]) -> Self {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            // The first is read again, in case it was changing.
            let (view, also, again) = (Self::by(one, shoppers).await, Self::by(other, shoppers).await, Self::by(one, shoppers).await);
            if view == also && view == again {
                return view;
            }
            assert!(Instant::now() < deadline, "one has {view:#?}, the other {also:#?}");
            sleep(POLL_INTERVAL).await;
        }
    }

    fn count(&self, status: &str) -> usize {
        self.tokens.iter().filter(|token| token.status == status).count()
    }

    /// Recomputes the positions and the counts from the tokens.
    fn assert_is_consistent(&self) {
        let mut waiting: Vec<&Token> = self.tokens.iter().filter(|token| token.status == "WAITING").collect();
        waiting.sort_unstable_by_key(|token| token.number);
        for (token, rank) in waiting.iter().zip(1..) {
            assert_eq!(token.position, Some(rank), "number {}", token.number);
        }
        assert!(self.tokens.iter().all(|token| token.status == "WAITING" || token.position.is_none()), "{self:#?}");
        assert_eq!((&self.waiting, &self.active), (&json!(waiting.len()), &json!(self.count("ACTIVE"))));
    }
}

#[tokio::test]
async fn positions_move_up_on_every_instance() {
    let [a, b] = Frontrow::instances::<2>(&[("FRONTROW__QUEUE__CAPACITY", "1")]).await;
    let first = Shopper::admitted(&a).await;
    let waiting = Shopper::in_queue(&[&a, &b], 4).await;
    // Each polls the instance at which they did not join.
    let last = waiting[3].at(&a);
    let _ = last.until("a knows of all waiting users", || last.poll(), |token| token.body["position"] == 4).await;
    let _ = first.at(&b).leave().await.expect(204);
    let _ = waiting[0].at(&b).until_active().await;
    for server in [&a, &b] {
        let last = waiting[3].at(server);
        let _ = last.until("the queue has moved", || last.poll(), |token| token.body["position"] == 3).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_joins_of_one_user_at_three_instances_create_one_token() {
    const USERS: u64 = 8;
    const DEVICES: usize = 9;
    let servers = Frontrow::instances::<3>(&[CAPACITY_OF_2]).await;
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
                // A join of unknown outcome is repeated: on a slow machine the queue's counter may be contested for a long time.
                while tries[tries.len() - 1].status == 503 && tries.len() < 5 {
                    tries.push(device.join().await);
                }
                tries
            });
        }
        let tries = joins.join_all().await;
        let has_unknown_outcome = tries.iter().any(|tries| tries[0].code() == "UNAVAILABLE");
        let joined: Vec<Reply> = tries.into_iter().filter_map(|mut tries| tries.pop()).collect();
        let count = |status: u16| joined.iter().filter(|reply| reply.status == status).count();
        assert!(count(201) == 1 || (count(201) == 0 && has_unknown_outcome), "{joined:?}");
        assert_eq!(count(200) + count(201), DEVICES, "{joined:?}");
        let token = joined[0].text("token");
        assert!(joined.iter().all(|reply| reply.text("token") == token && reply.body["number"] == number), "{joined:?}");
        tokens.push(token);
    }
    tokens.sort_unstable();
    assert!(tokens.windows(2).all(|pair| pair[0] != pair[1]), "each user has their own token");
    servers[0].assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_suspended_instance_catches_up_with_the_others() {
    let [a, b, c] = Frontrow::instances::<3>(&[CAPACITY_OF_2]).await;
    // All joined at c: it has their tokens in memory.
    let mut shoppers = Shopper::in_queue(&[&c], 12).await;
    let _ = shoppers[1].until_active().await;
    for server in [&a, &b] {
        let view = View::alike(server, &c, &shoppers).await;
        view.assert_is_consistent();
        assert_eq!((view.count("ACTIVE"), view.count("WAITING")), (2, 10));
    }
    let mut stream = shoppers[4].follow(None).await;
    assert_eq!(stream.expect("position").await.token["position"], 3);

    c.pause();
    let _ = shoppers[0].at(&a).leave().await.expect(204);
    let buyer = shoppers[1].at(&b);
    let held = buyer.hold(&[7], "hold").await.expect(201);
    let _ = buyer.charge(60_000, "charge").await.expect(201);
    let _ = buyer.pay(&held.text("id"), "pay").await.expect(201);
    let _ = shoppers[6].at(&b).leave().await.expect(204);
    let _ = shoppers[2].at(&a).until_active().await;
    let _ = shoppers[2].at(&b).leave().await.expect(204);
    let _ = shoppers[4].at(&a).until_active().await;
    shoppers.extend(Shopper::in_queue(&[&a, &b], 3).await);
    let meanwhile = View::alike(&a, &b, &shoppers).await;
    meanwhile.assert_is_consistent();
    assert_eq!((meanwhile.count("EXPIRED"), meanwhile.count("ACTIVE"), meanwhile.count("WAITING")), (4, 2, 9));
    c.resume();

    assert_eq!(View::alike(&c, &a, &shoppers).await, meanwhile, "nothing has changed except c's knowledge");
    let mut view = stream.next().await;
    while view.as_ref().is_some_and(|event| event.name == "position") {
        view = stream.next().await;
    }
    assert_eq!(view.expect("an event").token["status"], "ACTIVE");
    // It takes part again: it admits, refuses and follows.
    let _ = shoppers[3].at(&c).leave().await.expect(204);
    let _ = shoppers[5].at(&c).until_active().await;
    let _ = shoppers[0].at(&c).hold(&[8], "late").await.expect_problem(410, "QUEUE_TOKEN_EXPIRED");
    View::alike(&c, &b, &shoppers).await.assert_is_consistent();
    a.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_restarted_instance_has_the_same_view_of_the_queue_as_the_other() {
    let [mut a, b] = Frontrow::instances::<2>(&[CAPACITY_OF_2]).await;
    let mut shoppers = Shopper::in_queue(&[&a, &b], 24).await;
    let _ = shoppers[1].until_active().await;
    for left in [4, 5, 11, 20] {
        let _ = shoppers[left].leave().await.expect(204);
    }
    let before = View::alike(&a, &b, &shoppers).await;
    before.assert_is_consistent();
    assert_eq!((before.count("ACTIVE"), before.count("WAITING")), (2, 18));

    a.kill().await;
    let _ = shoppers[0].at(&b).leave().await.expect(204);
    let _ = shoppers[7].at(&b).leave().await.expect(204);
    let _ = shoppers[2].at(&b).until_active().await;
    shoppers.extend(Shopper::in_queue(&[&b], 2).await);
    let stayed = View::by(&b, &shoppers).await;
    stayed.assert_is_consistent();
    let a = b.restart().await;

    assert_eq!(View::by(&a, &shoppers).await, stayed, "at once, as its memory is loaded before it serves");
    assert_eq!((stayed.count("ACTIVE"), stayed.count("WAITING")), (2, 18));
    shoppers.extend(Shopper::in_queue(&[&a], 2).await);
    View::alike(&a, &b, &shoppers).await.assert_is_consistent();
    a.assert_audit_is_clean().await;
}
