//! A mixed load: many clients that share fewer users and send all kinds of requests, a fifth of them twice at once.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::{CLUB, Frontrow, History, Operation, Request, Response, Shopper};

/// The maximum number of seats in a hold, and the number of seats in the hall.
const MAX_SEATS: u32 = 2;
const HALL_SEATS: u32 = 50;
/// One request in this many is sent twice at once.
const DUPLICATED_ONE_IN: u32 = 5;

/// How long a client waits after a broken connection.
const RECONNECT_DELAY: Duration = Duration::from_millis(20);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// A user shared by several clients.
struct Buyer {
    shopper: Mutex<Shopper>,
    reservations: Mutex<Vec<String>>,
    payments: Mutex<Vec<String>>,
}

/// The users and the history of their requests.
pub struct MixedLoad {
    buyers: Vec<Buyer>,
    /// The responses that the clients received.
    pub history: History,
    keys: AtomicU64,
    answered: AtomicU64,
    stopped: AtomicBool,
}

impl MixedLoad {
    /// Registers `users` at `server`.
    pub async fn of(server: &Frontrow, users: usize) -> Arc<Self> {
        let mut buyers = Vec::new();
        for _ in 0..users {
            let mut shopper = Shopper::register(server).await;
            let _ = shopper.join().await.expect(201);
            buyers.push(Buyer { shopper: Mutex::new(shopper), reservations: Mutex::default(), payments: Mutex::default() });
        }
        let (keys, answered, stopped) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
        Arc::new(Self { buyers, history: History::default(), keys, answered, stopped })
    }

    /// Returns the users as clients of `server`.
    pub fn shoppers(&self, server: &Frontrow) -> Vec<Shopper> {
        self.buyers.iter().map(|buyer| lock(&buyer.shopper).at(server)).collect()
    }

    /// Runs `clients` that send requests, each to one of the servers of `shoppers`, until `enough` more have been answered and `then` has
    /// completed. Returns when every client has received or lost its last response.
    pub async fn run<F: Future<Output = ()>>(self: &Arc<Self>, shoppers: &[Vec<Shopper>], clients: usize, enough: u64, then: F) {
        self.stopped.store(false, Ordering::SeqCst);
        let until = self.answered.load(Ordering::SeqCst) + enough;
        let mut running = JoinSet::new();
        for client in 0..clients {
            // The second copy of a request goes to another server, if there is one.
            let (load, one, other) = (self.clone(), client % shoppers.len(), (client + 1) % shoppers.len());
            let (shoppers, others) = (shoppers[one].clone(), shoppers[other].clone());
            running.spawn(async move { load.client(&shoppers, &others).await });
        }
        while self.answered.load(Ordering::SeqCst) < until {
            if let Some(client) = running.try_join_next() {
                client.expect("a client ends without a panic");
            }
            assert!(!running.is_empty(), "the clients have ended");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        then.await;
        self.stopped.store(true, Ordering::SeqCst);
        while let Some(client) = running.join_next().await {
            client.expect("a client ends without a panic");
        }
    }

    /// Sends one request after the other until the load is stopped.
    async fn client(&self, shoppers: &[Shopper], others: &[Shopper]) {
        while !self.stopped.load(Ordering::SeqCst) {
            let user = fastrand::usize(..self.buyers.len());
            let buyer = &self.buyers[user];
            let (mut shopper, mut other) = (shoppers[user].clone(), others[user].clone());
            shopper.token.clone_from(&lock(&buyer.shopper).token);
            other.token.clone_from(&shopper.token);
            let request = buyer.request();
            let key = format!("key-{}", self.keys.fetch_add(1, Ordering::SeqCst));
            let response = if fastrand::u32(..DUPLICATED_ONE_IN) == 0 {
                let (one, other) = tokio::join!(request.send(&shopper, &key), request.send(&other, &key));
                one.merge(other)
            } else {
                request.send(&shopper, &key).await
            };
            buyer.record(&request, &response);
            let ended = matches!(&response, Response::Refused(code) if code == "QUEUE_TOKEN_EXPIRED");
            let unknown = response == Response::Unknown;
            self.history.add(Operation { user, key, request, response });
            self.answered.fetch_add(1, Ordering::SeqCst);
            if ended {
                buyer.join(&shopper).await;
            }
            if unknown {
                // Don't hammer a server or database that is down.
                tokio::time::sleep(RECONNECT_DELAY).await;
            }
        }
    }
}

impl Buyer {
    fn request(&self) -> Request {
        let (reservation, payment) = (any(&self.reservations), any(&self.payments));
        match (fastrand::u32(..100), reservation, payment) {
            (0..30, Some(reservation), _) => Request::Pay(reservation),
            (30..40, _, Some(payment)) => Request::Refund(payment),
            (40..48, Some(reservation), _) => Request::Release(reservation),
            (40..80, ..) => {
                let first = fastrand::u32(1..=HALL_SEATS - MAX_SEATS + 1);
                Request::Hold((first..first + fastrand::u32(1..=MAX_SEATS)).collect())
            }
            _ => Request::Charge(i64::from(fastrand::u32(1..=100)) * 1_000),
        }
    }

    fn record(&self, request: &Request, response: &Response) {
        let Response::Done(answer) = response else { return };
        let id = answer["id"].as_str().unwrap_or_default().to_owned();
        match request {
            Request::Hold(_) => lock(&self.reservations).push(id),
            Request::Pay(paid) => {
                lock(&self.payments).push(id);
                lock(&self.reservations).retain(|reservation| reservation != paid);
            }
            Request::Refund(refunded) => lock(&self.payments).retain(|payment| payment != refunded),
            Request::Release(released) => lock(&self.reservations).retain(|reservation| reservation != released),
            Request::Charge(_) => {}
        }
    }

    /// Joins again; if the server is down, a later request does so.
    async fn join(&self, shopper: &Shopper) {
        let joined = shopper.send(reqwest::Method::POST, "/v1/queue-tokens", None, Some(&json!({"concert_id": CLUB}))).await;
        if let Ok(reply) = joined
            && let Some(token) = reply.body["token"].as_str()
        {
            lock(&self.shopper).token = Some(token.to_owned());
        }
    }
}

fn any(ids: &Mutex<Vec<String>>) -> Option<String> {
    let ids = lock(ids);
    (!ids.is_empty()).then(|| ids[fastrand::usize(..ids.len())].clone())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
