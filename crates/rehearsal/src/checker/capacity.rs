//! Checks that the number of active users doesn't exceed the capacity.

use std::collections::{BTreeMap, HashMap};

use super::finding::Finding;
use crate::history::{Exchange, Request, TokenStatus};

/// The period in which a user was certainly active: from the first response that reported it to the sending of the last request that was
/// granted to the user.
#[derive(Debug, Clone, Copy)]
struct ActivePeriod<'a> {
    from: &'a Exchange,
    until: Option<&'a Exchange>,
}

/// Checks that at most `capacity` users are active at any time.
pub(super) fn judge(history: &[Exchange], capacity: u32) -> Finding {
    let mut finding = Finding::default();
    let periods = active_periods(history);
    let mut changes: BTreeMap<(u64, bool, u32), ActivePeriod<'_>> = BTreeMap::new();
    for (user, period) in &periods {
        finding.count_check();
        if let Some(until) = period.until.filter(|until| until.sent > period.from.answered) {
            // Of changes at the same time, ends come before starts.
            changes.insert((period.from.answered, true, *user), *period);
            changes.insert((until.sent, false, *user), *period);
        }
    }
    let mut active: BTreeMap<u32, ActivePeriod<'_>> = BTreeMap::new();
    for ((_, starts, user), period) in changes {
        if !starts {
            active.remove(&user);
            continue;
        }
        active.insert(user, period);
        if active.len() > capacity as usize {
            let requests: Vec<_> = active.values().flat_map(|period| std::iter::once(period.from).chain(period.until)).collect();
            finding.add_violation(
                format!("{} users were active at the same time, with a capacity of {capacity}", active.len()),
                &requests[..requests.len().min(12)],
            );
        }
    }
    finding
}

fn active_periods(history: &[Exchange]) -> HashMap<u32, ActivePeriod<'_>> {
    let mut periods: HashMap<u32, ActivePeriod<'_>> = HashMap::new();
    let is_active = |exchange: &Exchange| exchange.token().is_some_and(|token| token.status == TokenStatus::Active);
    for exchange in history.iter().filter(|exchange| is_active(exchange)) {
        let period = periods.entry(exchange.user).or_insert(ActivePeriod { from: exchange, until: None });
        if exchange.answered < period.from.answered {
            period.from = exchange;
        }
    }
    // A request that was sent again may have been granted when it was first sent.
    let mut first_sent: HashMap<(u32, u16), u64> = HashMap::new();
    for exchange in history.iter().filter(|exchange| exchange.key > 0) {
        let sent = first_sent.entry((exchange.user, exchange.key)).or_insert(exchange.sent);
        *sent = exchange.sent.min(*sent);
    }
    for exchange in history {
        let granted = match exchange.request {
            Request::Poll => is_active(exchange),
            Request::Browse | Request::Seats => exchange.is_success(),
            Request::Hold(_) | Request::Pay(_) => {
                exchange.is_success() && first_sent.get(&(exchange.user, exchange.key)) == Some(&exchange.sent)
            }
            _ => false,
        };
        if let Some(period) = periods.get_mut(&exchange.user).filter(|_| granted)
            && period.until.is_none_or(|until| exchange.sent > until.sent)
        {
            period.until = Some(exchange);
        }
    }
    periods
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fixtures::*;

    fn period(user: u32, from: u64, until: u64) -> [Exchange; 2] {
        let active = exchange(user, Request::Poll, [from - 1, from], token_response(200, user.into(), TokenStatus::Active, Some(0)));
        [active, pay(user, 1, 1, [until, until + 5])]
    }

    #[test]
    fn one_user_above_the_capacity_is_a_violation() {
        let three = [period(1, 10, 50), period(2, 20, 60), period(3, 40, 70)].concat();
        assert_eq!(judge(&three, 3).violations.len(), 0);
        let finding = judge(&three, 2);
        assert_eq!((finding.looked_at, finding.violations.len()), (3, 1));
        assert!(finding.violations[0].starts_with("3 users were active at the same time, with a capacity of 2"));
    }

    #[test]
    fn a_user_may_become_active_when_another_ends() {
        assert_eq!(judge(&[period(1, 10, 50), period(2, 50, 60)].concat(), 1).violations.len(), 0);
    }

    #[test]
    fn a_repeated_response_to_a_payment_does_not_extend_the_active_period() {
        let repeated = pay(1, 1, 1, [500, 501]);
        let history = [period(1, 10, 50).as_slice(), &[repeated], &period(2, 100, 400)].concat();
        assert_eq!(judge(&history, 1).violations.len(), 0);
    }
}
