//! Checks that holds last until their deadline, and end there.

use std::collections::{BTreeMap, HashMap};

use super::finding::Finding;
use crate::history::{Answer, Exchange, Held, Request};

/// The maximum time between the sending of a request without a response and its effect.
const MAX_EFFECT_DELAY: u64 = 30_000_000;
/// The tolerated drift between the clocks of the server and the rehearsal.
const MAX_CLOCK_DRIFT: u64 = 500_000;

/// An attempt to hold seats: all requests with its idempotency key.
#[derive(Debug)]
struct Hold<'a> {
    seats: &'a [u32],
    /// The first request.
    first: &'a Exchange,
    /// The last request.
    last: &'a Exchange,
    /// The first response that grants it.
    granted: Option<(&'a Exchange, &'a Held)>,
    /// The time of the last response that grants it.
    granted_last: u64,
    /// Whether it certainly wasn't granted.
    refused: bool,
    /// The times at which its release was requested and confirmed.
    released: Option<(u64, Option<u64>)>,
    /// Whether its payment was requested.
    paying: bool,
    /// Whether its payment was confirmed.
    paid: bool,
}

impl Hold<'_> {
    /// Returns the period in which the seats were certainly held.
    fn certain_period(&self) -> Option<(u64, u64)> {
        let (granted, held) = self.granted?;
        let deadline = if self.paid { u64::MAX } else { self.first.sent + held.span };
        let until = self.released.map_or(deadline, |(requested, _)| deadline.min(requested));
        Some((granted.answered, until))
    }

    /// Returns the period in which the seats may have been held, if holds last for `span`.
    fn possible_period(&self, span: u64) -> Option<(u64, u64)> {
        if self.refused {
            return None;
        }
        let latest = if self.granted.is_some() { self.granted_last } else { self.last.sent + MAX_EFFECT_DELAY };
        let deadline = if self.paying { u64::MAX } else { latest + span + MAX_CLOCK_DRIFT };
        let until = match self.released {
            Some((_, Some(answered))) if !self.paid && self.granted.is_some() => deadline.min(answered),
            _ => deadline,
        };
        Some((self.first.sent, until))
    }
}

/// Checks that held seats aren't given to other users before the deadline.
pub(super) fn kept(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    for (seat, holds) in by_seat(&holds(history)) {
        for hold in &holds {
            let (Some((from, until)), Some((granted, _))) = (hold.certain_period(), hold.granted) else { continue };
            finding.count_check();
            let is_conflict = |other: &&&Hold<'_>| {
                let differs = other.granted.zip(hold.granted).is_some_and(|((_, other), (_, held))| other.reservation != held.reservation);
                differs && from <= other.first.sent && other.granted.is_some_and(|(answer, _)| answer.answered < until)
            };
            for other in holds.iter().filter(is_conflict) {
                let answers = other.granted.map(|(answer, _)| answer);
                let requests: Vec<_> = [hold.first, granted].into_iter().chain(answers).collect();
                let users = (hold.first.user, other.first.user);
                finding.add_violation(format!("seat {seat} was given to user {} while user {} held it", users.1, users.0), &requests);
            }
        }
    }
    finding
}

/// Checks that held seats are released at the deadline: if a request is refused since a seat is held, a hold of that seat must be possible.
pub(super) fn released(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    let holds = holds(history);
    let Some(span) = holds.iter().filter_map(|hold| hold.granted).map(|(_, held)| held.span).max() else { return finding };
    let by_seat: BTreeMap<u32, Vec<(u64, u64)>> = by_seat(&holds)
        .into_iter()
        .map(|(seat, holds)| (seat, holds.iter().filter_map(|hold| hold.possible_period(span)).collect()))
        .collect();
    for exchange in history {
        for seat in exchange.refusal().iter().flat_map(|refusal| &refusal.held) {
            finding.count_check();
            let holds = by_seat.get(seat).map_or(&[][..], Vec::as_slice);
            if !holds.iter().any(|(from, until)| *from <= exchange.answered && *until >= exchange.sent) {
                finding.add_violation(format!("seat {seat} was reported as held when it could no longer be held"), &[exchange]);
            }
        }
    }
    finding
}

fn by_seat<'a, 'h>(holds: &'a [Hold<'h>]) -> BTreeMap<u32, Vec<&'a Hold<'h>>> {
    let mut by_seat: BTreeMap<u32, Vec<&Hold<'_>>> = BTreeMap::new();
    for hold in holds {
        for seat in hold.seats {
            by_seat.entry(*seat).or_default().push(hold);
        }
    }
    by_seat
}

fn holds(history: &[Exchange]) -> Vec<Hold<'_>> {
    let mut indexes: HashMap<(u32, u16), usize> = HashMap::new();
    let mut holds: Vec<Hold<'_>> = Vec::new();
    for exchange in history {
        let Request::Hold(seats) = &exchange.request else { continue };
        let index = *indexes.entry((exchange.user, exchange.key)).or_insert_with(|| {
            let hold = Hold {
                seats,
                first: exchange,
                last: exchange,
                granted: None,
                granted_last: 0,
                refused: true,
                released: None,
                paying: false,
                paid: false,
            };
            holds.push(hold);
            holds.len() - 1
        });
        let hold = &mut holds[index];
        if exchange.sent < hold.first.sent {
            hold.first = exchange;
        }
        if exchange.sent > hold.last.sent {
            hold.last = exchange;
        }
        match (&exchange.answer, exchange.held()) {
            (_, Some(grant)) => {
                if hold.granted.is_none_or(|(answer, _)| exchange.answered < answer.answered) {
                    hold.granted = Some((exchange, grant));
                }
                hold.granted_last = hold.granted_last.max(exchange.answered);
                hold.refused = false;
            }
            (Answer::Response(..500, _), None) => {}
            (Answer::Response(..) | Answer::Disconnected | Answer::Broken, None) => hold.refused = false,
        }
    }
    apply_outcomes(history, &mut holds);
    holds
}

