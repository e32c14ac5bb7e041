//! A crowd in front of several servers on one database: it is let in in order, under the capacity, whichever server is killed.
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
const PLACES: usize = 4;
/// So many join at a time: most come when others have been answered.
const DOORS: usize = 12;
const PRICE: i64 = 60_000;
/// Longer than the whole crowd takes.
const TIMEOUT: Duration = Duration::from_secs(90);
const BETWEEN_LOOKS: Duration = Duration::from_millis(40);

/// What a visitor comes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// To leave the line at once.
    ToLeaveTheLine,
    /// To leave as soon as they are in.
    ToLeaveTheShop,
    /// A seat.
    ASeat,
    /// Nothing: when their turn comes they are away.
    Nothing,
}

impl Wants {
    const fn of(user: usize) -> Self {
        match user % 8 {
            0 | 4 => Self::ToLeaveTheLine,
            1 | 5 => Self::ToLeaveTheShop,
            2 | 3 | 6 => Self::ASeat,
            _ => Self::Nothing,
        }
    }
}

/// One of the crowd, who goes on at another instance when theirs doesn't answer.
struct Visitor {
    user: usize,
    wants: Wants,
    /// The same shopper at each instance.
    at: Vec<Shopper>,
    here: usize,
    moves: usize,
    history: Arc<History>,
}

/// A visit that is over.
struct Visit {
    wants: Wants,
    /// When the join was sent, and when it was answered.
    asked: Instant,
    answered: Instant,
    moves: usize,
    reason: String,
    stay: Stay,
}

impl Visitor {
    fn go_elsewhere(&mut self) {
        self.here = (self.here + 1) % self.at.len();
        self.moves += 1;
    }

