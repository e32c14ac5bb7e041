//! Hold: conflicting lapsed holds are ended with all their seats, in the same change.

use domain::{CancelReason, Event, Fact, Fault, Refusal, Reservation, ReservationId, Seat, SeatNumber, UserId, Version, Versioned, Write};

use crate::decide_hold::{active_ada, ada_holds};
use crate::fixtures::*;

fn lapsed(seat: Versioned<Seat>, id: ReservationId) -> Versioned<Seat> {
    seat.held_by(id, NOW)
}

fn ended(hold: &Versioned<Reservation>) -> Write<Reservation> {
    Write::update(hold, hold.clone().cancelled(CancelReason::Expired).row)
}

fn end_of(reservation: ReservationId, version: Version, user: UserId, seats: &[u32]) -> Event {
    let seats = seats.iter().copied().map(seat_number).collect();
    Fact::ReservationCancelled { reservation, schedule: SCHEDULE, user, seats, reason: CancelReason::Expired }.at(version)
}

/// Returns a fixture in which Ben's hold of seats 7 and 8 has its deadline now, and that hold.
fn after_bens_hold() -> (Fixture, Versioned<Reservation>) {
    let hold = hold_until(reservation(2), &[7, 8], NOW).of(BEN, OTHER_TOKEN);
    (active_ada().with_reservation(hold.clone()).with_seats([7, 8].map(|number| lapsed(a_seat(number), hold.id()))), hold)
}

#[test]
fn a_lapsed_hold_is_taken_over_with_all_its_seats() {
    let (fixture, bens) = after_bens_hold();

    let change = change_of(decided(&fixture, &ada_holds(&[7, 9])));

    let until = in_seconds(300);
    let reservations = written::<Reservation>(&change);
    let [old, new] = &reservations[..] else { panic!("one hold for the other: {change:?}") };
    assert_eq!(*old, ended(&bens));
    assert_eq!((new.expected, new.row.id(), new.row.expires_at()), (None, RESERVATION, until));
    let seats = [
        Write::update(&a_seat(7), a_seat(7).held_by(RESERVATION, until).row),
        Write::update(&a_seat(9), a_seat(9).held_by(RESERVATION, until).row),
        Write::update(&a_seat(8), a_seat(8).row),
    ];
    assert_eq!(written(&change), seats, "the row of the seat that isn't requested is freed, too");
}

#[test]
fn the_event_of_the_old_holds_end_precedes_that_of_the_new_hold() {
    let (fixture, bens) = after_bens_hold();
    let change = change_of(decided(&fixture, &ada_holds(&[7])));
    let held = Fact::SeatsHeld {
        reservation: RESERVATION,
        schedule: SCHEDULE,
        user: ADA,
        seats: vec![seat_number(7)],
        expires_at: in_seconds(300),
    };
    assert_eq!(change.events, [end_of(bens.id(), Version(303), BEN, &[7, 8]), held.at(Version(1))]);
}

#[test]
fn a_hold_is_not_taken_over_before_its_deadline() {
    let (mut fixture, _) = after_bens_hold();
    fixture.now -= MOMENT;
    let verdict = decided(&fixture, &ada_holds(&[7]));
    assert_eq!(refusal_of(verdict), domain::Refusal::SeatsUnavailable(vec![(seat_number(7), domain::SeatStatus::Held)]));
}

#[test]
fn the_tokens_own_lapsed_hold_is_replaced_even_for_the_same_seats() {
    let old = hold_until(reservation(2), &[7, 8], NOW);
    let fixture = active_ada().with_reservation(old.clone()).with_seats([7, 8].map(|number| lapsed(a_seat(number), old.id())));

    let change = change_of(decided(&fixture, &ada_holds(&[7, 8])));

    assert_eq!(change.rows().filter(|write| **write == ended(&old)).count(), 1);
    assert_eq!(change.rows::<Reservation>().filter(|write| write.expected.is_none()).count(), 1);
    assert_eq!(change.rows::<Seat>().map(|write| write.row.number()).collect::<Vec<_>>(), [seat_number(7), seat_number(8)]);
    assert!(change.rows::<Seat>().all(|write| write.row.reservation() == Some(RESERVATION)));
}

#[test]
fn the_tokens_own_lapsed_hold_ends_even_if_its_seats_are_not_requested() {
    let old = hold_until(reservation(2), &[9], NOW);
    let fixture = active_ada().with_reservation(old.clone()).with_seats([lapsed(a_seat(9), old.id())]);

    let change = change_of(decided(&fixture, &ada_holds(&[7])));

    assert!(written(&change).contains(&ended(&old)));
    assert!(written(&change).contains(&Write::update(&a_seat(9), a_seat(9).row)));
}

#[test]
fn lapsed_holds_of_several_users_are_taken_over_together_each_once() {
    let one = hold_until(reservation(2), &[7, 8], NOW).of(BEN, OTHER_TOKEN);
    let two = hold_until(reservation(3), &[9, 10], in_seconds(-1)).of(BEN, token(3));
    let fixture = active_ada().with_reservation(two.clone()).with_reservation(one.clone()).with_seats([
        lapsed(a_seat(7), one.id()),
        lapsed(a_seat(8), one.id()),
        a_seat(9).held_by(two.id(), in_seconds(-1)),
        a_seat(10).held_by(two.id(), in_seconds(-1)),
    ]);

    let change = change_of(decided(&fixture, &ada_holds(&[7, 8, 9])));

    let reservations = written::<Reservation>(&change);
    assert_eq!(reservations.len(), 3);
    assert!(reservations.contains(&ended(&one)) && reservations.contains(&ended(&two)));
    let freed: Vec<SeatNumber> =
        change.rows::<Seat>().filter(|write| write.row.reservation().is_none()).map(|write| write.row.number()).collect();
    assert_eq!(freed, [seat_number(10)]);
}

#[test]
fn a_lapsed_hold_of_other_seats_is_left_to_the_sweeper() {
    let (fixture, bens) = after_bens_hold();
    let change = change_of(decided(&fixture, &ada_holds(&[9])));
    assert!(!change.rows::<Reservation>().any(|write| write.row.id() == bens.id()));
    assert_eq!(change.rows::<Seat>().count(), 1);
}

#[test]
fn a_lapsed_hold_with_a_seat_that_was_not_loaded_is_not_taken_over_in_part() {
    let (mut fixture, bens) = after_bens_hold();
    fixture.seats.retain(|loaded| loaded.number() != seat_number(8));
    let fault = Fault::SeatsMissing { reservation: bens.id(), seats: vec![seat_number(8)] };
    assert_eq!(refusal_of(decided(&fixture, &ada_holds(&[7]))), Refusal::Fault(fault));
}