/// Adds the releases and payments to the holds.
fn apply_outcomes(history: &[Exchange], holds: &mut [Hold<'_>]) {
    let mut by_user: HashMap<u32, Vec<usize>> = HashMap::new();
    for (index, hold) in holds.iter().enumerate() {
        by_user.entry(hold.first.user).or_default().push(index);
    }
    for exchange in history {
        let (Request::Release(_) | Request::Leave | Request::Pay(_)) = exchange.request else { continue };
        for index in by_user.get(&exchange.user).into_iter().flatten() {
            let hold = &mut holds[*index];
            let reservation = hold.granted.map(|(_, held)| held.reservation);
            match exchange.request {
                Request::Pay(paid) if reservation == Some(paid) => {
                    hold.paying = true;
                    hold.paid |= exchange.is_success();
                }
                // Leaving the queue releases the user's holds.
                Request::Leave => release(hold, exchange),
                Request::Release(released) if reservation == Some(released) => release(hold, exchange),
                _ => {}
            }
        }
    }
}

fn release(hold: &mut Hold<'_>, exchange: &Exchange) {
    let answered = exchange.is_success().then_some(exchange.answered);
    let (requested, confirmed) = hold.released.unwrap_or((exchange.sent, answered));
    hold.released = Some((requested.min(exchange.sent), confirmed.or(answered)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fixtures::*;

    fn refusal(user: u32, seat: u32, times: [u64; 2]) -> Exchange {
        with_key(1, exchange(user, Request::Hold([seat].into()), times, problem(409, "SEAT_UNAVAILABLE", &[seat])))
    }

    #[test]
    fn a_held_seat_that_is_given_to_another_user_before_the_deadline_is_a_violation() {
        let first = hold(1, 1, &[7, 8], [0, 10]);
        let kept = |second: Exchange| kept(&[first.clone(), second]).violations.len();
        assert_eq!(kept(hold(2, 2, &[8], [1_000, 1_010])), 1);
        assert_eq!(kept(hold(2, 2, &[9], [1_000, 1_010])), 0, "another seat");
        assert_eq!(kept(hold(2, 2, &[8], [4_995, 5_005])), 0, "at the deadline");
        assert_eq!(kept(hold(1, 1, &[7, 8], [1_000, 1_010])), 0, "the same reservation, reported again");
    }

    #[test]
    fn a_released_seat_may_be_given_to_another_user_and_a_paid_seat_may_not() {
        let (first, second) = (hold(1, 1, &[7], [0, 10]), hold(2, 2, &[7], [1_000, 1_010]));
        let released = exchange(1, Request::Release(id(1)), [900, 910], response(204));
        assert_eq!(kept(&[first.clone(), released, second.clone()]).violations.len(), 0);
        let left = exchange(1, Request::Leave, [900, 910], response(204));
        assert_eq!(kept(&[first.clone(), left, second]).violations.len(), 0);
        let late = hold(2, 2, &[7], [60_000, 60_010]);
        assert_eq!(kept(&[first.clone(), late.clone()]).violations.len(), 0);
        assert_eq!(kept(&[first, pay(1, 1, 1, [20, 30]), late]).violations.len(), 1);
    }

    #[test]
    fn a_hold_that_outlasts_its_deadline_is_a_violation() {
        let hold = hold(1, 1, &[7], [0, 10]);
        let after = |events: &[Exchange]| released(&[std::slice::from_ref(&hold), events].concat()).violations.len();
        assert_eq!(after(&[refusal(2, 7, [4_000, 4_010])]), 0);
        assert_eq!(after(&[refusal(2, 7, [5_200, 5_210])]), 0, "within the tolerated clock drift");
        assert_eq!(after(&[refusal(2, 7, [6_000, 6_010])]), 1);
        let release = exchange(1, Request::Release(id(1)), [900, 910], response(204));
        assert_eq!(after(&[release, refusal(2, 7, [1_000, 1_010])]), 1);
        assert_eq!(after(&[pay(1, 1, 1, [20, 30]), refusal(2, 7, [6_000, 6_010])]), 0, "the seat was sold");
    }

    #[test]
    fn a_hold_whose_user_disconnected_may_be_live() {
        let hold = hold(1, 1, &[9], [0, 10]);
        let disconnected = with_key(1, exchange(3, Request::Hold([7].into()), [0, 1], Answer::Disconnected));
        assert_eq!(released(&[hold.clone(), disconnected, refusal(2, 7, [6_000, 6_010])]).violations.len(), 0);
        assert_eq!(released(&[hold, refusal(2, 7, [6_000, 6_010])]).violations.len(), 1, "the seat was never held");
    }
}
