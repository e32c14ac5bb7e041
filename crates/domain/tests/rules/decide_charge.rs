//! Charging of wallets.

use domain::audit_entry::{Action, PropertyChange, Subject};
use domain::decide::charge::Command;
use domain::wallet::WalletError;
use domain::{
    AuditEntry, Change, Charging, Fact, Field, IdempotencyRecord, Operation, Outcome, Refusal, Rules, User, UserId, Version, Versioned,
    Wallet, WalletEntry, WalletEntryKind, Write,
};
use time::Duration;

use crate::fixtures::*;

fn ada_charges(minor: i64) -> Command {
    Command { user: None, order: None, idempotency: idempotency(ADA, Operation::Charge, "once"), id: ENTRY, amount: won(minor) }
}

fn with_balance(balance: i64) -> Fixture {
    Fixture::at(NOW).with_user(a_user(ADA)).with_wallet(a_wallet(ADA, balance))
}

fn entry(sequence: u64, amount: i64, balance: i64) -> WalletEntry {
    WalletEntry::restore(ENTRY, &Wallet::restore(ADA, won(balance), sequence), WalletEntryKind::Charge, won(amount), NOW)
}

#[test]
fn a_charge_is_added_to_the_balance_and_nothing_else_is_written() {
    let fixture = with_balance(70);

    let (outcome, change) = outcome_of(decided(&fixture, &ada_charges(50)));

    assert_eq!(outcome, Outcome::Charged(entry(4, 50, 120)));
    let expected = Change {
        writes: vec![
            Write::update(&a_wallet(ADA, 70), Wallet::restore(ADA, won(120), 4)).into(),
            Write::insert(entry(4, 50, 120)).into(),
            idempotency(ADA, Operation::Charge, "once").record(outcome, None, NOW, &rules()).into(),
        ],
        events: vec![Fact::WalletCharged { user: ADA, amount: won(50), balance: won(120) }.at(Version(501))],
        ..Change::default()
    };
    assert_eq!(change.map(in_order), Some(in_order(expected)));
}

#[test]
fn a_charge_must_be_from_one_to_the_maximum() {
    for minor in [1, 1_000_000] {
        assert!(decided(&with_balance(0), &ada_charges(minor)).is_ok(), "{minor}");
    }
    for minor in [0, 1_000_001, i64::MAX] {
        let refusal = refusal_of(decided(&with_balance(0), &ada_charges(minor)));
        assert_eq!(refusal, Refusal::ChargeOutOfRange { max: won(1_000_000) }, "{minor}");
    }
}

#[test]
fn a_charge_may_fill_the_wallet_to_its_limit_and_not_beyond() {
    assert!(decided(&with_balance(9_999_999), &ada_charges(1)).is_ok());
    for balance in [10_000_000, 10_000_001, i64::MAX] {
        let refusal = refusal_of(decided(&with_balance(balance), &ada_charges(1)));
        assert_eq!(refusal, Refusal::Wallet(WalletError::LimitExceeded { balance: won(balance), limit: won(10_000_000) }));
    }
}

#[test]
fn the_first_write_of_an_unknown_user_creates_the_user_and_the_charged_wallet() {
    let change = change_of(decided(&Fixture::at(NOW), &ada_charges(50)));
    assert_eq!(written(&change), [Write::insert(User { id: ADA, name: None, created_at: NOW })]);
    assert_eq!(written(&change), [Write::insert(Wallet::restore(ADA, won(50), 1))]);
    assert_eq!(written(&change), [Write::insert(entry(1, 50, 50))]);
    let charged = Fact::WalletCharged { user: ADA, amount: won(50), balance: won(50) }.at(Version(1));
    assert_eq!(change.events, [Fact::UserRegistered { user: ADA }.at(Version(1)), charged]);
}

#[test]
fn a_repeated_charge_is_replayed_and_not_charged_again() {
    let first = Outcome::Charged(entry(4, 50, 120));
    let record = a_key_record(&idempotency(ADA, Operation::Charge, "once"), first.clone(), in_seconds(-60));
    let decision = decided(&with_balance(10_000_000).with_key(record), &ada_charges(50)).unwrap();
    assert_eq!((decision.outcome, decision.at), (first, in_seconds(-60)));
    assert_eq!((decision.change, decision.replayed), (None, true));
}

#[test]
fn a_key_cannot_be_reused_for_another_charge_even_one_out_of_range() {
    let mut record = a_key_record(&idempotency(ADA, Operation::Charge, "once"), Outcome::Charged(entry(4, 50, 120)), in_seconds(-60));
    record.row.fingerprint = domain::Fingerprint([2; 32]);
    assert_eq!(refusal_of(decided(&with_balance(0).with_key(record), &ada_charges(0))), Refusal::KeyReused);
}

