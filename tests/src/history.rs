//! The responses that clients received: the history against which the store's state is checked.
//!
//! A request of unknown outcome is sent again with its key once the system is back, as a client would. After that, every effect in the
//! store must have been acknowledged, and every acknowledged effect must be in the store: a refused request has changed nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::{CLUB_SCHEDULE, Reply, Shopper, money};

/// How often a request of unknown outcome is sent again once the system is back: a kept-alive connection may close as it is used.
const TRIES: u32 = 2;

/// The request of a client.
#[derive(Debug, Clone)]
pub enum Request {
    /// Charges the wallet.
    Charge(i64),
    /// Holds seats of the club's first schedule.
    Hold(Vec<u32>),
    /// Pays for a reservation.
    Pay(String),
    /// Refunds a payment.
    Refund(String),
    /// Releases a hold. It needs no key, as repeating it changes nothing.
    Release(String),
}

/// The outcome that the client received.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// Success, with the response's body.
    Done(Value),
    /// A refusal, with its code: the request has no effect, and never will.
    Refused(String),
    /// Unknown: the connection broke, or the server does not know the outcome.
    Unknown,
}

/// A request with its key and its outcome.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The user's index.
    pub user: usize,
    /// Its idempotency key.
    pub key: String,
    /// The request.
    pub request: Request,
    /// Its outcome.
    pub response: Response,
}

/// All operations.
#[derive(Debug, Default)]
pub struct History(Mutex<Vec<Operation>>);

impl Request {
    /// Sends the request once.
    pub async fn send(&self, shopper: &Shopper, key: &str) -> Response {
        let (path, body) = match self {
            Self::Charge(amount) => ("/v1/wallet/charges".to_owned(), json!({"amount": money(*amount)})),
            Self::Hold(seats) => ("/v1/reservations".to_owned(), json!({"schedule_id": CLUB_SCHEDULE, "seat_numbers": seats})),
            Self::Pay(reservation) => ("/v1/payments".to_owned(), json!({"reservation_id": reservation})),
            Self::Refund(payment) => (format!("/v1/payments/{payment}/refunds"), json!({})),
            Self::Release(reservation) => {
                let result = shopper.send(reqwest::Method::DELETE, &format!("/v1/reservations/{reservation}"), None, None).await;
                return result.map_or(Response::Unknown, |reply| Response::of(&reply));
            }
        };
        let result = shopper.send(reqwest::Method::POST, &path, Some(key), Some(&body)).await;
        result.map_or(Response::Unknown, |reply| Response::of(&reply))
    }
}

impl Response {
    fn of(reply: &Reply) -> Self {
        match (reply.status, reply.code()) {
            (200 | 201 | 204, _) => Self::Done(reply.body.clone()),
            (503, "UNAVAILABLE") => Self::Unknown,
            (400..500, code) | (503, code @ "OVERLOADED") => Self::Refused(code.to_owned()),
            (status, _) => panic!("{status} {}", reply.body),
        }
    }

    /// Combines the outcomes of one request that was sent twice at once.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Done(one), Self::Done(other)) => {
                assert_eq!(stable(&one), stable(&other), "one request has two effects");
                Self::Done(one)
            }
            (Self::Done(answer), _) | (_, Self::Done(answer)) => Self::Done(answer),
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (refused @ Self::Refused(_), Self::Refused(_)) => refused,
        }
    }
}

/// Returns a body without the members that depend on the time of the response.
fn stable(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if let Some(members) = answer.as_object_mut() {
        members.remove("expires_in_seconds");
    }
    answer
}

