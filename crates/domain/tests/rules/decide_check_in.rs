//! Check-in of a ticket at the entrance.

use domain::decide::check_in::Command;
use domain::ticket::{TicketFlaw, TicketId, TicketStatus};
use domain::{CancelReason, Change, Fact, Guard, Refusal, Reservation, ReservationState, Version, Write};

use crate::fixtures::*;

/// Returns a fixture in which Ada has paid for seats 7 and 8.
fn paid() -> Fixture {
    Fixture::at(NOW)
        .with_schedule(a_schedule())
        .with_reservation(hold_until(RESERVATION, &[7, 8], in_seconds(-10)).confirmed_by(PAYMENT))
        .with_seats([a_seat(7), a_seat(8)].map(|seat| seat.sold_to(RESERVATION)))
}

fn in_state(state: ReservationState) -> Fixture {
    let mut fixture = paid();
    fixture.reservations.iter_mut().for_each(|reservation| reservation.row = reservation.row.clone().restore(state));
    fixture
}

fn ben_checks_in(number: u32) -> Command {
    Command { checked_in_by: BEN, ticket: TicketId { reservation: RESERVATION, seat: seat_number(number) }, schedule: None }
}

fn refusal_in(fixture: &Fixture) -> Refusal {
    refusal_of(decided(fixture, &ben_checks_in(7)))
}

#[test]
fn a_check_in_records_the_use_of_its_ticket_and_does_nothing_else() {
    let fixture = paid();
    let (ticket, change) = outcome_of(decided(&fixture, &ben_checks_in(7)));
    assert_eq!((ticket.status, ticket.seat.used_at, ticket.seat.number), (TicketStatus::Used, Some(NOW), seat_number(7)));
    let reservation = &fixture.reservations[0];
    let used = reservation.row.clone().use_seat(seat_number(7), NOW, a_moment()).unwrap();
    let expected = Change {
        not_after: None,
        guards: vec![Guard::Schedule(SCHEDULE, a_schedule().version)],
        writes: vec![Write::update(reservation, used).into()],
        events: vec![
            Fact::TicketUsed { reservation: RESERVATION, schedule: SCHEDULE, user: ADA, seat: seat_number(7), checked_in_by: BEN }
                .at(Version(302)),
        ],
    };
    assert_eq!(change, Some(expected));
}

#[test]
fn the_tickets_of_a_reservation_are_used_one_by_one() {
    let mut fixture = paid();
    for number in [7, 8] {
        let used = row_of::<Reservation>(&change_of(decided(&fixture, &ben_checks_in(number)))).unwrap();
        fixture.reservations[0].row = used;
        assert_eq!(refusal_of(decided(&fixture, &ben_checks_in(number))), Refusal::TicketUsed { used_at: NOW }, "{number}");
    }
}

#[test]
fn a_ticket_is_checked_in_hours_before_and_after_the_start() {
    for starts_in in [-36_000, 36_000] {
        let mut fixture = paid();
        fixture.schedules[0].row = fixture.schedules[0].row.clone().with_start(in_seconds(starts_in));
        assert!(decided(&fixture, &ben_checks_in(7)).is_ok(), "{starts_in} s");
    }
}

#[test]
fn void_tickets_are_refused() {
    let refunded = in_state(ReservationState::Cancelled { reason: CancelReason::Refunded, payment: Some(PAYMENT) });
    assert_eq!(refusal_in(&refunded), Refusal::TicketNotValid(TicketFlaw::Refunded));
    let cancelled = paid().cancelled(SCHEDULE, "no");
    assert_eq!(refusal_in(&cancelled), Refusal::TicketNotValid(TicketFlaw::ScheduleCancelled));
    let both = refunded.cancelled(SCHEDULE, "no");
    assert_eq!(refusal_in(&both), Refusal::TicketNotValid(TicketFlaw::ScheduleCancelled));
}

#[test]
fn a_ticket_for_another_schedule_is_refused() {
    let at = |schedule| decided(&paid(), &Command { schedule: Some(schedule), ..ben_checks_in(7) });
    assert_eq!(refusal_of(at(OTHER_SCHEDULE)), Refusal::TicketNotValid(TicketFlaw::OtherSchedule));
    assert!(at(SCHEDULE).is_ok());
}

#[test]
fn seats_that_are_not_paid_have_no_ticket() {
    assert_eq!(refusal_in(&Fixture::at(NOW)), Refusal::NotFound);
    assert_eq!(refusal_in(&in_state(ReservationState::Held)), Refusal::NotFound);
    assert_eq!(refusal_in(&in_state(ReservationState::Cancelled { reason: CancelReason::Expired, payment: None })), Refusal::NotFound);
    assert_eq!(refusal_of(decided(&paid(), &ben_checks_in(9))), Refusal::NotFound, "a seat of no reservation");
}
