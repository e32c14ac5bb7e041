//! Whole purchases: each connection takes one buyer after the other through all stages.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::buyer::{Buyer, Stage};
use crate::client::Answer;
use crate::driver::{Next, Outcome, Script};
use crate::scripts::accept;

/// How long a waiting buyer waits before the next poll.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A connection of registered buyers who join, wait for their admission, charge, hold and pay. Recorded when they have paid.
pub(super) struct Purchases {
    buyers: Arc<Vec<Buyer>>,
    next: Arc<AtomicUsize>,
    current: Option<(Buyer, Step)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Take(Stage),
    Poll,
    /// The last poll showed that the buyer still waits.
    Wait,
}

impl Purchases {
    pub(super) fn over(connections: usize, buyers: Vec<Buyer>) -> Vec<Self> {
        let (buyers, next) = (Arc::new(buyers), Arc::new(AtomicUsize::new(0)));
        (0..connections).map(|_| Self { buyers: buyers.clone(), next: next.clone(), current: None }).collect()
    }
}

impl Script for Purchases {
    fn next(&mut self) -> Next {
        if self.current.is_none() {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            self.current = self.buyers.get(place).map(|buyer| (buyer.clone(), Step::Take(Stage::Join)));
        }
        match &mut self.current {
            None => Next::End,
            Some((_, step @ Step::Wait)) => {
                *step = Step::Poll;
                Next::Pause(POLL_INTERVAL)
            }
            Some((buyer, Step::Poll)) => Next::Send(buyer.poll()),
            Some((buyer, Step::Take(stage))) => Next::Send(buyer.request(*stage)),
        }
    }

    fn receive(&mut self, answer: Answer<'_>) -> anyhow::Result<Outcome> {
        let Some((buyer, step)) = &mut self.current else { return Ok(Outcome::Step) };
        let expects = if let Step::Take(stage) = step { stage.expects() } else { 200 };
        if accept(answer, expects)? == Outcome::Refused {
            return Ok(Outcome::Refused);
        }
        if let Step::Take(stage) = step {
            buyer.record(*stage, answer.body)?;
        }
        *step = match step {
            Step::Poll if answer.body.contains(r#""status":"ACTIVE""#) => Step::Take(Stage::Charge),
            Step::Poll | Step::Wait => Step::Wait,
            Step::Take(Stage::Charge) => Step::Take(Stage::Hold),
            Step::Take(Stage::Hold) => Step::Take(Stage::Pay),
            Step::Take(Stage::Pay) => {
                self.current = None;
                return Ok(Outcome::Done);
            }
            Step::Take(Stage::Register | Stage::Join | Stage::Release | Stage::Leave) => Step::Poll,
        };
        Ok(Outcome::Step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::CLUBS;

    #[test]
    fn a_purchase_takes_a_buyer_through_all_steps_and_is_recorded_when_it_is_paid() {
        let mut purchases = Purchases::over(1, vec![Buyer::new(CLUBS.seat(0))]).remove(0);
        let waiting = r#"{"token":"t","number":1,"status":"WAITING"}"#;
        let responses = [
            (201, waiting, Outcome::Step),
            (200, waiting, Outcome::Step),
            (200, r#"{"status":"ACTIVE"}"#, Outcome::Step),
            (201, "{}", Outcome::Step),
            (201, r#"{"id":"r"}"#, Outcome::Step),
            (201, "{}", Outcome::Done),
        ];
        let mut pauses = 0;
        for (status, body, expected) in responses {
            while matches!(purchases.next(), Next::Pause(_)) {
                pauses += 1;
            }
            assert_eq!(purchases.receive(Answer::bare(status, body)).unwrap(), expected, "{body}");
        }
        assert_eq!(pauses, 1, "the buyer polls twice");
        assert!(matches!(purchases.next(), Next::End));
    }
}
