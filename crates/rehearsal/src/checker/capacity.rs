//! Whether more were in than the capacity allows.

use std::collections::{BTreeMap, HashMap};

use super::Finding;
use crate::history::{Asked, Exchange, Standing};

/// When somebody was in beyond doubt: from the first answer that told so to the last request that was then granted.
#[derive(Debug, Clone, Copy)]
struct Stay<'a> {
    from: &'a Exchange,
    until: Option<&'a Exchange>,
}

/// No more are in than `capacity`, at any moment.
pub(super) fn judge(history: &[Exchange], capacity: u32) -> Finding {
    let mut finding = Finding::default();
    let stays = stays(history);
    let mut moments: BTreeMap<(u64, bool, u32), Stay<'_>> = BTreeMap::new();
    for (user, stay) in &stays {
        finding.look();
        if let Some(until) = stay.until.filter(|until| until.sent > stay.from.answered) {
            // Who goes at a moment makes room for who comes at it.
            moments.insert((stay.from.answered, true, *user), *stay);
            moments.insert((until.sent, false, *user), *stay);
        }
    }
    let mut inside: BTreeMap<u32, Stay<'_>> = BTreeMap::new();
    for ((_, comes, user), stay) in moments {
        if !comes {
            inside.remove(&user);
            continue;
        }
        inside.insert(user, stay);
        if inside.len() > capacity as usize {
            let requests: Vec<_> = inside.values().flat_map(|stay| std::iter::once(stay.from).chain(stay.until)).collect();
            finding.violation(format!("{} were in at once, of {capacity} that may", inside.len()), &requests[..requests.len().min(12)]);
        }
    }
    finding
}

fn stays(history: &[Exchange]) -> HashMap<u32, Stay<'_>> {
    let mut stays: HashMap<u32, Stay<'_>> = HashMap::new();
    let is_in = |exchange: &Exchange| exchange.place().is_some_and(|place| place.status == Standing::Active);
    for exchange in history.iter().filter(|exchange| is_in(exchange)) {
        let stay = stays.entry(exchange.user).or_insert(Stay { from: exchange, until: None });
        if exchange.answered < stay.from.answered {
            stay.from = exchange;
        }
    }
    // A request that was sent again may have been granted at the first time.
    let mut first: HashMap<(u32, u16), u64> = HashMap::new();
    for exchange in history.iter().filter(|exchange| exchange.key > 0) {
        let sent = first.entry((exchange.user, exchange.key)).or_insert(exchange.sent);
        *sent = exchange.sent.min(*sent);
    }
    for exchange in history {
        let granted = match exchange.asked {
            Asked::Poll => is_in(exchange),
            Asked::Browse | Asked::Seats => exchange.is_done(),
            Asked::Hold(_) | Asked::Pay(_) => exchange.is_done() && first.get(&(exchange.user, exchange.key)) == Some(&exchange.sent),
            _ => false,
        };
        if let Some(stay) = stays.get_mut(&exchange.user).filter(|_| granted)
            && stay.until.is_none_or(|until| exchange.sent > until.sent)
        {
            stay.until = Some(exchange);
        }
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fixtures::*;

    fn stay(user: u32, from: u64, until: u64) -> [Exchange; 2] {
        let active = exchange(user, Asked::Poll, [from - 1, from], placed(200, user.into(), Standing::Active, Some(0)));
        [active, pay(user, 1, 1, [until, until + 5])]
    }

    #[test]
    fn one_more_than_the_capacity_is_found_out() {
        let three = [stay(1, 10, 50), stay(2, 20, 60), stay(3, 40, 70)].concat();
        assert_eq!(judge(&three, 3).violations.len(), 0);
        let finding = judge(&three, 2);
        assert_eq!((finding.looked_at, finding.violations.len()), (3, 1));
        assert!(finding.violations[0].starts_with("3 were in at once, of 2"));
    }

    #[test]
    fn who_comes_when_another_goes_is_not_one_too_many() {
        assert_eq!(judge(&[stay(1, 10, 50), stay(2, 50, 60)].concat(), 1).violations.len(), 0);
    }

    #[test]
    fn a_payment_that_is_answered_again_does_not_show_that_its_payer_is_in() {
        let again = pay(1, 1, 1, [500, 501]);
        let history = [stay(1, 10, 50).as_slice(), &[again], &stay(2, 100, 400)].concat();
        assert_eq!(judge(&history, 1).violations.len(), 0);
    }
}
