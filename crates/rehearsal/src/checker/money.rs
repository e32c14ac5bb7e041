//! Whether the money adds up.

use std::collections::{HashMap, HashSet};

use super::Finding;
use crate::account::Account;
use crate::history::{Answer, Asked, Exchange};

/// What a user charged: what was answered, and what may have happened without an answer.
#[derive(Debug, Default, Clone)]
struct Charges<'a> {
    answered: i64,
    unknown: i64,
    requests: Vec<&'a Exchange>,
}

/// A wallet's balance is the sum of its entries, and these are the user's charges and payments.
pub(super) fn judge(history: &[Exchange], accounts: &[Account]) -> Finding {
    let charges = charges(history);
    let mut finding = Finding::default();
    for account in accounts {
        finding.look();
        let none = Charges::default();
        let charges = charges.get(&account.user).unwrap_or(&none);
        let sum = |kind: &str| account.entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.amount).sum::<i64>();
        let all: i64 = account.entries.iter().map(|entry| entry.amount).sum();
        let (credit, debit) = (sum("CHARGE"), -sum("PAYMENT"));
        let payments: i64 = account.payments.iter().filter(|payment| payment.is_completed).map(|payment| payment.amount).sum();
        let user = account.user;
        if account.balance != all || account.balance < 0 {
            finding.violation(format!("user {user} has {} where the entries come to {all}", account.balance), &charges.requests);
        }
        if credit < charges.answered || credit > charges.answered + charges.unknown {
            let told = format!("user {user} charged {} (and perhaps {}), but the wallet says {credit}", charges.answered, charges.unknown);
            finding.violation(told, &charges.requests);
        }
        if debit != payments {
            finding.violation(format!("user {user} was debited {debit} for payments of {payments}"), &[]);
        }
        if all != credit - debit {
            finding.violation(
                format!("user {user} has entries that are neither charges nor payments: {} of {all}", all - credit + debit),
                &[],
            );
        }
    }
    finding
}

/// Each key charges once, however often it was sent.
fn charges(history: &[Exchange]) -> HashMap<u32, Charges<'_>> {
    let mut answered = HashSet::new();
    let mut charges: HashMap<u32, Charges<'_>> = HashMap::new();
    let of_charges =
        || history.iter().filter_map(|exchange| if let Asked::Charge(amount) = exchange.asked { Some((exchange, amount)) } else { None });
    for (exchange, amount) in of_charges() {
        let theirs = charges.entry(exchange.user).or_default();
        theirs.requests.push(exchange);
        if exchange.is_done() && answered.insert((exchange.user, exchange.key)) {
            theirs.answered += amount;
        }
    }
    let mut unknown = HashSet::new();
    for (exchange, amount) in of_charges() {
        let is_unknown = matches!(exchange.answer, Answer::HungUp | Answer::Broken | Answer::Told(500.., _));
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
        with_key(key, exchange(1, Asked::Charge(amount), [0, 1], answer))
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
    fn a_balance_that_is_off_is_found_out() {
        let history = [charge(1, 300, told(201))];
        assert_eq!(violations(&history, account(200, &[("CHARGE", 300), ("PAYMENT", -100)])), 0);
        assert_eq!(violations(&history, account(300, &[("CHARGE", 300), ("PAYMENT", -100)])), 1);
        assert_eq!(violations(&history, account(-100, &[("CHARGE", 300), ("PAYMENT", -400)])), 1, "below zero");
    }

    #[test]
    fn a_charge_happens_once_whatever_its_key_was_sent() {
        let again = [charge(1, 300, Answer::HungUp), charge(1, 300, told(201)), charge(1, 300, told(201))];
        assert_eq!(violations(&again, account(300, &[("CHARGE", 300)])), 0);
        assert_eq!(violations(&again, account(600, &[("CHARGE", 300), ("CHARGE", 300)])), 1, "twice");
        assert_eq!(violations(&again, account(0, &[])), 1, "never");
    }

    #[test]
    fn a_charge_without_an_answer_may_have_happened_or_not_but_once() {
        let unknown = [charge(1, 300, Answer::HungUp), charge(1, 300, Answer::Broken)];
        assert_eq!(violations(&unknown, account(0, &[])), 0);
        assert_eq!(violations(&unknown, account(300, &[("CHARGE", 300)])), 0);
        assert_eq!(violations(&unknown, account(600, &[("CHARGE", 600)])), 1);
        assert_eq!(violations(&[charge(1, 300, told(409))], account(300, &[("CHARGE", 300)])), 1, "it was refused");
    }

    #[test]
    fn money_for_nothing_and_nothing_for_money_are_found_out() {
        let history = [charge(1, 300, told(201))];
        let debited = account(200, &[("CHARGE", 300), ("PAYMENT", -100)]);
        assert_eq!(violations(&history, Account { payments: vec![], ..debited }), 1);
        assert_eq!(violations(&history, account(350, &[("CHARGE", 300), ("REFUND", 50)])), 1);
    }
}
