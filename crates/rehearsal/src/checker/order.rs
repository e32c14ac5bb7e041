//! Whether the line is in order: of numbers, and of admissions.

use std::collections::{BTreeMap, HashMap};

use super::{BEHIND, Finding};
use crate::history::{Asked, Exchange, Place, Standing};

/// A place in the line, by all that was told of it.
#[derive(Debug, Clone, Copy)]
struct Known<'a> {
    number: u64,
    /// The first answer that told of it.
    first: &'a Exchange,
    /// The user's first request for it, answered or not.
    asked: &'a Exchange,
    /// On the server's clock.
    activated: Option<(i64, &'a Exchange)>,
    /// The last request that was sent when it still waited.
    waited: Option<&'a Exchange>,
    /// The first answer that told that it doesn't wait any more, but was let in.
    entered: Option<&'a Exchange>,
}

/// Who was answered before another asked has the lower number.
pub(super) fn numbers(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    let mut by_answer: Vec<_> = places(history).into_values().collect();
    let mut by_asking = by_answer.clone();
    by_answer.sort_by_key(|place| place.first.answered);
    by_asking.sort_by_key(|place| place.asked.sent);
    let (mut earlier, mut highest) = (by_answer.into_iter().peekable(), None::<Known<'_>>);
    for place in by_asking {
        finding.look();
        while let Some(answered) = earlier.next_if(|answered| answered.first.answered < place.asked.sent) {
            highest = highest.filter(|highest| highest.number > answered.number).or(Some(answered));
        }
        if let Some(before) = highest.filter(|highest| highest.number > place.number) {
            let told = format!("number {} was given before number {} was asked for", before.number, place.number);
            finding.violation(told, &[before.first, place.asked, place.first]);
        }
    }
    finding
}

/// Nobody is admitted before someone with a lower number.
pub(super) fn admissions(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    let places = places(history);
    let mut latest: Option<(i64, Known<'_>, &Exchange)> = None;
    for place in places.values() {
        finding.look();
        let Some((at, told)) = place.activated else { continue };
        match latest {
            Some((before, lower, lowers)) if at < before => {
                let text = format!("number {} was let in before number {}", place.number, lower.number);
                finding.violation(text, &[lower.first, lowers, place.first, told]);
            }
            _ => latest = Some((at, *place, told)),
        }
    }
    let mut soonest: Option<(Known<'_>, &Exchange)> = None;
    for place in places.values().rev() {
        if let (Some(waited), Some((higher, entered))) = (place.waited, soonest)
            && waited.sent > entered.answered + BEHIND
        {
            let text = format!("number {} still waited after number {} was let in", place.number, higher.number);
            finding.violation(text, &[place.first, higher.first, entered, waited]);
        }
        if let Some(entered) = place.entered.filter(|entered| soonest.is_none_or(|(_, other)| entered.answered < other.answered)) {
            soonest = Some((*place, entered));
        }
    }
    finding
}

/// What is known of each place, by number.
fn places(history: &[Exchange]) -> BTreeMap<u64, Known<'_>> {
    let mut asking: HashMap<u32, &Exchange> = HashMap::new();
    for exchange in history.iter().filter(|exchange| exchange.asked == Asked::Join) {
        let first = asking.entry(exchange.user).or_insert(exchange);
        if exchange.sent < first.sent {
            *first = exchange;
        }
    }
    let mut places: BTreeMap<u64, Known<'_>> = BTreeMap::new();
    for exchange in history {
        let (Some(place), Some(asked)) = (exchange.place(), asking.get(&exchange.user)) else { continue };
        let Place { number, status, activated_at } = place;
        let new = Known { number, first: exchange, asked, activated: None, waited: None, entered: None };
        let known = places.entry(number).or_insert(new);
        if exchange.answered < known.first.answered {
            known.first = exchange;
        }
        if let Some(at) = activated_at {
            known.activated.get_or_insert((at, exchange));
            if known.entered.is_none_or(|entered| exchange.answered < entered.answered) {
                known.entered = Some(exchange);
            }
        }
        // What a stream tells was so when it was told, not when the stream was opened.
        let is_waiting = status == Standing::Waiting && !matches!(exchange.asked, Asked::Event);
        if is_waiting && known.waited.is_none_or(|waited| exchange.sent > waited.sent) {
            known.waited = Some(exchange);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Answer;
    use crate::history::fixtures::*;

    fn join(user: u32, number: u64, times: [u64; 2]) -> Exchange {
        exchange(user, Asked::Join, times, placed(201, number, Standing::Waiting, None))
    }

    fn active(user: u32, number: u64, at: i64, times: [u64; 2]) -> Exchange {
        exchange(user, Asked::Poll, times, placed(200, number, Standing::Active, Some(at)))
    }

    fn waiting(user: u32, number: u64, times: [u64; 2]) -> Exchange {
        exchange(user, Asked::Poll, times, placed(200, number, Standing::Waiting, None))
    }

    #[test]
    fn a_lower_number_for_a_later_comer_is_found_out() {
        assert_eq!(numbers(&[join(1, 2, [0, 10]), join(2, 1, [11, 12])]).violations.len(), 1);
        assert_eq!(numbers(&[join(1, 1, [0, 10]), join(2, 2, [11, 12])]).violations.len(), 0);
        assert_eq!(numbers(&[join(1, 2, [0, 10]), join(2, 1, [9, 12])]).violations.len(), 0, "they came at the same time");
    }

    #[test]
    fn who_hung_up_may_have_got_the_number_of_then() {
        let hung_up = exchange(2, Asked::Join, [0, 1], Answer::HungUp);
        assert_eq!(numbers(&[hung_up, join(1, 2, [0, 10]), join(2, 1, [20, 21])]).violations.len(), 0);
    }

    #[test]
    fn an_admission_out_of_order_is_found_out() {
        let joined = [join(1, 1, [0, 1]), join(2, 2, [2, 3])];
        let played = |rest: &[Exchange]| admissions(&[joined.as_slice(), rest].concat()).violations.len();
        assert_eq!(played(&[active(1, 1, 500, [900, 901]), active(2, 2, 400, [900, 901])]), 1, "by the server's clock");
        assert_eq!(played(&[active(1, 1, 400, [900, 901]), active(2, 2, 400, [900, 901])]), 0, "in one tick");
        assert_eq!(played(&[active(2, 2, 400, [900, 901]), waiting(1, 1, [3_000, 3_001])]), 1, "the lower one waits on");
        assert_eq!(played(&[active(2, 2, 400, [900, 901]), waiting(1, 1, [1_000, 1_001])]), 0, "memory may be a little behind");
        assert_eq!(played(&[active(1, 1, 400, [900, 901]), waiting(2, 2, [9_000, 9_001])]), 0, "the higher one waits on");
    }
}
