//! Whether each request was answered, and not by a failure.

use std::collections::HashSet;

use super::Finding;
use crate::history::{Answer, Asked, Exchange};

/// No answer is a 5xx.
pub(super) fn failures(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    for exchange in history {
        let Some(status) = exchange.status() else { continue };
        finding.look();
        if status >= 500 {
            finding.violation(format!("{status} was answered"), &[exchange]);
        }
    }
    finding
}

/// Every request is answered: a connection may break, but then the same request of the same user is answered later.
pub(super) fn missing(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    let mut later: HashSet<(u32, u16, &Asked)> = HashSet::new();
    for exchange in history.iter().rev() {
        finding.look();
        let same = (exchange.user, exchange.key, &exchange.asked);
        match exchange.answer {
            Answer::Told(..) => drop(later.insert(same)),
            Answer::Broken if !later.contains(&same) => finding.violation("there was no answer", &[exchange]),
            Answer::Broken | Answer::HungUp => {}
        }
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fixtures::*;

    #[test]
    fn a_5xx_is_a_failure_and_a_refusal_is_none() {
        let answered = |status| failures(&[exchange(1, Asked::Poll, [0, 1], told(status))]).violations.len();
        assert_eq!([200, 304, 409, 429, 500, 503].map(answered), [0, 0, 0, 0, 1, 1]);
    }

    #[test]
    fn a_broken_request_is_forgiven_if_it_is_answered_later() {
        let broken = exchange(1, Asked::Poll, [0, 1], Answer::Broken);
        let answered = exchange(1, Asked::Poll, [2, 3], told(200));
        let of_another = exchange(2, Asked::Poll, [2, 3], told(200));
        assert_eq!(missing(&[broken.clone(), answered.clone()]).violations.len(), 0);
        assert_eq!(missing(&[broken.clone(), of_another]).violations.len(), 1);
        assert_eq!(missing(&[answered, broken]).violations.len(), 1);
        assert_eq!(missing(&[exchange(1, Asked::Poll, [0, 1], Answer::HungUp)]).violations.len(), 0);
    }
}
