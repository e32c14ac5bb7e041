//! Whether holds are kept until their deadline, and end there.

use std::collections::{BTreeMap, HashMap};

use super::Finding;
use crate::history::{Answer, Asked, Exchange, Held};

/// A request without an answer may take effect so long after it was sent.
const AFTERLIFE: u64 = 30_000_000;
/// The clocks of server and crowd may run apart by this much.
const GRACE: u64 = 500_000;

/// A wish to hold seats: all requests with its key.
#[derive(Debug)]
struct Hold<'a> {
    seats: &'a [u32],
    /// The first request and the last.
    first: &'a Exchange,
    last: &'a Exchange,
    /// The first answer that grants it, and the last.
    granted: Option<(&'a Exchange, &'a Held)>,
    granted_last: u64,
    /// Whether it is known that it wasn't granted.
    refused: bool,
    /// When giving it back was asked for, and when that was answered.
    released: Option<(u64, Option<u64>)>,
    /// Whether paying was asked for.
    paying: bool,
    /// Whether paying was answered.
    paid: bool,
}

impl Hold<'_> {
    /// When the seats were held beyond doubt.
    fn surely(&self) -> Option<(u64, u64)> {
        let (granted, held) = self.granted?;
        let deadline = if self.paid { u64::MAX } else { self.first.sent + held.span };
        let until = self.released.map_or(deadline, |(asked, _)| deadline.min(asked));
        Some((granted.answered, until))
    }

    /// When the seats may have been held, if the span of a hold is `span`.
    fn perhaps(&self, span: u64) -> Option<(u64, u64)> {
        if self.refused {
            return None;
        }
        let latest = if self.granted.is_some() { self.granted_last } else { self.last.sent + AFTERLIFE };
        let deadline = if self.paying { u64::MAX } else { latest + span + GRACE };
        let until = match self.released {
            Some((_, Some(answered))) if !self.paid && self.granted.is_some() => deadline.min(answered),
            _ => deadline,
        };
        Some((self.first.sent, until))
    }
}

/// Held seats are nobody else's until the deadline.
pub(super) fn kept(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    for (seat, holds) in by_seat(&holds(history)) {
        for mine in &holds {
            let (Some((from, until)), Some((granted, _))) = (mine.surely(), mine.granted) else { continue };
            finding.look();
            let is_within = |theirs: &&&Hold<'_>| {
                let other = theirs.granted.zip(mine.granted).is_some_and(|((_, theirs), (_, mine))| theirs.reservation != mine.reservation);
                other && from <= theirs.first.sent && theirs.granted.is_some_and(|(answer, _)| answer.answered < until)
            };
            for theirs in holds.iter().filter(is_within) {
                let answers = theirs.granted.map(|(answer, _)| answer);
                let requests: Vec<_> = [mine.first, granted].into_iter().chain(answers).collect();
                let users = (mine.first.user, theirs.first.user);
                finding.violation(format!("seat {seat} was given to user {} while user {} held it", users.1, users.0), &requests);
            }
        }
    }
    finding
}