impl History {
    /// Adds an operation.
    pub fn add(&self, operation: Operation) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(operation);
    }

    /// Returns all operations so far.
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends the operations of unknown outcome again, each with its key, and returns how many there were.
    pub async fn resolve_unknown(&self, shoppers: &[Shopper]) -> usize {
        let mut operations = self.operations();
        let mut unknown = 0;
        for operation in operations.iter_mut().filter(|operation| operation.response == Response::Unknown) {
            for _ in 0..TRIES {
                operation.response = operation.request.send(&shoppers[operation.user], &operation.key).await;
                if operation.response != Response::Unknown {
                    break;
                }
            }
            assert_ne!(operation.response, Response::Unknown, "{operation:?} remains unknown");
            unknown += 1;
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = operations;
        unknown
    }

    /// Compares the responses that each user received with the store's state.
    pub async fn assert_matches_state(&self, shoppers: &[Shopper]) {
        let operations = self.operations();
        for (user, shopper) in shoppers.iter().enumerate() {
            let acknowledged: Vec<&Operation> = operations.iter().filter(|operation| operation.user == user).collect();
            assert_entries_match(shopper, &acknowledged).await;
            assert_reservations_match(shopper, &acknowledged).await;
        }
    }
}

/// Returns what `pick` selects from the successful operations.
fn done<'a, T: Ord>(acknowledged: &[&'a Operation], pick: impl Fn(&'a Request, &'a Value) -> Option<T>) -> BTreeSet<T> {
    let answers = acknowledged.iter().filter_map(|operation| match &operation.response {
        Response::Done(answer) => pick(&operation.request, answer),
        Response::Refused(_) | Response::Unknown => None,
    });
    answers.collect()
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

async fn assert_entries_match(shopper: &Shopper, acknowledged: &[&Operation]) {
    let book = shopper.all("/v1/wallet/entries").await;
    // A list, not a set: an effect that is found twice happened twice.
    let found = |kind: &str, member: &str| -> Vec<(String, i64)> {
        let of_kind = book.iter().filter(|entry| entry["kind"] == kind);
        let found = of_kind.map(|entry| (text(entry, member), entry["amount"]["amount"].as_i64().unwrap_or_default()));
        let mut found: Vec<_> = found.collect();
        found.sort_unstable();
        found
    };
    let amount = |answer: &Value| answer["amount"]["amount"].as_i64().unwrap_or_default();
    let charged = done(acknowledged, |request, answer| matches!(request, Request::Charge(_)).then(|| (text(answer, "id"), amount(answer))));
    assert_eq!(found("CHARGE", "id"), Vec::from_iter(charged), "charges found, and charges acknowledged");
    let paid = done(acknowledged, |request, answer| matches!(request, Request::Pay(_)).then(|| (text(answer, "id"), -amount(answer))));
    assert_eq!(found("PAYMENT", "payment_id"), Vec::from_iter(paid), "payments found, and payments acknowledged");
    let refunded =
        done(acknowledged, |request, answer| matches!(request, Request::Refund(_)).then(|| (text(answer, "id"), amount(answer))));
    assert_eq!(found("REFUND", "payment_id"), Vec::from_iter(refunded), "refunds found, and refunds acknowledged");
    let sum: i64 = book.iter().filter_map(|entry| entry["amount"]["amount"].as_i64()).sum();
    assert_eq!(shopper.balance().await, sum);
}

async fn assert_reservations_match(shopper: &Shopper, acknowledged: &[&Operation]) {
    let seats = |reservation: &Value| reservation["seats"].to_string();
    let found: BTreeMap<String, Value> =
        shopper.all("/v1/reservations").await.into_iter().map(|reservation| (text(&reservation, "id"), reservation)).collect();
    let held = done(acknowledged, |request, answer| matches!(request, Request::Hold(_)).then(|| (text(answer, "id"), seats(answer))));
    let stored: BTreeSet<_> = found.iter().map(|(id, reservation)| (id.clone(), seats(reservation))).collect();
    assert_eq!(stored, held, "reservations found, and holds acknowledged");
    let refunded = done(acknowledged, |request, answer| matches!(request, Request::Refund(_)).then(|| text(answer, "reservation_id")));
    for paid in done(acknowledged, |request, answer| matches!(request, Request::Pay(_)).then(|| text(answer, "reservation_id"))) {
        let expected = if refunded.contains(&paid) { "CANCELLED" } else { "CONFIRMED" };
        assert_eq!(found[&paid]["status"], expected, "{paid} was paid");
    }
    for operation in acknowledged.iter().filter(|operation| matches!(operation.response, Response::Done(_))) {
        if let Request::Release(released) = &operation.request {
            assert_eq!(found[released]["status"], "CANCELLED", "{released} was released");
        }
    }
}
