//! Release of holds by their users.

use domain::decide::release::Command;
use domain::reservation::ReservationStatus;
use domain::{CancelReason, Change, Fact, Fault, Guard, Refusal, Reservation, Version, Versioned, Write};
use time::OffsetDateTime;

use crate::fixtures::*;

const ADA_RELEASES: Command = Command { user: ADA, reservation: RESERVATION };

fn holding(until: OffsetDateTime) -> (Fixture, Versioned<Reservation>) {
    let hold = hold_until(RESERVATION, &[7, 8], until);
    let seats = [a_seat(7), a_seat(8)].map(|seat| seat.held_by(RESERVATION, until));
    (Fixture::at(NOW).with_reservation(hold.clone()).with_seats(seats), hold)
}

fn ended(hold: &Versioned<Reservation>, reason: CancelReason, not_after: Option<OffsetDateTime>) -> Change {
    let guards = if not_after.is_some() { vec![Guard::Schedule(SCHEDULE, a_schedule().version)] } else { vec![] };
    in_order(Change {
        not_after,
        guards,
        writes: vec![
            Write::update(&a_seat(7), a_seat(7).row).into(),
            Write::update(&a_seat(8), a_seat(8).row).into(),
            Write::update(hold, hold.clone().cancelled(reason).row).into(),
        ],
        events: vec![
            Fact::ReservationCancelled {
                reservation: RESERVATION,
                schedule: SCHEDULE,
                user: ADA,
                seats: vec![seat_number(7), seat_number(8)],
                reason,
            }
            .at(Version(302)),
        ],
    })
}

#[test]
fn a_live_hold_is_released_if_the_commit_precedes_its_deadline() {
    let (fixture, hold) = holding(NOW + MOMENT);
    assert_eq!(in_order(change_of(decided(&fixture, &ADA_RELEASES))), ended(&hold, CancelReason::Released, Some(NOW + MOMENT)));
}

#[test]
fn a_hold_released_at_its_deadline_has_expired() {
    let (fixture, hold) = holding(NOW);
    assert_eq!(in_order(change_of(decided(&fixture, &ADA_RELEASES))), ended(&hold, CancelReason::Expired, None));
}

#[test]
fn a_hold_of_a_cancelled_schedule_has_expired() {
    let (fixture, hold) = holding(NOW + MOMENT);
    let change = change_of(decided(&fixture.cancelled(SCHEDULE, "no"), &ADA_RELEASES));
    assert_eq!(in_order(change), ended(&hold, CancelReason::Expired, None));
}

#[test]
fn an_ended_reservation_stays_unchanged() {
    for reason in [CancelReason::Expired, CancelReason::Released, CancelReason::Refunded] {
        let fixture = Fixture::at(NOW).with_reservation(hold_until(RESERVATION, &[7], in_seconds(10)).cancelled(reason));
        assert_eq!(outcome_of(decided(&fixture, &ADA_RELEASES)), ((), None), "{reason:?}");
    }
}

#[test]
fn a_paid_reservation_is_not_released() {
    let fixture = Fixture::at(NOW).with_reservation(hold_until(RESERVATION, &[7], in_seconds(10)).confirmed_by(PAYMENT));
    assert_eq!(refusal_of(decided(&fixture, &ADA_RELEASES)), Refusal::NotReleasable(ReservationStatus::Confirmed));
}

#[test]
fn a_hold_of_another_user_is_not_found() {
    let bens = Fixture::at(NOW).with_reservation(hold_until(RESERVATION, &[7], in_seconds(10)).of(BEN, OTHER_TOKEN));
    assert_eq!(refusal_of(decided(&bens, &ADA_RELEASES)), Refusal::NotFound);
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &ADA_RELEASES)), Refusal::NotFound);
}

#[test]
fn a_release_without_all_seats_of_the_hold_is_a_fault() {
    let (mut fixture, _) = holding(NOW + MOMENT);
    fixture.seats.retain(|loaded| loaded.number() == seat_number(8));
    let fault = Fault::SeatsMissing { reservation: RESERVATION, seats: vec![seat_number(7)] };
    assert_eq!(refusal_of(decided(&fixture, &ADA_RELEASES)), Refusal::Fault(fault));
}

#[test]
fn a_seat_that_another_reservation_took_over_stays_with_it() {
    let (fixture, hold) = holding(NOW);
    let change = change_of(decided(&fixture.with_seats([a_seat(7).sold_to(reservation(2))]), &ADA_RELEASES));
    assert_eq!(written(&change), [Write::update(&hold, hold.clone().cancelled(CancelReason::Expired).row)]);
    assert_eq!(written(&change), [Write::update(&a_seat(8), a_seat(8).row)]);
}

#[test]
fn a_release_with_a_seat_of_another_reservation_is_a_fault() {
    let (fixture, _) = holding(NOW + MOMENT);
    let fault = Fault::SeatsMissing { reservation: RESERVATION, seats: vec![seat_number(7)] };
    assert_eq!(refusal_of(decided(&fixture.with_seats([a_seat(7).sold_to(reservation(2))]), &ADA_RELEASES)), Refusal::Fault(fault));
}
