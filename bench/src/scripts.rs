//! Scripts that a connection repeats until the time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::bail;

use crate::buyer::{Buyer, Stage};
use crate::client::{Answer, Headers, request};
use crate::driver::{Next, Outcome, Script};

/// Requests that all connections send in turn, again and again.
pub(crate) struct Repeat {
    requests: Arc<Vec<String>>,
    next: Arc<AtomicUsize>,
    expects: u16,
}

impl Repeat {
    /// Returns the scripts of `connections`; each response must have the status `expects`.
    pub(crate) fn over(connections: usize, requests: Arc<Vec<String>>, expects: u16) -> Vec<Self> {
        let next = Arc::new(AtomicUsize::new(0));
        (0..connections).map(|_| Self { requests: requests.clone(), next: next.clone(), expects }).collect()
    }
}

impl Script for Repeat {
    fn next(&mut self) -> Next {
        let place = self.next.fetch_add(1, Ordering::Relaxed).checked_rem(self.requests.len());
        place.map_or(Next::End, |place| Next::Send(self.requests[place].clone()))
    }

    fn receive(&mut self, answer: Answer<'_>) -> anyhow::Result<Outcome> {
        accept(answer, self.expects)
    }
}

/// A user who charges a wallet again and again, each time with a new key.
pub(crate) struct Charges {
    jwt: String,
    keys: String,
    charged: u64,
}

impl Charges {
    /// `keys` distinguishes the keys of this script from those of other scripts of the same user.
    pub(crate) fn new(jwt: &str, keys: String) -> Self {
        Self { jwt: jwt.to_owned(), keys, charged: 0 }
    }
}

impl Script for Charges {
    fn next(&mut self) -> Next {
        self.charged += 1;
        let key = format!("{}-{}", self.keys, self.charged);
        let headers = Headers { jwt: &self.jwt, key: &key, ..Headers::default() };
        Next::Send(request("POST /v1/wallet/charges", headers, r#"{"amount":{"amount":1,"currency":"KRW"}}"#))
    }

    fn receive(&mut self, answer: Answer<'_>) -> anyhow::Result<Outcome> {
        accept(answer, 201)
    }
}

/// A user who does something and undoes it, again and again: holds a seat and releases it, or joins the queue and leaves it. Only the
/// first of both is recorded.
pub(crate) struct Cycle {
    buyer: Buyer,
    there: Stage,
    back: Stage,
    is_there: bool,
    is_retry: bool,
}

impl Cycle {
    /// An active user holds their seat and releases it.
    pub(crate) const fn hold(buyer: Buyer) -> Self {
        Self { buyer, there: Stage::Hold, back: Stage::Release, is_there: false, is_retry: false }
    }

    /// A registered user joins the queue and leaves it.
    pub(crate) const fn join(buyer: Buyer) -> Self {
        Self { buyer, there: Stage::Join, back: Stage::Leave, is_there: false, is_retry: false }
    }

    const fn stage(&self) -> Stage {
        if self.is_there { self.back } else { self.there }
    }
}

impl Script for Cycle {
    fn next(&mut self) -> Next {
        Next::Send(self.buyer.request(self.stage()))
    }

    fn receive(&mut self, answer: Answer<'_>) -> anyhow::Result<Outcome> {
        let stage = self.stage();
        // A refused user tries again. The first attempt may have had its effect, which isn't known: then joining again returns the token.
        let expects = if self.is_retry && answer.status == 200 { 200 } else { stage.expects() };
        self.is_retry = accept(answer, expects)? == Outcome::Refused;
        if self.is_retry {
            return Ok(Outcome::Refused);
        }
        self.buyer.record(stage, answer.body)?;
        self.is_there = !self.is_there;
        Ok(if self.is_there { Outcome::Done } else { Outcome::Step })
    }
}

/// Accepts the expected status, and 503 as a refusal.
pub(crate) fn accept(answer: Answer<'_>, expects: u16) -> anyhow::Result<Outcome> {
    match answer.status {
        status if status == expects => Ok(Outcome::Done),
        503 => Ok(Outcome::Refused),
        status => bail!("a response has the status {status}, not {expects}: {}", answer.body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::MAIN;

    fn sent(script: &mut impl Script) -> String {
        let Next::Send(request) = script.next() else { panic!("nothing is sent") };
        request
    }

    fn outcome(script: &mut impl Script, status: u16, body: &str) -> Outcome {
        script.receive(Answer::bare(status, body)).unwrap()
    }

    #[test]
    fn a_cycle_of_holds_records_the_holds_only() {
        let mut cycle = Cycle::hold(Buyer::new(MAIN.seat(0)));
        assert!(sent(&mut cycle).starts_with("POST /v1/reservations "));
        assert_eq!(outcome(&mut cycle, 201, r#"{"id":"r"}"#), Outcome::Done);
        assert!(sent(&mut cycle).starts_with("DELETE /v1/reservations/r "));
        assert_eq!(outcome(&mut cycle, 204, ""), Outcome::Step);
        assert!(sent(&mut cycle).contains("idempotency-key: hold-1"));
    }

    #[test]
    fn a_refused_join_is_sent_again_and_may_return_the_token_of_the_first_attempt() {
        let mut cycle = Cycle::join(Buyer::new(MAIN.seat(0)));
        let token = r#"{"token":"t","number":3}"#;
        let first = sent(&mut cycle);
        assert_eq!(outcome(&mut cycle, 503, ""), Outcome::Refused);
        assert_eq!(sent(&mut cycle), first);
        assert_eq!(outcome(&mut cycle, 200, token), Outcome::Done);
        assert!(sent(&mut cycle).starts_with("DELETE /v1/queue-tokens/t "));
        assert!(Cycle::join(Buyer::new(MAIN.seat(0))).receive(Answer::bare(200, token)).is_err(), "no attempt was refused");
    }

    #[test]
    fn a_charge_has_a_new_key_each_time() {
        let mut charges = Charges::new("jwt", "calm".to_owned());
        assert!(sent(&mut charges).contains("idempotency-key: calm-1\r\n"));
        assert!(sent(&mut charges).contains("idempotency-key: calm-2\r\n"));
        assert!(charges.receive(Answer::bare(409, "")).is_err());
    }

    #[test]
    fn connections_send_repeated_requests_in_turn() {
        let mut scripts = Repeat::over(2, Arc::new(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]), 200);
        let sequence: Vec<String> = [0, 1, 0, 1].into_iter().map(|script: usize| sent(&mut scripts[script])).collect();
        assert_eq!(sequence, ["a", "b", "c", "a"]);
        assert!(matches!(Repeat::over(1, Arc::default(), 200)[0].next(), Next::End));
    }
}
