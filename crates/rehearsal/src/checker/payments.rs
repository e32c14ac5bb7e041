//! Checks that confirmed payments exist, and exactly once.

use std::collections::HashMap;

use uuid::Uuid;

use super::finding::Finding;
use crate::account::Account;
use crate::history::Exchange;

/// Checks that every confirmed payment exists as it was reported, and that each reservation is paid once.
pub(super) fn judge(history: &[Exchange], accounts: &[Account]) -> Finding {
    let accounts: HashMap<u32, &Account> = accounts.iter().map(|account| (account.user, account)).collect();
    let mut by_reservation: HashMap<Uuid, &Exchange> = HashMap::new();
    let mut finding = Finding::default();
    for exchange in history {
        let Some(paid) = exchange.paid().filter(|_| exchange.is_success()) else { continue };
        finding.count_check();
        let found = accounts.get(&exchange.user).is_some_and(|account| {
            let is_same = |payment: &&crate::account::Payment| payment.id == paid.payment && payment.reservation == paid.reservation;
            let payment = account.payments.iter().find(is_same);
            let sold = account.reservations.iter().any(|reservation| reservation.id == paid.reservation && reservation.is_confirmed);
            payment.is_some_and(|payment| payment.is_completed && payment.amount == paid.amount) && sold
        });
        if !found {
            finding.add_violation(format!("payment {} does not exist", paid.payment), &[exchange]);
        }
        let first = *by_reservation.entry(paid.reservation).or_insert(exchange);
        if first.paid().is_some_and(|first| first.payment != paid.payment) {
            finding.add_violation(format!("reservation {} is paid twice", paid.reservation), &[first, exchange]);
        }
    }
    for account in accounts.values() {
        let mut reservations: Vec<_> =
            account.payments.iter().filter(|payment| payment.is_completed).map(|payment| payment.reservation).collect();
        reservations.sort_unstable();
        for twice in reservations.windows(2).filter(|pair| pair[0] == pair[1]) {
            finding.add_violation(format!("reservation {} of user {} has two payments", twice[0], account.user), &[]);
        }
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Payment, Reservation};
    use crate::history::fixtures::*;

    fn account(payments: &[(u128, u128, i64)]) -> Account {
        let payment =
            |&(payment, reservation, amount)| Payment { id: id(payment), reservation: id(reservation), amount, is_completed: true };
        let reservations = vec![Reservation { id: id(1), seats: vec![7], is_confirmed: true }];
        Account { user: 1, payments: payments.iter().map(payment).collect(), reservations, ..Account::default() }
    }

    #[test]
    fn a_lost_payment_is_a_violation() {
        let history = [pay(1, 5, 1, [0, 1])];
        let violations = |accounts: &[Account]| judge(&history, accounts).violations.len();
        assert_eq!(violations(&[account(&[(5, 1, 100)])]), 0);
        assert_eq!(violations(&[account(&[])]), 1, "the payment is missing");
        assert_eq!(violations(&[account(&[(5, 1, 99)])]), 1, "the amount differs");
        assert_eq!(violations(&[]), 1, "the account is missing");
        let unsold = Account { reservations: vec![], ..account(&[(5, 1, 100)]) };
        assert_eq!(violations(&[unsold]), 1, "the reservation is missing");
        let refunded = Payment { is_completed: false, ..account(&[(5, 1, 100)]).payments[0].clone() };
        assert_eq!(violations(&[Account { payments: vec![refunded], ..account(&[]) }]), 1, "no refund was requested");
    }

    #[test]
    fn a_reservation_that_is_paid_twice_is_a_violation() {
        let both = account(&[(5, 1, 100), (6, 1, 100)]);
        assert_eq!(judge(&[pay(1, 5, 1, [0, 1]), pay(1, 6, 1, [2, 3])], std::slice::from_ref(&both)).violations.len(), 2);
        assert_eq!(judge(&[], &[both]).violations.len(), 1);
        let repeated = [pay(1, 5, 1, [0, 1]), pay(1, 5, 1, [2, 3])];
        assert_eq!(judge(&repeated, &[account(&[(5, 1, 100)])]).violations.len(), 0, "the same response again");
    }
}
