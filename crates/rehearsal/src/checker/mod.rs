//! The checker: checks the promises at the end, by the responses to the virtual users and by the state of each account.
//!
//! Only certain violations are reported. A request took effect at some time between its sending and its response, and a request without a
//! response may have taken effect or not, so observations that a slow network can explain are not violations.

mod answers;
mod capacity;
mod finding;
mod holds;
mod money;
mod order;
mod payments;
mod seats;

use crate::account::Account;
use crate::history::Exchange;
use crate::record::Verdict;

/// The facts that the checker knows in addition to the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The capacity of the queue, if it is known.
    pub(crate) capacity: Option<u32>,
    /// Whether the server has no other users, so that the history contains all changes of seats.
    pub(crate) is_exclusive: bool,
}

/// The history, and the state of the accounts at the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    pub(crate) history: &'a [Exchange],
    pub(crate) accounts: &'a [Account],
}

/// Returns a verdict on each promise that can be checked.
pub(crate) fn judge(evidence: Evidence<'_>, terms: Terms) -> Vec<Verdict> {
    let Evidence { history, accounts } = evidence;
    let mut verdicts = vec![
        seats::judge(history, accounts).verdict("no seat is sold twice"),
        payments::judge(history, accounts).verdict("every confirmed payment exists exactly once"),
        money::judge(history, accounts).verdict("balances equal charges minus payments"),
        order::numbers(history).verdict("queue numbers are in the order of joins"),
        order::admissions(history).verdict("users are admitted in the order of their numbers"),
    ];
    if let Some(capacity) = terms.capacity {
        verdicts.push(capacity::judge(history, capacity).verdict("the number of active users never exceeds the capacity"));
    }
    verdicts.push(holds::kept(history).verdict("held seats are not given to other users before the deadline"));
    if terms.is_exclusive {
        verdicts.push(holds::released(history).verdict("held seats are released at the deadline"));
    }
    verdicts.push(answers::failures(history).verdict("no response is a 5xx"));
    verdicts.push(answers::missing(history).verdict("every request gets a response"));
    verdicts
}

#[cfg(test)]
mod tests {
    use super::finding::MAX_VIOLATIONS;
    use super::*;
    use crate::history::fixtures::*;
    use crate::history::{Answer, Request, TokenStatus};

    const TERMS: Terms = Terms { capacity: Some(1), is_exclusive: true };

    fn broken_promises(history: &[Exchange]) -> Vec<String> {
        let verdicts = judge(Evidence { history, accounts: &[] }, TERMS);
        verdicts.into_iter().filter(|verdict| !verdict.violations.is_empty()).map(|verdict| verdict.promise).collect()
    }

    #[test]
    fn a_correct_history_has_no_violations() {
        let history = [
            exchange(0, Request::Join, [0, 1], token_response(201, 1, TokenStatus::Waiting, None)),
            exchange(0, Request::Poll, [2, 3], token_response(200, 1, TokenStatus::Active, Some(2))),
            hold(0, 1, &[7], [4, 5]),
            exchange(0, Request::Release(id(1)), [6, 7], response(204)),
        ];
        assert_eq!(broken_promises(&history), [""; 0]);
    }

    #[test]
    fn failures_and_missing_responses_break_different_promises() {
        let failed = exchange(0, Request::Browse, [0, 1], problem(503, "OVERLOADED", &[]));
        assert_eq!(broken_promises(&[failed]), ["no response is a 5xx"]);
        let broken = exchange(0, Request::Browse, [0, 1], Answer::Broken);
        assert_eq!(broken_promises(&[broken]), ["every request gets a response"]);
    }

    #[test]
    fn violations_above_the_limit_are_only_counted() {
        let failed = exchange(9, Request::Browse, [0, 1], problem(500, "INTERNAL", &[]));
        let verdict = answers::failures(&vec![failed; 50]).verdict("p");
        assert_eq!((verdict.looked_at, verdict.violations.len()), (50, MAX_VIOLATIONS + 1));
        assert!(verdict.violations[0].contains("user 9 at") && verdict.violations[0].contains("500 INTERNAL"));
        assert_eq!(verdict.violations[MAX_VIOLATIONS], "and 30 more");
    }
}
