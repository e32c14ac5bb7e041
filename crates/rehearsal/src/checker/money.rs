//! Checks that wallets agree with charges and payments.

use std::collections::{HashMap, HashSet};

use super::finding::Finding;
use crate::account::Account;
use crate::history::{Answer, Exchange, Request};

/// The charges of a user: the confirmed ones, and those with an unknown outcome.
#[derive(Debug, Default, Clone)]
struct Charges<'a> {
    confirmed: i64,
    unknown: i64,
    requests: Vec<&'a Exchange>,
}

/// Checks that each wallet's balance is the sum of its entries, and that these are the user's charges and payments.
pub(super) fn judge(history: &[Exchange], accounts: &[Account]) -> Finding {
    let charges = charges(history);
    let mut finding = Finding::default();
    for account in accounts {
        finding.count_check();
        let none = Charges::default();
        let charges = charges.get(&account.user).unwrap_or(&none);
        let sum = |kind: &str| account.entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.amount).sum::<i64>();
        let all: i64 = account.entries.iter().map(|entry| entry.amount).sum();
        let (credit, debit) = (sum("CHARGE"), -sum("PAYMENT"));
        let payments: i64 = account.payments.iter().filter(|payment| payment.is_completed).map(|payment| payment.amount).sum();
        let user = account.user;
        if account.balance != all || account.balance < 0 {
            finding.add_violation(
                format!("user {user} has a balance of {}, but the sum of the entries is {all}", account.balance),
                &charges.requests,
            );
        }
        if credit < charges.confirmed || credit > charges.confirmed + charges.unknown {
            let text = format!(
                "user {user} charged {} (and possibly {}), but the wallet has charges of {credit}",
                charges.confirmed, charges.unknown
            );
            finding.add_violation(text, &charges.requests);
        }
        if debit != payments {
            finding.add_violation(format!("user {user} was debited {debit}, but paid {payments}"), &[]);
        }
        if all != credit - debit {
            finding.add_violation(
                format!("user {user} has entries that are neither charges nor payments: {} of {all}", all - credit + debit),
                &[],
            );
        }
    }
    finding
}

/// Sums up the charges of each user. Each idempotency key counts once, however often it was sent.
fn charges(history: &[Exchange]) -> HashMap<u32, Charges<'_>> {
    let mut answered = HashSet::new();
    let mut charges: HashMap<u32, Charges<'_>> = HashMap::new();
    let charge_exchanges = || {
        history.iter().filter_map(|exchange| if let Request::Charge(amount) = exchange.request { Some((exchange, amount)) } else { None })
    };
    for (exchange, amount) in charge_exchanges() {
        let user_charges = charges.entry(exchange.user).or_default();
        user_charges.requests.push(exchange);
        if exchange.is_success() && answered.insert((exchange.user, exchange.key)) {
            user_charges.confirmed += amount;
        }
    }
    let mut unknown = HashSet::new();
    for (exchange, amount) in charge_exchanges() {
        let is_unknown = matches!(exchange.answer, Answer::Disconnected | Answer::Broken | Answer::Response(500.., _));
        let key = (exchange.user, exchange.key);
        if is_unknown && !answered.contains(&key) && unknown.insert(key) {
            charges.entry(exchange.user).or_default().unknown += amount;
        }
    }
    charges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Entry, Payment};
    use crate::history::fixtures::*;

    fn charge(key: u16, amount: i64, answer: Answer) -> Exchange {
        with_key(key, exchange(1, Request::Charge(amount), [0, 1], answer))
    }

    fn account(balance: i64, entries: &[(&str, i64)]) -> Account {
        let entry = |&(kind, amount): &(&str, i64)| Entry { kind: kind.into(), amount };
        let payment = |&(_, amount): &(&str, i64)| Payment { id: id(1), reservation: id(1), amount: -amount, is_completed: true };
        let payments = entries.iter().filter(|(kind, _)| *kind == "PAYMENT").map(payment).collect();
        Account { user: 1, balance, entries: entries.iter().map(entry).collect(), payments, ..Account::default() }
    }

    fn violations(history: &[Exchange], account: Account) -> usize {
        judge(history, &[account]).violations.len()
    }

    #[test]
    fn a_wrong_balance_is_a_violation() {
        let history = [charge(1, 300, response(201))];
        assert_eq!(violations(&history, account(200, &[("CHARGE", 300), ("PAYMENT", -100)])), 0);
        assert_eq!(violations(&history, account(300, &[("CHARGE", 300), ("PAYMENT", -100)])), 1);
        assert_eq!(violations(&history, account(-100, &[("CHARGE", 300), ("PAYMENT", -400)])), 1, "below zero");
    }

    #[test]
    fn a_charge_that_is_sent_repeatedly_counts_once() {
        let repeated = [charge(1, 300, Answer::Disconnected), charge(1, 300, response(201)), charge(1, 300, response(201))];
        assert_eq!(violations(&repeated, account(300, &[("CHARGE", 300)])), 0);
        assert_eq!(violations(&repeated, account(600, &[("CHARGE", 300), ("CHARGE", 300)])), 1, "twice");
        assert_eq!(violations(&repeated, account(0, &[])), 1, "never");
    }

    #[test]
    fn a_charge_with_an_unknown_outcome_may_count_at_most_once() {
        let unknown = [charge(1, 300, Answer::Disconnected), charge(1, 300, Answer::Broken)];
        assert_eq!(violations(&unknown, account(0, &[])), 0);
        assert_eq!(violations(&unknown, account(300, &[("CHARGE", 300)])), 0);
        assert_eq!(violations(&unknown, account(600, &[("CHARGE", 600)])), 1);
        assert_eq!(violations(&[charge(1, 300, response(409))], account(300, &[("CHARGE", 300)])), 1, "it was refused");
    }

    #[test]
    fn debits_without_payments_and_unknown_entries_are_violations() {
        let history = [charge(1, 300, response(201))];
        let debited = account(200, &[("CHARGE", 300), ("PAYMENT", -100)]);
        assert_eq!(violations(&history, Account { payments: vec![], ..debited }), 1);
        assert_eq!(violations(&history, account(350, &[("CHARGE", 300), ("REFUND", 50)])), 1);
    }
}
