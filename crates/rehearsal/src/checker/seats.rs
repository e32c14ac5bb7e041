//! Checks that no seat was sold twice, that is, contained in two paid reservations.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::finding::Finding;
use crate::account::Account;
use crate::history::Exchange;

/// Checks that no seat is sold twice, by the responses and by the state of the accounts afterwards.
pub(super) fn judge(history: &[Exchange], accounts: &[Account]) -> Finding {
    let granted: HashMap<Uuid, &Exchange> = history.iter().filter_map(|exchange| Some((exchange.held()?.reservation, exchange))).collect();
    let mut sales: BTreeMap<u32, Vec<Sale<'_>>> = BTreeMap::new();
    let mut known = HashSet::new();
    for exchange in history {
        let Some(paid) = exchange.paid().filter(|paid| exchange.is_success() && known.insert(paid.reservation)) else { continue };
        let Some(hold) = granted.get(&paid.reservation) else { continue };
        for seat in hold.held().iter().flat_map(|held| &held.seats) {
            sales.entry(*seat).or_default().push(Sale {
                user: exchange.user,
                reservation: paid.reservation,
                requests: vec![hold, exchange],
            });
        }
    }
    for account in accounts {
        for reservation in account.reservations.iter().filter(|reservation| reservation.is_confirmed && !known.contains(&reservation.id)) {
            for seat in &reservation.seats {
                let requests = granted.get(&reservation.id).copied().into_iter().collect();
                sales.entry(*seat).or_default().push(Sale { user: account.user, reservation: reservation.id, requests });
            }
        }
    }
    let mut finding = Finding::default();
    for (seat, sales) in sales {
        finding.count_check();
        if sales.len() > 1 {
            let buyers: Vec<_> = sales.iter().map(|sale| format!("user {} (reservation {})", sale.user, sale.reservation)).collect();
            let requests: Vec<_> = sales.into_iter().flat_map(|sale| sale.requests).collect();
            finding.add_violation(format!("seat {seat} is sold to {}", buyers.join(" and to ")), &requests);
        }
    }
    finding
}

/// The sale of a seat, and its requests.
struct Sale<'a> {
    user: u32,
    reservation: Uuid,
    requests: Vec<&'a Exchange>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Reservation;
    use crate::history::fixtures::*;

    #[test]
    fn a_seat_that_is_sold_to_two_users_is_a_violation() {
        let first = [hold(1, 1, &[7, 8], [0, 1]), pay(1, 1, 1, [2, 3])];
        let second = [hold(2, 2, &[8, 9], [4, 5]), pay(2, 2, 2, [6, 7])];
        let finding = judge(&[first.clone(), second.clone()].concat(), &[]);
        assert_eq!((finding.looked_at, finding.violations.len()), (3, 1));
        for text in ["seat 8", "user 1", "user 2", "POST /v1/payments", "POST /v1/reservations of seats [8, 9]"] {
            assert!(finding.violations[0].contains(text), "{text}: {}", finding.violations[0]);
        }
        // The seat is held twice in succession, and sold once.
        assert!(judge(&[first.as_slice(), &second[..1]].concat(), &[]).violations.is_empty());
        // The same payment is answered twice.
        assert!(judge(&[first.as_slice(), &first[1..]].concat(), &[]).violations.is_empty());
    }

    #[test]
    fn a_sale_that_only_the_accounts_contain_counts() {
        let first = [hold(1, 1, &[7], [0, 1]), pay(1, 1, 1, [2, 3])];
        let account = |user, id_, is_confirmed| Account {
            user,
            reservations: vec![Reservation { id: id(id_), seats: vec![7], is_confirmed }],
            ..Account::default()
        };
        assert!(judge(&first, &[account(1, 1, true), account(2, 2, false)]).violations.is_empty());
        assert_eq!(judge(&first, &[account(1, 1, true), account(2, 2, true)]).violations.len(), 1);
    }
}
