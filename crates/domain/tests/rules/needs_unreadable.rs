//! Needs: unreadable rows, and the needs that they fail.

use domain::loaded::LoadedReservation;
use domain::need::{self, Lookup, Unreadable};
use domain::{Layout, LayoutHash, Needs, Offer, Operation, Outcome, Rows};
use time::Duration;

use crate::fixtures::*;

/// Returns a fixture with a row of Ada for each need: her hold of seats 7 and 8 has its deadline now, and has a payment nevertheless.
fn adas_rows() -> Fixture {
    Fixture::at(NOW)
        .with_key(a_key_record(&idempotency(ADA, Operation::Pay, "once"), Outcome::Admitted { admitted: 1 }, NOW))
        .with_user(a_user(ADA))
        .with_wallet(a_wallet(ADA, 0))
        .with_queue(a_queue(), 0, 1)
        .with_token(a_token(ADA))
        .with_concert(a_concert())
        .with_offers(QUEUE, [Offer { schedule: a_schedule().row, has_seats: true }])
        .with_seats([a_seat(7), a_seat(8)].map(|seat| seat.held_by(RESERVATION, NOW)))
        .with_reservation(hold_until(RESERVATION, &[7, 8], NOW))
        .with_payment(payment_for(PAYMENT, RESERVATION, 120_000))
        .with_schedule(a_schedule().with(|row| row.with_layout(Some(Layout::default().hash()))))
        .with_layout(Layout::default())
        .with_session(a_session(ADA))
}

/// Returns the rows of the fixture, of which the one that is looked up by `lookup` is unreadable.
fn rows_with(lookup: &Lookup) -> Rows {
    let mut fixture = adas_rows();
    match lookup {
        Lookup::Key(scope) => fixture.keys.retain(|row| row.scope != *scope),
        Lookup::User(user) => fixture.users.retain(|row| row.id != *user),
        Lookup::Wallet(user) => fixture.wallets.retain(|row| row.user() != *user),
        Lookup::Queue(queue) => fixture.queues.retain(|row| row.id() != *queue),
        Lookup::Token { id, .. } => fixture.tokens.retain(|row| row.id() != *id),
        Lookup::Concert(concert) => fixture.concerts.retain(|row| row.id() != *concert),
        Lookup::Schedule { id, .. } => fixture.schedules.retain(|row| row.id() != *id),
        Lookup::Seat(schedule, number) => fixture.seats.retain(|row| (row.schedule(), Some(row.number())) != (*schedule, *number)),
        Lookup::Reservation { id, .. } => fixture.reservations.retain(|row| row.id() != *id),
        Lookup::Payment(payment) => fixture.payments.retain(|row| row.id() != *payment),
        Lookup::Session(user) => fixture.sessions.retain(|row| row.user() != *user),
        Lookup::Layout(layout) => fixture.layouts.retain(|row| Some(row.hash()) != *layout),
    }
    let mut rows = fixture.rows();
    rows.add_unreadable(lookup.clone(), "nonsense");
    rows
}

fn lapsed(at_most: u32, rows: &Rows) -> Vec<Result<LoadedReservation, Unreadable>> {
    let found = need::LapsedHolds { at_most, longest: Duration::MINUTE }.find(rows);
    found.unwrap_or_else(|unreadable| panic!("{unreadable}"))
}

