//! What clients were told: the history that decides whether a store kept its word.
//!
//! A deed whose outcome is unknown is asked again with its key once the system is back, as a client would. Then every effect that
//! can be found must have been acknowledged, and every acknowledged effect must be found: so what was refused changed
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::{CLUB_SCHEDULE, Reply, Shopper, money};

/// How often a client asks what came of a deed, once the system is back: a kept connection may close as it is used.
const TRIES: u32 = 2;

/// What a client wants.
#[derive(Debug, Clone)]
pub enum Request {
    /// Money into the wallet.
    Charge(i64),
    /// Seats of the club's first date.
    Hold(Vec<u32>),
    /// The reservation paid.
    Pay(String),
    /// The payment back.
    Refund(String),
    /// The held seats given back. It needs no key: doing it again changes nothing.
    Release(String),
}

/// What the client was told.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// It is done; the answer.
    Done(Value),
    /// It is not done, and never will be.
    Refused(String),
    /// The connection broke, or the server does not know.
    Unknown,
}

/// A request with its key, and what came of it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Whose it is.
    pub user: usize,
    /// Its key.
    pub key: String,
    /// What was wanted.
    pub request: Request,
    /// What came of it.
    pub response: Response,
}

/// All deeds.
#[derive(Debug, Default)]
pub struct History(Mutex<Vec<Operation>>);

impl Request {
    /// Sends it once.
    pub async fn send(&self, shopper: &Shopper, key: &str) -> Response {
        let (path, body) = match self {
            Self::Charge(amount) => ("/v1/wallet/charges".to_owned(), json!({"amount": money(*amount)})),
            Self::Hold(seats) => ("/v1/reservations".to_owned(), json!({"schedule_id": CLUB_SCHEDULE, "seat_numbers": seats})),
            Self::Pay(reservation) => ("/v1/payments".to_owned(), json!({"reservation_id": reservation})),
            Self::Refund(payment) => (format!("/v1/payments/{payment}/refunds"), json!({})),
            Self::Release(reservation) => {
                let sent = shopper.send(reqwest::Method::DELETE, &format!("/v1/reservations/{reservation}"), None, None).await;
                return sent.map_or(Response::Unknown, |reply| Response::of(&reply));
            }
        };
        let sent = shopper.send(reqwest::Method::POST, &path, Some(key), Some(&body)).await;
        sent.map_or(Response::Unknown, |reply| Response::of(&reply))
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

    /// What two answers to one request, sent twice at once, come to.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Done(one), Self::Done(other)) => {
                assert_eq!(stable(&one), stable(&other), "one request, two effects");
                Self::Done(one)
            }
            (Self::Done(answer), _) | (_, Self::Done(answer)) => Self::Done(answer),
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (refused @ Self::Refused(_), Self::Refused(_)) => refused,
        }
    }
}

/// An answer without what depends on when it is given.
fn stable(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if let Some(members) = answer.as_object_mut() {
        members.remove("expires_in_seconds");
    }
    answer
}

impl History {
    /// Adds a deed.
    pub fn add(&self, operation: Operation) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(operation);
    }

    /// All deeds so far.
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks again what came of the deeds of unknown outcome, each with its key; how many there were.
    pub async fn settle(&self, shoppers: &[Shopper]) -> usize {
        let mut operations = self.operations();
        let mut unknown = 0;
        for operation in operations.iter_mut().filter(|operation| operation.response == Response::Unknown) {
            for _ in 0..TRIES {
                operation.response = operation.request.send(&shoppers[operation.user], &operation.key).await;
                if operation.response != Response::Unknown {
                    break;
                }
            }
            assert_ne!(operation.response, Response::Unknown, "{operation:?} can't be settled");
            unknown += 1;
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = operations;
        unknown
    }

    /// Compares what each user was told with what is found.
    pub async fn assert_is_kept(&self, shoppers: &[Shopper]) {
        let operations = self.operations();
        for (user, shopper) in shoppers.iter().enumerate() {
            let told: Vec<&Operation> = operations.iter().filter(|operation| operation.user == user).collect();
            assert_book_is_kept(shopper, &told).await;
            assert_bookings_are_kept(shopper, &told).await;
        }
    }
}

/// The answers to deeds that are done and for which `pick` names something.
fn done<'a, T: Ord>(told: &[&'a Operation], pick: impl Fn(&'a Request, &'a Value) -> Option<T>) -> BTreeSet<T> {
    let answers = told.iter().filter_map(|operation| match &operation.response {
        Response::Done(answer) => pick(&operation.request, answer),
        Response::Refused(_) | Response::Unknown => None,
    });
    answers.collect()
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

async fn assert_book_is_kept(shopper: &Shopper, told: &[&Operation]) {
    let book = shopper.all("/v1/wallet/entries").await;
    // A list, not a set: what is found twice was done twice.
    let found = |kind: &str, member: &str| -> Vec<(String, i64)> {
        let of_kind = book.iter().filter(|entry| entry["kind"] == kind);
        let found = of_kind.map(|entry| (text(entry, member), entry["amount"]["amount"].as_i64().unwrap_or_default()));
        let mut found: Vec<_> = found.collect();
        found.sort_unstable();
        found
    };
    let amount = |answer: &Value| answer["amount"]["amount"].as_i64().unwrap_or_default();
    let charged = done(told, |request, answer| matches!(request, Request::Charge(_)).then(|| (text(answer, "id"), amount(answer))));
    assert_eq!(found("CHARGE", "id"), Vec::from_iter(charged), "charges found, and charges told");
    let paid = done(told, |request, answer| matches!(request, Request::Pay(_)).then(|| (text(answer, "id"), -amount(answer))));
    assert_eq!(found("PAYMENT", "payment_id"), Vec::from_iter(paid), "payments found, and payments told");
    let refunded = done(told, |request, answer| matches!(request, Request::Refund(_)).then(|| (text(answer, "id"), amount(answer))));
    assert_eq!(found("REFUND", "payment_id"), Vec::from_iter(refunded), "refunds found, and refunds told");
    let sum: i64 = book.iter().filter_map(|entry| entry["amount"]["amount"].as_i64()).sum();
    assert_eq!(shopper.balance().await, sum);
}

async fn assert_bookings_are_kept(shopper: &Shopper, told: &[&Operation]) {
    let seats = |reservation: &Value| reservation["seats"].to_string();
    let found: BTreeMap<String, Value> =
        shopper.all("/v1/reservations").await.into_iter().map(|reservation| (text(&reservation, "id"), reservation)).collect();
    let held = done(told, |request, answer| matches!(request, Request::Hold(_)).then(|| (text(answer, "id"), seats(answer))));
    let there: BTreeSet<_> = found.iter().map(|(id, reservation)| (id.clone(), seats(reservation))).collect();
    assert_eq!(there, held, "reservations found, and holds told");
    let refunded = done(told, |request, answer| matches!(request, Request::Refund(_)).then(|| text(answer, "reservation_id")));
    for paid in done(told, |request, answer| matches!(request, Request::Pay(_)).then(|| text(answer, "reservation_id"))) {
        let expected = if refunded.contains(&paid) { "CANCELLED" } else { "CONFIRMED" };
        assert_eq!(found[&paid]["status"], expected, "{paid} was paid");
    }
    for operation in told.iter().filter(|operation| matches!(operation.response, Response::Done(_))) {
        if let Request::Release(released) = &operation.request {
            assert_eq!(found[released]["status"], "CANCELLED", "{released} was given back");
        }
    }
}
