//! Changes: their guards, rows and deadlines.

use domain::audit_entry::{Action, Subject};
use domain::change::{Admission, RowKey};
use domain::{
    Change, ConcertId, Guard, Layout, NewToken, Operation, Outcome, QueueId, RowWrite, Seat, User, UserId, Version, Versioned, Wallet,
    WalletEntry, WalletEntryKind, Write,
};

use crate::fixtures::*;

/// Returns a new token of `user`, for `concert` if it is named.
pub(crate) fn a_new_token(queue: QueueId, user: UserId, concert: Option<ConcertId>) -> NewToken {
    NewToken { id: OTHER_TOKEN, queue, user, concert, joined_at: NOW }
}

/// Returns a write of every kind of row, with its key and the version that it expects.
pub(crate) fn one_of_each_kind() -> [(RowWrite, RowKey, Option<Version>); 15] {
    let payment = payment_for(PAYMENT, RESERVATION, 1);
    let outcome = Outcome::Paid { payment: payment.row.clone(), balance: won(0) };
    let record = a_key_record(&idempotency(ADA, Operation::Pay, "once"), outcome, NOW).row;
    let user = User { id: BEN, name: None, created_at: NOW };
    let kind = WalletEntryKind::Charge;
    let entry = WalletEntry::restore(ENTRY, &Wallet::restore(ADA, won(1), 4), kind, won(1), NOW);
    let audit_entry = an_order().audit_entry(Action::Pause, Subject::Queue(QUEUE), Vec::new(), NOW);
    let scope = record.scope.clone();
    let old = |version| Some(Version(version));
    [
        (Write::update(&a_queue(), a_queue().row).into(), RowKey::Queue(QUEUE), old(600)),
        (Write { expected: old(650), row: Admission::new(QUEUE) }.into(), RowKey::Admission(QUEUE), old(650)),
        (Write::update(&a_concert(), a_concert().row).into(), RowKey::Concert(CONCERT), old(700)),
        (Write::update(&a_schedule(), a_schedule().row).into(), RowKey::Schedule(SCHEDULE), old(800)),
        (Write::insert(user).into(), RowKey::User(BEN), None),
        (Write::insert(a_new_token(OTHER_QUEUE, BEN, None)).into(), RowKey::LiveToken(OTHER_QUEUE, BEN), None),
        (Write::update(&a_token(ADA), a_token(ADA).row).into(), RowKey::Token(TOKEN), old(200)),
        (Write::update(&a_seat(7), a_seat(7).row).into(), RowKey::Seat(SCHEDULE, seat_number(7)), old(107)),
        (Write::insert(hold_until(RESERVATION, &[7], NOW).row).into(), RowKey::Reservation(RESERVATION), None),
        (Write::update(&payment, payment.row.clone()).into(), RowKey::Payment(PAYMENT), old(400)),
        (Write::update(&a_wallet(ADA, 1), a_wallet(ADA, 0).row).into(), RowKey::Wallet(ADA), old(500)),
        (Write::insert(entry).into(), RowKey::WalletEntry(ENTRY), None),
        (Write::insert(record).into(), RowKey::Key(scope), None),
        (Write::insert(audit_entry).into(), RowKey::AuditEntry(AUDIT_ENTRY), None),
        (Write::insert(Layout::default()).into(), RowKey::Layout(Layout::default().hash()), None),
    ]
}

#[test]
fn a_change_returns_the_keys_of_all_its_rows() {
    let change = one_of_each_kind().into_iter().fold(Change::default(), |change, (write, ..)| change.writing(write));
    assert!(change.keys().eq(one_of_each_kind().map(|(_, key, _)| key)), "{:?}", change.keys().collect::<Vec<_>>());
    assert_eq!(Change::default().keys().next(), None);
    for (write, _, expected) in one_of_each_kind() {
        assert_eq!(write.expected(), expected, "{write:?}");
    }
}

#[test]
fn rows_of_one_kind_are_found_among_the_others() {
    let mut change = one_of_each_kind().into_iter().fold(Change::default(), |change, (write, ..)| change.writing(write));
    change.write(Write::insert(a_seat(8).row));
    assert_eq!(written::<Seat>(&change), [Write::update(&a_seat(7), a_seat(7).row), Write::insert(a_seat(8).row)]);
    assert_eq!(change.row::<Seat>(), Some(&Write::update(&a_seat(7), a_seat(7).row)));
    assert_eq!(change.row::<Wallet>().map(|wallet| wallet.row.balance()), Some(won(0)));
    assert_eq!(Change::default().row::<Wallet>(), None);

    let before = change.clone();
    change.rows_mut::<Seat>().for_each(|seat| seat.expected = Some(Version(1)));
    let changed: Vec<_> =
        change.writes.iter().zip(&before.writes).filter(|(now, before)| now != before).map(|(now, _)| now.key()).collect();
    assert_eq!(changed, [RowKey::Seat(SCHEDULE, seat_number(7)), RowKey::Seat(SCHEDULE, seat_number(8))]);
}

#[test]
fn a_guard_added_twice_is_kept_once() {
    let (queue, room) = (Guard::Queue(QUEUE, Version(1)), Guard::MaxWaiting(QUEUE, 5));
    let change = Change::default().relying_on(queue).relying_on(room).relying_on(queue);
    assert_eq!(change.guards, [queue, room]);
}

#[test]
fn a_change_keeps_the_earliest_of_its_deadlines() {
    let mut change = Change::default();
    for seconds in [60, 30, 90] {
        change.not_after(in_seconds(seconds));
    }
    assert_eq!(change.not_after, Some(in_seconds(30)));
}

#[test]
fn a_write_leads_to_the_next_version() {
    assert_eq!(Write::insert(()).version(), Version::FIRST);
    assert_eq!(Write::update(&a_seat(7), a_seat(7).row).version(), Version(108));
    assert_eq!(Write::update(&a_seat(7), a_seat(8).row).versioned(), Versioned::new(Version(108), a_seat(8).row));
}