/// Returns the needs that fail, each with the unreadable row.
fn failures(rows: &Rows) -> Vec<(&'static str, Unreadable)> {
    fn failure<N: Needs>(need: N, rows: &Rows) -> Option<Unreadable> {
        need.find(rows).err()
    }
    let labels = vec!["Row A 7".to_owned()];
    let all = [
        ("Key", failure(need::Key(idempotency(ADA, Operation::Pay, "once").scope), rows)),
        ("Account", failure(need::Account(ADA), rows)),
        ("Token", failure(need::Token(TOKEN), rows)),
        ("JoinTarget", failure(need::JoinTarget { user: ADA, concert: Some(CONCERT) }, rows)),
        ("QueueHead", failure(need::QueueHead { queue: QUEUE, at_most: 1 }, rows)),
        ("Queue", failure(need::Queue(QUEUE), rows)),
        ("Concert", failure(need::Concert(CONCERT), rows)),
        ("ConcertInUse", failure(need::ConcertInUse(CONCERT), rows)),
        ("Schedule", failure(need::Schedule(SCHEDULE), rows)),
        ("Seats", failure(need::Seats { schedule: SCHEDULE, numbers: vec![seat_number(7)] }, rows)),
        ("LabelledSeats", failure(need::LabelledSeats { schedule: SCHEDULE, labels }, rows)),
        ("LayoutOf", failure(need::LayoutOf(SCHEDULE), rows)),
        ("Reservation", failure(need::Reservation(RESERVATION), rows)),
        ("HoldsOfToken", failure(need::HoldsOfToken(TOKEN), rows)),
        ("OwnedBy", failure(need::OwnedBy { user: ADA, schedule: SCHEDULE }, rows)),
        ("Payment", failure(need::Payment(PAYMENT), rows)),
        ("Sessions", failure(need::Sessions(ADA), rows)),
        ("LapsedHolds", lapsed(1, rows).into_iter().find_map(Result::err)),
    ];
    all.into_iter().filter_map(|(name, failure)| failure.map(|failure| (name, failure))).collect()
}

/// Asserts that an unreadable row that is looked up by `lookup` fails exactly the `expected` needs.
#[track_caller]
fn assert_fails(lookup: Lookup, expected: &[&str]) {
    let failures = failures(&rows_with(&lookup));
    let unreadable = Unreadable { lookup, problem: "nonsense".into() };
    let expected: Vec<_> = expected.iter().map(|name| (*name, unreadable.clone())).collect();
    assert_eq!(failures, expected);
}

#[test]
fn readable_rows_fail_no_need() {
    assert_eq!(failures(&adas_rows().rows()), []);
}

#[test]
fn an_unreadable_key_user_wallet_or_payment_fails_its_needs() {
    assert_fails(Lookup::Key(idempotency(ADA, Operation::Pay, "once").scope), &["Key"]);
    assert_fails(Lookup::Key(idempotency(ADA, Operation::Charge, "once").scope), &[]);
    assert_fails(Lookup::User(ADA), &["Account"]);
    assert_fails(Lookup::User(BEN), &[]);
    assert_fails(Lookup::Wallet(ADA), &["Account", "Payment"]);
    assert_fails(Lookup::Wallet(BEN), &[]);
    assert_fails(Lookup::Payment(PAYMENT), &["Payment"]);
    assert_fails(Lookup::Payment(OTHER_PAYMENT), &[]);
    assert_fails(Lookup::Session(ADA), &["Sessions"]);
    assert_fails(Lookup::Session(BEN), &[]);
}

#[test]
fn an_unreadable_queue_fails_its_tokens_and_lines() {
    assert_fails(Lookup::Queue(QUEUE), &["Token", "JoinTarget", "QueueHead", "Queue"]);
    assert_fails(Lookup::Queue(OTHER_QUEUE), &[]);
}

#[test]
fn an_unreadable_token_fails_its_line_and_its_users_place() {
    let token = |id, queue, user| Lookup::Token { id, queue, user };
    assert_fails(token(TOKEN, QUEUE, ADA), &["Token", "JoinTarget", "QueueHead"]);
    assert_fails(token(OTHER_TOKEN, QUEUE, ADA), &["JoinTarget", "QueueHead"]);
    assert_fails(token(OTHER_TOKEN, QUEUE, BEN), &["QueueHead"]);
    assert_fails(token(OTHER_TOKEN, OTHER_QUEUE, ADA), &[]);
}

