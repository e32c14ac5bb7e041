//! Changes: what a group needs to know of them.

use domain::change::RowName;
use domain::{Change, NewToken, Outcome, Route, User, Version, Write};

use crate::fixtures::*;

#[test]
fn a_change_names_every_row_that_it_writes() {
    let scope = keyed(Route::Payments).scope;
    let outcome = Outcome::Paid { payment: a_payment(PAYMENT, RESERVATION, 1).row, balance: won(0) };
    let change = Change {
        admission: Some((QUEUE, Version(1))),
        user: Some(User { id: BEN, name: None, created_at: NOW }),
        tokens: vec![Write::update(&a_token(), a_token().row)],
        join: Some(NewToken { id: OTHER_TOKEN, queue: OTHER_QUEUE, user: BEN, concert: None, joined_at: NOW }),
        seats: vec![Write::update(&a_seat(7), a_seat(7).row)],
        reservations: vec![Write::insert(a_hold(RESERVATION, &[7], NOW).row)],
        payment: Some(Write::insert(a_payment(PAYMENT, RESERVATION, 1).row)),
        wallet: Some(Write::update(&a_wallet(1), a_wallet(0).row)),
        key: Some(Write::insert(a_record(&keyed(Route::Payments), outcome, NOW).row)),
        ..Change::default()
    };
    let names = [
        RowName::Admission(QUEUE),
        RowName::User(BEN),
        RowName::Token(TOKEN),
        RowName::Place(OTHER_QUEUE, BEN),
        RowName::Seat(DATE, seat(7)),
        RowName::Reservation(RESERVATION),
        RowName::Payment(PAYMENT),
        RowName::Wallet(ADA),
        RowName::Key(scope),
    ];
    assert_eq!(change.rows(), names);
    assert_eq!(Change::default().rows(), []);
}

#[test]
fn a_change_lapses_at_the_earliest_of_its_deadlines() {
    let mut change = Change::default();
    for seconds in [60, 30, 90] {
        change.not_after(in_seconds(seconds));
    }
    assert_eq!(change.not_after, Some(in_seconds(30)));
}

#[test]
fn a_write_leaves_the_next_version_behind() {
    assert_eq!(Write::insert(()).version(), Version::FIRST);
    assert_eq!(Write::update(&a_seat(7), a_seat(7).row).version(), Version(108));
}
