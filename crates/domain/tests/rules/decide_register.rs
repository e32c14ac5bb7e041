//! Registration of users.

use domain::decide::register::Command;
use domain::idempotency::IdempotentRequest;
use domain::{Change, Fact, IdempotencyRecord, IdempotencyScope, Operation, Outcome, Refusal, User, UserName, Version, Wallet, Write};

use crate::fixtures::*;

fn ada_registers(idempotency: Option<IdempotentRequest>) -> Command {
    Command { user: ADA, name: UserName::new("Ada").unwrap_or_else(|error| panic!("{error}")), idempotency }
}

fn a_secret_key() -> IdempotentRequest {
    let idempotency = idempotency(ADA, Operation::Register, "once");
    IdempotentRequest { scope: IdempotencyScope::anonymous(Operation::Register, idempotency.scope.key), ..idempotency }
}

fn ada() -> User {
    User { id: ADA, name: UserName::new("Ada").ok(), created_at: NOW }
}

#[test]
fn a_new_user_has_an_empty_wallet() {
    let (outcome, change) = outcome_of(decided(&Fixture::at(NOW), &ada_registers(None)));
    assert_eq!(outcome, Outcome::Registered(ada()));
    let expected = Change {
        writes: vec![Write::insert(ada()).into(), Write::insert(Wallet::new(ADA)).into()],
        events: vec![Fact::UserRegistered { user: ADA }.at(Version(1))],
        ..Change::default()
    };
    assert_eq!(change.map(in_order), Some(in_order(expected)));
    assert_eq!(Wallet::new(ADA).balance(), won(0));
}

#[test]
fn a_repeated_registration_is_replayed_and_creates_no_second_user() {
    let change = change_of(decided(&Fixture::at(NOW), &ada_registers(Some(a_secret_key()))));
    let records = written::<IdempotencyRecord>(&change);
    let [record] = &records[..] else { panic!("one record: {records:?}") };
    assert_eq!((record.expected, &record.row.outcome), (None, &Outcome::Registered(ada())));

    let fixture = Fixture::at(in_seconds(60)).with_key(a_key_record(&a_secret_key(), record.row.outcome.clone(), NOW));
    let again = Command { user: BEN, ..ada_registers(Some(a_secret_key())) };
    let decision = decided(&fixture, &again).unwrap();
    assert_eq!((decision.outcome, decision.at), (Outcome::Registered(ada()), NOW));
    assert_eq!((decision.change, decision.replayed), (None, true));

    let another = IdempotentRequest { fingerprint: domain::Fingerprint([2; 32]), ..a_secret_key() };
    assert_eq!(refusal_of(decided(&fixture, &ada_registers(Some(another)))), Refusal::KeyReused);
}
