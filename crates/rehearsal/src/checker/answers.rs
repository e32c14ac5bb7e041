//! Checks that each request got a response, and that no response is a failure.

use std::collections::HashSet;

use super::finding::Finding;
use crate::history::{Answer, Exchange, Request};

/// Checks that no response is a 5xx.
pub(super) fn failures(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    for exchange in history {
        let Some(status) = exchange.status() else { continue };
        finding.count_check();
        if status >= 500 {
            finding.add_violation(format!("the response is a {status}"), &[exchange]);
        }
    }
    finding
}

/// Checks that every request gets a response: a connection may break, but then the same request of the same user gets a response later.
pub(super) fn missing(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    let mut answered_later: HashSet<(u32, u16, &Request)> = HashSet::new();
    for exchange in history.iter().rev() {
        finding.count_check();
        let same = (exchange.user, exchange.key, &exchange.request);
        match exchange.answer {
            Answer::Response(..) => drop(answered_later.insert(same)),
            Answer::Broken if !answered_later.contains(&same) => finding.add_violation("there was no response", &[exchange]),
            Answer::Broken | Answer::Disconnected => {}
        }
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fixtures::*;

    #[test]
    fn a_5xx_is_a_violation_and_a_refusal_is_not() {
        let violations = |status| failures(&[exchange(1, Request::Poll, [0, 1], response(status))]).violations.len();
        assert_eq!([200, 304, 409, 429, 500, 503].map(violations), [0, 0, 0, 0, 1, 1]);
    }

    #[test]
    fn a_broken_request_is_accepted_if_it_is_answered_later() {
        let broken = exchange(1, Request::Poll, [0, 1], Answer::Broken);
        let answered = exchange(1, Request::Poll, [2, 3], response(200));
        let of_other_user = exchange(2, Request::Poll, [2, 3], response(200));
        assert_eq!(missing(&[broken.clone(), answered.clone()]).violations.len(), 0);
        assert_eq!(missing(&[broken.clone(), of_other_user]).violations.len(), 1);
        assert_eq!(missing(&[answered, broken]).violations.len(), 1);
        assert_eq!(missing(&[exchange(1, Request::Poll, [0, 1], Answer::Disconnected)]).violations.len(), 0);
    }
}