#[test]
fn an_unreadable_layout_fails_its_schedules() {
    assert_fails(Lookup::Layout(Some(Layout::default().hash())), &["LayoutOf"]);
    assert_fails(Lookup::Layout(None), &["LayoutOf"]);
    assert_fails(Lookup::Layout(Some(LayoutHash([1; 32]))), &[]);
}

#[test]
fn an_unreadable_concert_fails_its_schedules_reservations_and_places() {
    assert_fails(Lookup::Concert(CONCERT), &["JoinTarget", "Concert", "ConcertInUse", "Schedule", "Reservation"]);
    assert_fails(Lookup::Concert(OTHER_CONCERT), &[]);
}

#[test]
fn an_unreadable_schedule_fails_its_concert_and_its_reservations() {
    let schedule = |id, concert| Lookup::Schedule { id, concert };
    let about_it = [
        "JoinTarget",
        "QueueHead",
        "Concert",
        "Schedule",
        "Seats",
        "LayoutOf",
        "Reservation",
        "HoldsOfToken",
        "OwnedBy",
        "Payment",
        "LapsedHolds",
    ];
    assert_fails(schedule(SCHEDULE, CONCERT), &about_it);
    assert_fails(schedule(OTHER_SCHEDULE, CONCERT), &["JoinTarget", "Concert"]);
    assert_fails(schedule(OTHER_SCHEDULE, OTHER_CONCERT), &[]);
}

#[test]
fn an_unreadable_seat_fails_the_reservation_that_names_it() {
    let about_it = ["Seats", "Reservation", "HoldsOfToken", "Payment", "LapsedHolds"];
    assert_fails(Lookup::Seat(SCHEDULE, Some(seat_number(7))), &about_it);
    assert_fails(Lookup::Seat(SCHEDULE, Some(seat_number(8))), &about_it);
    assert_fails(Lookup::Seat(SCHEDULE, Some(seat_number(9))), &[]);
    assert_fails(Lookup::Seat(OTHER_SCHEDULE, Some(seat_number(7))), &[]);
    assert_fails(Lookup::Seat(SCHEDULE, None), &[]);
}

#[test]
fn an_unreadable_reservation_fails_its_token_its_user_its_seats_and_the_sweep() {
    let row = |id, token, user, concert| Lookup::Reservation { id, token, user, concert };
    let about_it = ["Seats", "Reservation", "HoldsOfToken", "OwnedBy", "Payment", "LapsedHolds"];
    assert_fails(row(RESERVATION, TOKEN, ADA, CONCERT), &about_it);
    let other = reservation(2);
    assert_fails(row(other, TOKEN, BEN, OTHER_CONCERT), &["HoldsOfToken", "LapsedHolds"]);
    assert_fails(row(other, OTHER_TOKEN, ADA, CONCERT), &["OwnedBy", "LapsedHolds"]);
    assert_fails(row(other, OTHER_TOKEN, ADA, OTHER_CONCERT), &["LapsedHolds"]);
    assert_fails(row(other, OTHER_TOKEN, BEN, CONCERT), &["LapsedHolds"]);
}

#[test]
fn an_unreadable_row_does_not_hide_another() {
    let mut rows = rows_with(&Lookup::User(BEN));
    rows.add_unreadable(Lookup::User(ADA), "invalid");
    let unreadable = Unreadable { lookup: Lookup::User(ADA), problem: "invalid".into() };
    assert_eq!(failures(&rows), [("Account", unreadable)]);
}

#[test]
fn an_unreadable_lapsed_hold_does_not_hide_others() {
    let lookup = Lookup::Reservation { id: reservation(2), token: OTHER_TOKEN, user: BEN, concert: CONCERT };
    let found = lapsed(9, &rows_with(&lookup));
    let [Ok(hold), Err(unreadable)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((hold.reservation.id(), &unreadable.lookup), (RESERVATION, &lookup));
}