/// Held seats are free at the deadline: who is refused because a seat is held is refused for a hold that may live.
pub(super) fn released(history: &[Exchange]) -> Finding {
    let mut finding = Finding::default();
    let holds = holds(history);
    let Some(span) = holds.iter().filter_map(|hold| hold.granted).map(|(_, held)| held.span).max() else { return finding };
    let by_seat: BTreeMap<u32, Vec<(u64, u64)>> =
        by_seat(&holds).into_iter().map(|(seat, holds)| (seat, holds.iter().filter_map(|hold| hold.perhaps(span)).collect())).collect();
    for exchange in history {
        for seat in exchange.refusal().iter().flat_map(|refusal| &refusal.held) {
            finding.look();
            let holds = by_seat.get(seat).map_or(&[][..], Vec::as_slice);
            if !holds.iter().any(|(from, until)| *from <= exchange.answered && *until >= exchange.sent) {
                finding.violation(format!("seat {seat} was called held when nobody could hold it any more"), &[exchange]);
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
    let mut places: HashMap<(u32, u16), usize> = HashMap::new();
    let mut holds: Vec<Hold<'_>> = Vec::new();
    for exchange in history {
        let Asked::Hold(seats) = &exchange.asked else { continue };
        let place = *places.entry((exchange.user, exchange.key)).or_insert_with(|| {
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
        let hold = &mut holds[place];
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
            (Answer::Told(..500, _), None) => {}
            (Answer::Told(..) | Answer::HungUp | Answer::Broken, None) => hold.refused = false,
        }
    }
    follow(history, &mut holds);
    holds
}

/// What became of the holds.
fn follow(history: &[Exchange], holds: &mut [Hold<'_>]) {
    let mut of_user: HashMap<u32, Vec<usize>> = HashMap::new();
    for (place, hold) in holds.iter().enumerate() {
        of_user.entry(hold.first.user).or_default().push(place);
    }
    for exchange in history {
        let (Asked::Release(_) | Asked::Leave | Asked::Pay(_)) = exchange.asked else { continue };
        for place in of_user.get(&exchange.user).into_iter().flatten() {
            let hold = &mut holds[*place];
            let reservation = hold.granted.map(|(_, held)| held.reservation);
            match exchange.asked {
                Asked::Pay(paid) if reservation == Some(paid) => {
                    hold.paying = true;
                    hold.paid |= exchange.is_done();
                }
                // Who leaves the line gives back what they hold.
                Asked::Leave => release(hold, exchange),
                Asked::Release(released) if reservation == Some(released) => release(hold, exchange),
                _ => {}
            }
        }
    }
}

fn release(hold: &mut Hold<'_>, exchange: &Exchange) {
    let answered = exchange.is_done().then_some(exchange.answered);
    let (asked, done) = hold.released.unwrap_or((exchange.sent, answered));
    hold.released = Some((asked.min(exchange.sent), done.or(answered)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fixtures::*;

    fn refusal(user: u32, seat: u32, times: [u64; 2]) -> Exchange {
        with_key(1, exchange(user, Asked::Hold([seat].into()), times, refused(409, "SEAT_UNAVAILABLE", &[seat])))
    }

    #[test]
    fn a_seat_that_is_given_away_too_early_is_found_out() {
        let mine = hold(1, 1, &[7, 8], [0, 10]);
        let kept = |theirs: Exchange| kept(&[mine.clone(), theirs]).violations.len();
        assert_eq!(kept(hold(2, 2, &[8], [1_000, 1_010])), 1);
        assert_eq!(kept(hold(2, 2, &[9], [1_000, 1_010])), 0, "another seat");
        assert_eq!(kept(hold(2, 2, &[8], [4_995, 5_005])), 0, "at the deadline");
        assert_eq!(kept(hold(1, 1, &[7, 8], [1_000, 1_010])), 0, "the same reservation, told again");
    }

    #[test]
    fn a_seat_that_was_given_back_may_be_given_away_and_one_that_was_paid_never() {
        let (mine, theirs) = (hold(1, 1, &[7], [0, 10]), hold(2, 2, &[7], [1_000, 1_010]));
        let released = exchange(1, Asked::Release(id(1)), [900, 910], told(204));
        assert_eq!(kept(&[mine.clone(), released, theirs.clone()]).violations.len(), 0);
        let left = exchange(1, Asked::Leave, [900, 910], told(204));
        assert_eq!(kept(&[mine.clone(), left, theirs]).violations.len(), 0);
        let late = hold(2, 2, &[7], [60_000, 60_010]);
        assert_eq!(kept(&[mine.clone(), late.clone()]).violations.len(), 0);
        assert_eq!(kept(&[mine, pay(1, 1, 1, [20, 30]), late]).violations.len(), 1);
    }

    #[test]
    fn a_hold_that_is_kept_too_long_is_found_out() {
        let mine = hold(1, 1, &[7], [0, 10]);
        let after = |events: &[Exchange]| released(&[std::slice::from_ref(&mine), events].concat()).violations.len();
        assert_eq!(after(&[refusal(2, 7, [4_000, 4_010])]), 0);
        assert_eq!(after(&[refusal(2, 7, [5_200, 5_210])]), 0, "clocks may run apart a little");
        assert_eq!(after(&[refusal(2, 7, [6_000, 6_010])]), 1);
        let given_back = exchange(1, Asked::Release(id(1)), [900, 910], told(204));
        assert_eq!(after(&[given_back, refusal(2, 7, [1_000, 1_010])]), 1);
        assert_eq!(after(&[pay(1, 1, 1, [20, 30]), refusal(2, 7, [6_000, 6_010])]), 0, "that one was sold");
    }

    #[test]
    fn a_hold_of_somebody_who_hung_up_may_live() {
        let mine = hold(1, 1, &[9], [0, 10]);
        let hung_up = with_key(1, exchange(3, Asked::Hold([7].into()), [0, 1], Answer::HungUp));
        assert_eq!(released(&[mine.clone(), hung_up, refusal(2, 7, [6_000, 6_010])]).violations.len(), 0);
        assert_eq!(released(&[mine, refusal(2, 7, [6_000, 6_010])]).violations.len(), 1, "nobody ever held it");
    }
}
