//! Release: held seats are given back.

use domain::decide::release::{Command, decide};
use domain::reservation::ReservationStatus;
use domain::{CancelReason, Change, Context, Event, Fault, Guard, Refusal, Reservation, Versioned, Write};
use time::OffsetDateTime;

use crate::fixtures::*;

const ADA_RELEASES: Command = Command { user: ADA, reservation: RESERVATION };

fn holding(until: OffsetDateTime) -> (Context, Versioned<Reservation>) {
    let hold = a_hold(RESERVATION, &[7, 8], until);
    let seats = [a_seat(7), a_seat(8)].map(|seat| seat.held_by(RESERVATION, until));
    (Context::at(NOW).with_reservation(hold.clone()).with_seats(seats), hold)
}

fn ended(hold: &Versioned<Reservation>, reason: CancelReason, not_after: Option<OffsetDateTime>) -> Change {
    let guards = if not_after.is_some() { vec![Guard::Schedule(DATE, a_date().version)] } else { vec![] };
    in_order(Change {
        not_after,
        guards,
        writes: vec![
            Write::update(&a_seat(7), a_seat(7).row).into(),
            Write::update(&a_seat(8), a_seat(8).row).into(),
            Write::update(hold, hold.clone().cancelled(reason).row).into(),
        ],
        events: vec![Event::ReservationCancelled {
            reservation: RESERVATION,
            schedule: DATE,
            user: ADA,
            seats: vec![seat(7), seat(8)],
            reason,
        }],
    })
}

#[test]
fn a_live_hold_is_released_if_it_still_lives_at_the_commit() {
    let (context, hold) = holding(NOW + MOMENT);
    assert_eq!(in_order(change_of(decide(&context, &ADA_RELEASES))), ended(&hold, CancelReason::Released, Some(NOW + MOMENT)));
}

#[test]
fn a_hold_released_at_its_deadline_has_expired() {
    let (context, hold) = holding(NOW);
    assert_eq!(in_order(change_of(decide(&context, &ADA_RELEASES))), ended(&hold, CancelReason::Expired, None));
}

#[test]
fn a_hold_of_a_cancelled_date_has_expired() {
    let (context, hold) = holding(NOW + MOMENT);
    let change = change_of(decide(&context.cancelled(DATE, "no"), &ADA_RELEASES));
    assert_eq!(in_order(change), ended(&hold, CancelReason::Expired, None));
}

#[test]
fn what_has_ended_stays_as_it_is() {
    for reason in [CancelReason::Expired, CancelReason::Released, CancelReason::Refunded] {
        let context = Context::at(NOW).with_reservation(a_hold(RESERVATION, &[7], in_seconds(10)).cancelled(reason));
        assert_eq!(outcome_of(decide(&context, &ADA_RELEASES)), ((), None), "{reason:?}");
    }
}

#[test]
fn paid_seats_are_not_released() {
    let context = Context::at(NOW).with_reservation(a_hold(RESERVATION, &[7], in_seconds(10)).confirmed_by(PAYMENT));
    assert_eq!(refusal_of(decide(&context, &ADA_RELEASES)), Refusal::NotReleasable(ReservationStatus::Confirmed));
}

#[test]
fn nobody_releases_anothers_hold() {
    let bens = Context::at(NOW).with_reservation(a_hold(RESERVATION, &[7], in_seconds(10)).of(BEN, OTHER_TOKEN));
    assert_eq!(refusal_of(decide(&bens, &ADA_RELEASES)), Refusal::NotFound);
    assert_eq!(refusal_of(decide(&Context::at(NOW), &ADA_RELEASES)), Refusal::NotFound);
}

#[test]
fn a_release_that_does_not_see_all_seats_of_the_hold_is_a_fault() {
    let (mut context, _) = holding(NOW + MOMENT);
    context.seats.retain(|loaded| loaded.number == seat(8));
    let fault = Fault::SeatsMissing { reservation: RESERVATION, seats: vec![seat(7)] };
    assert_eq!(refusal_of(decide(&context, &ADA_RELEASES)), Refusal::Fault(fault));
}
