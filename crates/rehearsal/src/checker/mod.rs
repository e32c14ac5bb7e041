//! The referee: judges at the end whether the promises were kept, by what the crowd was answered and by what the API says of each user.
//!
//! Only what can't be otherwise is a violation. A request took effect somewhere between its sending and its answer, and one without an
//! answer may have taken effect or not; so nobody is accused of what a slow network explains as well.

mod answers;
mod capacity;
mod holds;
mod money;
mod order;
mod payments;
mod seats;

use crate::account::Account;
use crate::history::Exchange;
use crate::record::Verdict;

/// So many violations of a promise are told.
const TOLD: usize = 20;
/// So far an answer from memory may be behind what others were told (a second, with several instances), with room for a busy machine.
const BEHIND: u64 = 1_500_000;

/// What the referee knows besides what was asked and answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// How many may be in at once, if that is known.
    pub(crate) capacity: Option<u32>,
    /// Whether the crowd is alone, so that all that happens to seats is in the history.
    pub(crate) alone: bool,
}

/// What was asked and answered, and what the API says in the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    pub(crate) history: &'a [Exchange],
    pub(crate) accounts: &'a [Account],
}

/// What a look at one promise brought.
#[derive(Debug, Default)]
struct Finding {
    looked_at: u64,
    violations: Vec<String>,
}

impl Finding {
    fn look(&mut self) {
        self.looked_at += 1;
    }

    /// Tells a violation with its requests.
    fn violation(&mut self, what: impl Into<String>, requests: &[&Exchange]) {
        let requests = requests.iter().map(|request| format!("\n  {request}"));
        self.violations.push(std::iter::once(what.into()).chain(requests).collect());
    }

    fn verdict(mut self, promise: &str) -> Verdict {
        let more = self.violations.len().saturating_sub(TOLD);
        self.violations.truncate(TOLD);
        if more > 0 {
            self.violations.push(format!("and {more} more"));
        }
        Verdict { promise: promise.to_owned(), looked_at: self.looked_at, violations: self.violations }
    }
}

/// A verdict on each promise that can be judged.
pub(crate) fn judge(evidence: Evidence<'_>, terms: Terms) -> Vec<Verdict> {
    let Evidence { history, accounts } = evidence;
    let mut verdicts = vec![
        seats::judge(history, accounts).verdict("no seat is sold twice"),
        payments::judge(history, accounts).verdict("every payment that was answered is found again, once"),
        money::judge(history, accounts).verdict("balances are charges less payments"),
        order::numbers(history).verdict("who was answered before another asked has the lower number"),
        order::admissions(history).verdict("nobody is admitted before someone with a lower number"),
    ];
    if let Some(capacity) = terms.capacity {
        verdicts.push(capacity::judge(history, capacity).verdict("no more are in than the capacity"));
    }
    verdicts.push(holds::kept(history).verdict("held seats are nobody else's until the deadline"));
    if terms.alone {
        verdicts.push(holds::released(history).verdict("held seats are free at the deadline"));
    }
    verdicts.push(answers::failures(history).verdict("no answer is a 5xx"));
    verdicts.push(answers::missing(history).verdict("every request is answered"));
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fixtures::*;
    use crate::history::{Answer, Asked, Standing};

    const TERMS: Terms = Terms { capacity: Some(1), alone: true };

    fn promises(history: &[Exchange]) -> Vec<String> {
        let verdicts = judge(Evidence { history, accounts: &[] }, TERMS);
        verdicts.into_iter().filter(|verdict| !verdict.violations.is_empty()).map(|verdict| verdict.promise).collect()
    }

    #[test]
    fn a_quiet_evening_is_clean() {
        let history = [
            exchange(0, Asked::Join, [0, 1], placed(201, 1, Standing::Waiting, None)),
            exchange(0, Asked::Poll, [2, 3], placed(200, 1, Standing::Active, Some(2))),
            hold(0, 1, &[7], [4, 5]),
            exchange(0, Asked::Release(id(1)), [6, 7], told(204)),
        ];
        assert_eq!(promises(&history), [""; 0]);
    }

    #[test]
    fn failures_are_told_by_what_they_are() {
        let failed = exchange(0, Asked::Browse, [0, 1], refused(503, "OVERLOADED", &[]));
        assert_eq!(promises(&[failed]), ["no answer is a 5xx"]);
        let broken = exchange(0, Asked::Browse, [0, 1], Answer::Broken);
        assert_eq!(promises(&[broken]), ["every request is answered"]);
    }

    #[test]
    fn of_many_violations_some_are_told_with_their_requests_and_the_rest_are_counted() {
        let failed = exchange(9, Asked::Browse, [0, 1], refused(500, "INTERNAL", &[]));
        let verdict = answers::failures(&vec![failed; 50]).verdict("p");
        assert_eq!((verdict.looked_at, verdict.violations.len()), (50, TOLD + 1));
        assert!(verdict.violations[0].contains("user 9 at") && verdict.violations[0].contains("500 INTERNAL"));
        assert_eq!(verdict.violations[TOLD], "and 30 more");
    }
}
