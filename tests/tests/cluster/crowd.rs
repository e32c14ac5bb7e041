//! A crowd at several servers on one database: it is admitted in order and within the capacity, even if a server is killed.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use std::sync::Arc;
use std::time::Duration;

use frontrow_tests::{CLUB, CLUB_QUEUE, Frontrow, History, Operation, Reply, Request, Response, Shopper, Stay};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

const CROWD: usize = 64;
const CAPACITY: usize = 4;
/// The number of concurrent joins: most users join after others have been answered.
const CONCURRENT_JOINS: usize = 12;
const PRICE: i64 = 60_000;
/// Longer than the whole crowd needs.
const TIMEOUT: Duration = Duration::from_secs(90);
const POLL_INTERVAL: Duration = Duration::from_millis(40);

/// The behaviour of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    /// Leaves the queue at once.
    LeavesQueue,
    /// Leaves once admitted.
    LeavesOnceActive,
    /// Buys a seat.
    Buys,
    /// Joins and never claims the admission.
    NoShow,
}

impl Behaviour {
    const fn of(user: usize) -> Self {
        match user % 8 {
            0 | 4 => Self::LeavesQueue,
            1 | 5 => Self::LeavesOnceActive,
            2 | 3 | 6 => Self::Buys,
            _ => Self::NoShow,
        }
    }
}

/// A visitor, who switches to another instance when theirs doesn't respond.
struct Visitor {
    user: usize,
    behaviour: Behaviour,
    /// The same user at each instance.
    shoppers: Vec<Shopper>,
    current: usize,
    switches: usize,
    history: Arc<History>,
}

/// A completed visit.
struct Visit {
    behaviour: Behaviour,
    /// When the join was sent, and when it was answered.
    sent: Instant,
    answered: Instant,
    switches: usize,
    reason: String,
    stay: Stay,
}

impl Visitor {
    fn switch_instance(&mut self) {
        self.current = (self.current + 1) % self.shoppers.len();
        self.switches += 1;
    }

