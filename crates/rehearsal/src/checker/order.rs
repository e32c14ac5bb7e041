//! Checks the order of the queue: of the numbers and of the admissions.

use std::collections::{BTreeMap, HashMap};

use super::finding::{Finding, MAX_STALENESS};
use crate::history::{Exchange, Request, Token, TokenStatus};

/// The history of a queue token.
#[derive(Debug, Clone, Copy)]
struct TokenHistory<'a> {
    number: u64,
    /// The first response that contains it.
    first: &'a Exchange,
    /// The user's first join request, with or without a response.
    join: &'a Exchange,
    /// The activation time by the server's clock, and a response that reported it.
    activated: Option<(i64, &'a Exchange)>,
    /// The last request whose response reported it as waiting.
    waited: Option<&'a Exchange>,
    /// The first response that reported it as admitted.
    admitted: Option<&'a Exchange>,
}

/// Checks that a user whose join was answered before another user joined has the lower number.
pub(super) fn numbers(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    let mut by_response: Vec<_> = tokens(history).into_values().collect();
    let mut by_request = by_response.clone();
    by_response.sort_by_key(|token| token.first.answered);
    by_request.sort_by_key(|token| token.join.sent);
    let (mut earlier, mut highest) = (by_response.into_iter().peekable(), None::<TokenHistory<'_>>);
    for token in by_request {
        finding.count_check();
        while let Some(answered) = earlier.next_if(|answered| answered.first.answered < token.join.sent) {
            highest = highest.filter(|highest| highest.number > answered.number).or(Some(answered));
        }
        if let Some(before) = highest.filter(|highest| highest.number > token.number) {
            let text = format!("number {} was assigned before number {} was requested", before.number, token.number);
            finding.add_violation(text, &[before.first, token.join, token.first]);
        }
    }
    finding
}

/// Checks that users are admitted in the order of their numbers.
pub(super) fn admissions(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    let tokens = tokens(history);
    let mut latest: Option<(i64, TokenHistory<'_>, &Exchange)> = None;
    for token in tokens.values() {
        finding.count_check();
        let Some((at, activated)) = token.activated else { continue };
        match latest {
            Some((before, lower, lower_activated)) if at < before => {
                let text = format!("number {} was admitted before number {}", token.number, lower.number);
                finding.add_violation(text, &[lower.first, lower_activated, token.first, activated]);
            }
            _ => latest = Some((at, *token, activated)),
        }
    }
    let mut earliest: Option<(TokenHistory<'_>, &Exchange)> = None;
    for token in tokens.values().rev() {
        if let (Some(waited), Some((higher, admitted))) = (token.waited, earliest)
            && waited.sent > admitted.answered + MAX_STALENESS
        {
            let text = format!("number {} was still waiting after number {} was admitted", token.number, higher.number);
            finding.add_violation(text, &[token.first, higher.first, admitted, waited]);
        }
        if let Some(admitted) = token.admitted.filter(|admitted| earliest.is_none_or(|(_, other)| admitted.answered < other.answered)) {
            earliest = Some((*token, admitted));
        }
    }
    finding
}

/// Returns the history of each queue token, by number.
fn tokens(history: &[Exchange]) -> BTreeMap<u64, TokenHistory<'_>> {
    let mut joins: HashMap<u32, &Exchange> = HashMap::new();
    for exchange in history.iter().filter(|exchange| exchange.request == Request::Join) {
        let first = joins.entry(exchange.user).or_insert(exchange);
        if exchange.sent < first.sent {
            *first = exchange;
        }
    }
    let mut tokens: BTreeMap<u64, TokenHistory<'_>> = BTreeMap::new();
    for exchange in history {
        let (Some(token), Some(join)) = (exchange.token(), joins.get(&exchange.user)) else { continue };
        let Token { number, status, activated_at } = token;
        let new = TokenHistory { number, first: exchange, join, activated: None, waited: None, admitted: None };
        let known = tokens.entry(number).or_insert(new);
        if exchange.answered < known.first.answered {
            known.first = exchange;
        }
        if let Some(at) = activated_at {
            known.activated.get_or_insert((at, exchange));
            if known.admitted.is_none_or(|admitted| exchange.answered < admitted.answered) {
                known.admitted = Some(exchange);
            }
        }
        // An event reports the state at the time of the event, not at the time at which the stream was opened.
        let is_waiting = status == TokenStatus::Waiting && !matches!(exchange.request, Request::Event);
        if is_waiting && known.waited.is_none_or(|waited| exchange.sent > waited.sent) {
            known.waited = Some(exchange);
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Answer;
    use crate::history::fixtures::*;

    fn join(user: u32, number: u64, times: [u64; 2]) -> Exchange {
        exchange(user, Request::Join, times, token_response(201, number, TokenStatus::Waiting, None))
    }

    fn active(user: u32, number: u64, at: i64, times: [u64; 2]) -> Exchange {
        exchange(user, Request::Poll, times, token_response(200, number, TokenStatus::Active, Some(at)))
    }

    fn waiting(user: u32, number: u64, times: [u64; 2]) -> Exchange {
        exchange(user, Request::Poll, times, token_response(200, number, TokenStatus::Waiting, None))
    }

    #[test]
    fn a_lower_number_for_a_later_join_is_a_violation() {
        assert_eq!(numbers(&[join(1, 2, [0, 10]), join(2, 1, [11, 12])]).violations.len(), 1);
        assert_eq!(numbers(&[join(1, 1, [0, 10]), join(2, 2, [11, 12])]).violations.len(), 0);
        assert_eq!(numbers(&[join(1, 2, [0, 10]), join(2, 1, [9, 12])]).violations.len(), 0, "concurrent joins");
    }

    #[test]
    fn a_user_who_disconnected_may_have_the_number_of_the_first_join() {
        let disconnected = exchange(2, Request::Join, [0, 1], Answer::Disconnected);
        assert_eq!(numbers(&[disconnected, join(1, 2, [0, 10]), join(2, 1, [20, 21])]).violations.len(), 0);
    }

    #[test]
    fn an_admission_out_of_order_is_a_violation() {
        let joined = [join(1, 1, [0, 1]), join(2, 2, [2, 3])];
        let violations = |rest: &[Exchange]| admissions(&[joined.as_slice(), rest].concat()).violations.len();
        assert_eq!(violations(&[active(1, 1, 500, [900, 901]), active(2, 2, 400, [900, 901])]), 1, "by the server's clock");
        assert_eq!(violations(&[active(1, 1, 400, [900, 901]), active(2, 2, 400, [900, 901])]), 0, "in one tick");
        assert_eq!(violations(&[active(2, 2, 400, [900, 901]), waiting(1, 1, [3_000, 3_001])]), 1, "the lower number still waits");
        assert_eq!(violations(&[active(2, 2, 400, [900, 901]), waiting(1, 1, [1_000, 1_001])]), 0, "responses from memory may lag");
        assert_eq!(violations(&[active(1, 1, 400, [900, 901]), waiting(2, 2, [9_000, 9_001])]), 0, "the higher number still waits");
    }
}