    /// Asks until there is an answer.
    async fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        loop {
            match self.at[self.here].send(method.clone(), path, None, body).await {
                Ok(reply) if reply.status != 503 => return reply,
                Ok(_) | Err(_) => self.go_elsewhere(),
            }
        }
    }

    /// Does it, with one key until it is known what came of it; none if it was refused.
    async fn action(&mut self, request: Request, key: &str) -> Option<Value> {
        loop {
            let response = request.send(&self.at[self.here], key).await;
            if response == Response::Unknown {
                self.go_elsewhere();
                continue;
            }
            self.history.add(Operation { user: self.user, key: key.to_owned(), request, response: response.clone() });
            return if let Response::Done(answer) = response { Some(answer) } else { None };
        }
    }

    async fn poll_until(&mut self, token: &str, wanted: impl Fn(&str) -> bool) -> Value {
        loop {
            let place = self.ask(Method::GET, &format!("/v1/queue-tokens/{token}"), None).await.expect(200).body;
            if place["status"].as_str().is_some_and(&wanted) {
                return place;
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }

    async fn visit(mut self, doors: Arc<Semaphore>, joined: mpsc::UnboundedSender<()>) -> Visit {
        let door = doors.acquire().await.unwrap();
        let asked = Instant::now();
        let place = self.ask(Method::POST, "/v1/queue-tokens", Some(&json!({"concert_id": CLUB}))).await;
        let answered = Instant::now();
        drop(door);
        joined.send(()).unwrap();
        assert!(matches!(place.status, 200 | 201), "{place:?}");
        let token = place.text("token");
        self.at.iter_mut().for_each(|shopper| shopper.token = Some(token.clone()));

        if self.wants != Wants::ToLeaveTheLine {
            self.poll_until(&token, |status| status != "WAITING").await;
        }
        match self.wants {
            Wants::ToLeaveTheLine | Wants::ToLeaveTheShop => {
                let _ = self.ask(Method::DELETE, &format!("/v1/queue-tokens/{token}"), None).await.expect(204);
            }
            Wants::ASeat => self.buy().await,
            Wants::Nothing => {}
        }
        let ended = self.poll_until(&token, |status| status == "EXPIRED").await;
        Visit {
            wants: self.wants,
            asked,
            answered,
            moves: self.moves,
            reason: ended["expired_reason"].as_str().unwrap().to_owned(),
            stay: Stay::of(&ended),
        }
    }

    /// Buys a seat that nobody else wants. Who comes too late is refused.
    async fn buy(&mut self) {
        let seat = u32::try_from(self.user * 3 / 8 + 1).unwrap();
        let Some(held) = self.action(Request::Hold(vec![seat]), "hold").await else { return };
        let _ = self.action(Request::Charge(PRICE), "charge").await.expect("a charge is never refused");
        let reservation = held["id"].as_str().unwrap().to_owned();
        let _ = self.action(Request::Pay(reservation), "pay").await.expect("a hold outlives the purchase");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_let_in_in_order_and_under_capacity_though_an_instance_is_killed() {
    // Ticks of two each, so that there are many, at three instances at once.
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
    let (doors, (joined, mut joins), mut visits) = (Arc::new(Semaphore::new(DOORS)), mpsc::unbounded_channel(), JoinSet::new());
    for (user, shopper) in shoppers.iter().enumerate() {
        let at = servers.iter().map(|server| shopper.at(server)).collect();
        let visitor = Visitor { user, wants: Wants::of(user), at, here: user % 3, moves: 0, history: history.clone() };
        visits.spawn(timeout(TIMEOUT, visitor.visit(doors.clone(), joined.clone())));
    }
    // The visitors alone have it now: should they all fail, nobody is waited for.
    drop(joined);
    for _ in 0..CROWD / 2 {
        joins.recv().await.unwrap();
    }
    servers[2].kill().await;
    let visits: Vec<Visit> = visits.join_all().await.into_iter().map(|visit| visit.expect("a visit ends")).collect();

    assert!(visits.iter().any(|visit| visit.moves > 0), "the one that was killed had no visitors");
    assert_each_got_what_they_wanted(&visits);
    assert_numbered_in_order_of_arrival(&visits);
    let stays: Vec<Stay> = visits.iter().map(|visit| visit.stay).collect();
    Stay::assert_under_capacity(&stays, PLACES);
    Stay::assert_in_order_of_number(&stays);
    for server in &servers[..2] {
        let shoppers: Vec<Shopper> = shoppers.iter().map(|shopper| shopper.at(server)).collect();
        history.assert_is_kept(&shoppers).await;
        let queue = format!("/v1/queues/{CLUB_QUEUE}");
        let look = || shoppers[0].get(&queue);
        let nobody = |figures: &Reply| figures.body["waiting"] == 0 && figures.body["active"] == 0;
        let _ = shoppers[0].until("everybody has gone", look, nobody).await;
    }
    servers[0].assert_audit_is_clean().await;
}

fn assert_each_got_what_they_wanted(visits: &[Visit]) {
    let ended = |wants: Wants, reason: &str| visits.iter().filter(|visit| visit.wants == wants && visit.reason == reason).count();
    assert_eq!((ended(Wants::ToLeaveTheLine, "LEFT"), ended(Wants::Nothing, "UNCLAIMED")), (CROWD / 4, CROWD / 8));
    // On a machine so slow that the claim window passes before they act, some come too late.
    assert!(ended(Wants::ASeat, "PAID") > CROWD / 4 && ended(Wants::ToLeaveTheShop, "LEFT") > CROWD / 8);
    let waited_in_vain = visits.iter().filter(|visit| visit.stay.activated_at.is_none()).all(|visit| visit.wants == Wants::ToLeaveTheLine);
    assert!(waited_in_vain, "who waits is let in");
}

/// Gapless, and who was answered before another asked has the lower number.
fn assert_numbered_in_order_of_arrival(visits: &[Visit]) {
    let mut numbers: Vec<u64> = visits.iter().map(|visit| visit.stay.number).collect();
    numbers.sort_unstable();
    assert!(numbers.iter().copied().eq(1..=64), "{numbers:?}");
    let mut apart = 0;
    for earlier in visits {
        for later in visits.iter().filter(|later| earlier.answered < later.asked) {
            assert!(earlier.stay.number < later.stay.number, "{} came before {}", earlier.stay.number, later.stay.number);
            apart += 1;
        }
    }
    assert!(apart > CROWD, "hardly anybody came after another: {apart}");
}
