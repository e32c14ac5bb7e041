//! Tickets: their status in each state of their reservation and schedule.

use domain::ticket::{Ticket, TicketId, TicketStatus};
use domain::{CancelReason, Reservation, ReservationState, Schedule};

use crate::fixtures::*;

fn reservation_in(state: ReservationState) -> Reservation {
    let paid = hold_until(RESERVATION, &[7, 8], in_seconds(-10)).confirmed_by(PAYMENT).row;
    paid.use_seat(seat_number(8), in_seconds(-5), a_moment()).unwrap_or_else(|error| panic!("{error}")).restore(state)
}

/// Returns the statuses of the tickets of seats 7 and 8, of which the second was used.
fn statuses(state: ReservationState, schedule: &Schedule) -> Vec<TicketStatus> {
    reservation_in(state).tickets(schedule).iter().map(|ticket| ticket.status).collect()
}

#[test]
fn a_ticket_is_valid_until_it_is_used_and_void_after_a_refund_or_a_cancellation() {
    use TicketStatus::{Used, Valid, Void};
    let open = a_schedule().row;
    let cancelled = open.clone().cancel(a_cancellation("no"));
    let confirmed = ReservationState::Confirmed { payment: PAYMENT };
    let ended = |reason, payment| ReservationState::Cancelled { reason, payment };
    let refunded = ended(CancelReason::Refunded, Some(PAYMENT));
    assert_eq!(statuses(confirmed, &open), [Valid, Used]);
    for (state, schedule) in [(refunded, &open), (refunded, &cancelled), (confirmed, &cancelled)] {
        assert_eq!(statuses(state, schedule), [Void, Void], "{state:?}");
    }
    let unpaid = [ReservationState::Held, ended(CancelReason::Expired, None), ended(CancelReason::Released, None)];
    for state in unpaid {
        assert_eq!(statuses(state, &open), [], "{state:?}: seats that weren't paid have no tickets");
    }
}

#[test]
fn a_used_ticket_has_the_time_of_its_use_unless_it_is_void() {
    let confirmed = reservation_in(ReservationState::Confirmed { payment: PAYMENT });
    let first_uses = |schedule: &Schedule| confirmed.tickets(schedule).iter().map(Ticket::first_use).collect::<Vec<_>>();
    assert_eq!(first_uses(&a_schedule().row), [None, Some(in_seconds(-5))]);
    assert_eq!(first_uses(&a_schedule().row.cancel(a_cancellation("no"))), [None, None]);
}

#[test]
fn a_ticket_is_found_by_its_seat() {
    let confirmed = reservation_in(ReservationState::Confirmed { payment: PAYMENT });
    let found = confirmed.ticket(seat_number(8), &a_schedule()).unwrap();
    assert_eq!(found.id, TicketId { reservation: RESERVATION, seat: seat_number(8) });
    assert_eq!(found.id.to_string(), "00000000-0000-0006-0000-000000000001-8");
    assert_eq!(found.seat.label, "Row A 8");
    assert_eq!(confirmed.ticket(seat_number(9), &a_schedule()), None);
}

#[test]
fn only_an_unused_seat_of_a_paid_reservation_is_used() {
    let use_seat = |state, number| reservation_in(state).use_seat(seat_number(number), NOW, a_moment());
    let confirmed = ReservationState::Confirmed { payment: PAYMENT };
    let used = use_seat(confirmed, 7).unwrap();
    assert_eq!(used.seats().iter().map(|seat| seat.used_at).collect::<Vec<_>>(), [Some(NOW), Some(in_seconds(-5))]);
    assert_eq!(used.state(), confirmed);
    for (state, number) in [
        (confirmed, 8),
        (confirmed, 9),
        (ReservationState::Held, 7),
        (ReservationState::Cancelled { reason: CancelReason::Refunded, payment: Some(PAYMENT) }, 7),
        (ReservationState::Cancelled { reason: CancelReason::Expired, payment: None }, 7),
    ] {
        let refused = use_seat(state, number).unwrap_err();
        assert_eq!((refused.step, refused.status), ("use a seat", reservation_in(state).status(a_moment())), "{state:?}, seat {number}");
    }
}