    /// Repeats a request until there is a response.
    async fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        loop {
            match self.shoppers[self.current].send(method.clone(), path, None, body).await {
                Ok(reply) if reply.status != 503 => return reply,
                Ok(_) | Err(_) => self.switch_instance(),
            }
        }
    }

    /// Performs an operation, with one key until its outcome is known; returns none if it was refused.
    async fn perform(&mut self, request: Request, key: &str) -> Option<Value> {
        loop {
            let response = request.send(&self.shoppers[self.current], key).await;
            if response == Response::Unknown {
                self.switch_instance();
                continue;
            }
            self.history.add(Operation { user: self.user, key: key.to_owned(), request, response: response.clone() });
            return if let Response::Done(answer) = response { Some(answer) } else { None };
        }
    }

    async fn poll_until(&mut self, id: &str, condition: impl Fn(&str) -> bool) -> Value {
        loop {
            let token = self.send(Method::GET, &format!("/v1/queue-tokens/{id}"), None).await.expect(200).body;
            if token["status"].as_str().is_some_and(&condition) {
                return token;
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    async fn visit(mut self, permits: Arc<Semaphore>, joined: mpsc::UnboundedSender<()>) -> Visit {
        let permit = permits.acquire().await.unwrap();
        let sent = Instant::now();
        let reply = self.send(Method::POST, "/v1/queue-tokens", Some(&json!({"concert_id": CLUB}))).await;
        let answered = Instant::now();
        drop(permit);
        joined.send(()).unwrap();
        assert!(matches!(reply.status, 200 | 201), "{reply:?}");
        let token = reply.text("token");
        self.shoppers.iter_mut().for_each(|shopper| shopper.token = Some(token.clone()));

        if self.behaviour != Behaviour::LeavesQueue {
            self.poll_until(&token, |status| status != "WAITING").await;
        }
        match self.behaviour {
            Behaviour::LeavesQueue | Behaviour::LeavesOnceActive => {
                let _ = self.send(Method::DELETE, &format!("/v1/queue-tokens/{token}"), None).await.expect(204);
            }
            Behaviour::Buys => self.buy().await,
            Behaviour::NoShow => {}
        }
        let ended = self.poll_until(&token, |status| status == "EXPIRED").await;
        Visit {
            behaviour: self.behaviour,
            sent,
            answered,
            switches: self.switches,
            reason: ended["expired_reason"].as_str().unwrap().to_owned(),
            stay: Stay::of(&ended),
        }
    }

    /// Buys a seat that no other visitor wants. Returns early if the token has expired.
    async fn buy(&mut self) {
        let seat = u32::try_from(self.user * 3 / 8 + 1).unwrap();
        let Some(held) = self.perform(Request::Hold(vec![seat]), "hold").await else { return };
        let _ = self.perform(Request::Charge(PRICE), "charge").await.expect("a charge is never refused");
        let reservation = held["id"].as_str().unwrap().to_owned();
        let _ = self.perform(Request::Pay(reservation), "pay").await.expect("a hold outlives the purchase");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_admitted_in_order_and_within_capacity_although_an_instance_is_killed() {
    // Many small ticks of two users each, at three instances at once.
    let policy = [
        ("FRONTROW__QUEUE__CAPACITY", "4"),
        ("FRONTROW__QUEUE__BATCH", "2"),
        ("FRONTROW__QUEUE__TICK_MILLISECONDS", "10"),
        ("FRONTROW__QUEUE__CLAIM_SECONDS", "2"),
    ];
    let mut servers = Frontrow::instances::<3>(&policy).await;
    let history = Arc::new(History::default());
    let mut shoppers = Vec::new();
    for user in 0..CROWD {
        shoppers.push(Shopper::register(&servers[user % 3]).await);
    }
    let (permits, (joined, mut joins), mut visits) =
        (Arc::new(Semaphore::new(CONCURRENT_JOINS)), mpsc::unbounded_channel(), JoinSet::new());
    for (user, shopper) in shoppers.iter().enumerate() {
        let at_all = servers.iter().map(|server| shopper.at(server)).collect();
        let visitor =
            Visitor { user, behaviour: Behaviour::of(user), shoppers: at_all, current: user % 3, switches: 0, history: history.clone() };
        visits.spawn(timeout(TIMEOUT, visitor.visit(permits.clone(), joined.clone())));
    }
    // Only the visitors hold senders now: if all of them fail, the receiver does not wait forever.
    drop(joined);
    for _ in 0..CROWD / 2 {
        joins.recv().await.unwrap();
    }
    servers[2].kill().await;
    let visits: Vec<Visit> = visits.join_all().await.into_iter().map(|visit| visit.expect("a visit ends")).collect();

    assert!(visits.iter().any(|visit| visit.switches > 0), "the killed instance had no visitors");
    assert_visits_ended_as_intended(&visits);
    assert_numbers_follow_arrival(&visits);
    let stays: Vec<Stay> = visits.iter().map(|visit| visit.stay).collect();
    Stay::assert_under_capacity(&stays, CAPACITY);
    Stay::assert_in_order_of_number(&stays);
    for server in &servers[..2] {
        let shoppers: Vec<Shopper> = shoppers.iter().map(|shopper| shopper.at(server)).collect();
        history.assert_matches_state(&shoppers).await;
        let queue = format!("/v1/queues/{CLUB_QUEUE}");
        let figures = || shoppers[0].get(&queue);
        let empty = |reply: &Reply| reply.body["waiting"] == 0 && reply.body["active"] == 0;
        let _ = shoppers[0].until("the queue is empty", figures, empty).await;
    }
    servers[0].assert_audit_is_clean().await;
}

fn assert_visits_ended_as_intended(visits: &[Visit]) {
    let ended =
        |behaviour: Behaviour, reason: &str| visits.iter().filter(|visit| visit.behaviour == behaviour && visit.reason == reason).count();
    assert_eq!((ended(Behaviour::LeavesQueue, "LEFT"), ended(Behaviour::NoShow, "UNCLAIMED")), (CROWD / 4, CROWD / 8));
    // On a machine so slow that the claim window passes before they act, some are too late.
    assert!(ended(Behaviour::Buys, "PAID") > CROWD / 4 && ended(Behaviour::LeavesOnceActive, "LEFT") > CROWD / 8);
    let only_leavers =
        visits.iter().filter(|visit| visit.stay.activated_at.is_none()).all(|visit| visit.behaviour == Behaviour::LeavesQueue);
    assert!(only_leavers, "every user who keeps waiting is admitted");
}

/// Asserts that numbers have no gaps, and that a user who was answered before another joined has the lower number.
fn assert_numbers_follow_arrival(visits: &[Visit]) {
    let mut numbers: Vec<u64> = visits.iter().map(|visit| visit.stay.number).collect();
    numbers.sort_unstable();
    assert!(numbers.iter().copied().eq(1..=64), "{numbers:?}");
    let mut ordered_pairs = 0;
    for earlier in visits {
        for later in visits.iter().filter(|later| earlier.answered < later.sent) {
            assert!(earlier.stay.number < later.stay.number, "{} joined before {}", earlier.stay.number, later.stay.number);
            ordered_pairs += 1;
        }
    }
    assert!(ordered_pairs > CROWD, "too few joins followed another: {ordered_pairs}");
}