#[test]
fn an_idempotency_record_counts_until_the_end_of_its_retention() {
    let first = Outcome::Charged(entry(4, 50, 120));
    let answered = |ago: Duration| {
        let record: Versioned<_> = a_key_record(&idempotency(ADA, Operation::Charge, "once"), first.clone(), NOW - ago);
        decided(&with_balance(120).with_key(record), &ada_charges(50)).unwrap()
    };
    assert!(answered(Duration::hours(24) - MOMENT).replayed);
    let processed = answered(Duration::hours(24));
    assert!(!processed.replayed);
    let keys = written::<IdempotencyRecord>(&processed.change.unwrap());
    let [key] = &keys[..] else { panic!("one record: {keys:?}") };
    assert_eq!((key.expected, key.row.expires_at), (Some(Version(900)), NOW + Duration::hours(24)));
}

/// Returns a charge by Ben, an operator or a cashier, of the wallet of `user`, if named.
fn ben_charges(user: Option<UserId>, minor: i64) -> Command {
    let mut idempotency = idempotency(ADA, Operation::Charge, "once");
    idempotency.scope.user = BEN;
    Command { user, order: Some(an_order()), idempotency, id: ENTRY, amount: won(minor) }
}

fn by_operators() -> Rules {
    Rules { charging: Charging::Operator, ..rules() }
}

#[test]
fn each_role_may_charge_only_its_wallets() {
    let (plain, named) = (ada_charges(50), |user| Command { user: Some(user), ..ada_charges(50) });
    let forbidden = Err(Refusal::ChargeForbidden);
    let unnamed = Refusal::Contradiction { field: Field::User, problem: "must name the user whose wallet is charged".into() };
    for (command, open, operator) in [
        (plain, Ok(ADA), forbidden.clone()),
        (named(ADA), Ok(ADA), forbidden.clone()),
        (named(BEN), forbidden.clone(), forbidden),
        (ben_charges(Some(ADA), 50), Ok(ADA), Ok(ADA)),
        (ben_charges(Some(BEN), 50), Ok(BEN), Ok(BEN)),
        (ben_charges(None, 50), Ok(BEN), Err(unnamed)),
    ] {
        for (rules, expected) in [(rules(), open), (by_operators(), operator)] {
            let bens_wallet = Versioned::new(Version(501), Wallet::restore(BEN, won(70), 3));
            let fixture = with_balance(70).with_user(a_user(BEN)).with_wallet(bens_wallet);
            match expected {
                Ok(charged) => {
                    let change = change_of(decided_by(&rules, &fixture, &command));
                    let wallet = row_of::<Wallet>(&change).map(|wallet| (wallet.user(), wallet.balance()));
                    assert_eq!(wallet, Some((charged, won(120))), "{command:?}");
                    let scope = row_of::<IdempotencyRecord>(&change).map(|key| key.scope);
                    assert_eq!(scope, Some(command.idempotency.scope.clone()), "the idempotency key is the caller's: {command:?}");
                }
                Err(refusal) => {
                    assert_eq!(refusal_of(decided_by(&rules, &fixture, &command)), refusal, "{:?}: {command:?}", rules.charging);
                }
            }
        }
    }
}

#[test]
fn a_charge_by_order_is_recorded_in_the_audit_log_with_both_balances() {
    let change = change_of(decided_by(&by_operators(), &with_balance(70), &ben_charges(Some(ADA), 50)));
    let balance = PropertyChange { name: "balance".into(), before: Some("70".into()), after: Some("120".into()) };
    assert_eq!(written(&change), [Write::insert(an_order().audit_entry(Action::Charge, Subject::User(ADA), vec![balance], NOW))]);
    assert_eq!(change_of(decided(&with_balance(70), &ada_charges(50))).row::<AuditEntry>(), None);
}

#[test]
fn an_order_cannot_charge_an_unknown_user_but_the_operators_own_first_write_creates_the_operator() {
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &ben_charges(Some(ADA), 50))), Refusal::NotFound);
    let change = change_of(decided_by(&by_operators(), &Fixture::at(NOW), &ben_charges(Some(BEN), 50)));
    assert_eq!(row_of::<User>(&change).map(|user| user.id), Some(BEN));
}

#[test]
fn a_repeated_charge_is_replayed_even_if_the_caller_may_no_longer_charge() {
    let first = Outcome::Charged(entry(4, 50, 120));
    let record = a_key_record(&idempotency(ADA, Operation::Charge, "once"), first.clone(), in_seconds(-60));
    let decision = decided_by(&by_operators(), &with_balance(120).with_key(record), &ada_charges(50)).unwrap();
    assert_eq!((decision.outcome, decision.replayed), (first, true));
}
