//! The state machine of reservations: every step in every state.

use domain::reservation::{ReservationError, ReservationStatus};
use domain::seat_selection::{InvalidSeatSelection, SeatSelection};
use domain::{CancelReason, Reservation, ReservationState, SeatNumber};

use crate::fixtures::{
    MOMENT, NOW, OTHER_PAYMENT, PAYMENT, RESERVATION, a_cancellation, a_moment, a_schedule, hold_until, seat_number, seats,
};

#[derive(Debug, Clone, Copy)]
enum ReservationIs {
    Held,
    Lapsed,
    Confirmed,
    Cancelled(CancelReason),
}

const STATES: [ReservationIs; 6] = [
    ReservationIs::Held,
    ReservationIs::Lapsed,
    ReservationIs::Confirmed,
    ReservationIs::Cancelled(CancelReason::Expired),
    ReservationIs::Cancelled(CancelReason::Released),
    ReservationIs::Cancelled(CancelReason::Refunded),
];

type Step = fn(Reservation) -> Result<Reservation, ReservationError>;

/// The steps, in the order of the columns of [`expected_results`].
const STEPS: [(&str, Step); 4] = [
    ("confirm", |reservation| reservation.confirm(PAYMENT, a_moment())),
    ("release", |reservation| reservation.release(a_moment())),
    ("lapse", |reservation| reservation.lapse(a_moment())),
    ("refund", |reservation| reservation.refund(a_moment())),
];

fn state(reservation: ReservationIs) -> ReservationState {
    match reservation {
        ReservationIs::Held | ReservationIs::Lapsed => ReservationState::Held,
        ReservationIs::Confirmed => ReservationState::Confirmed { payment: OTHER_PAYMENT },
        ReservationIs::Cancelled(reason) => ReservationState::Cancelled { reason, payment: payment_of_cancelled(reason) },
    }
}

fn payment_of_cancelled(reason: CancelReason) -> Option<domain::PaymentId> {
    match reason {
        CancelReason::Refunded => Some(OTHER_PAYMENT),
        CancelReason::Expired | CancelReason::Released => None,
    }
}

/// Returns the expected status, and the results of confirm, release, lapse and refund: a new state, or none for a refusal.
fn expected_results(reservation: ReservationIs) -> (ReservationStatus, [Option<ReservationState>; 4]) {
    let cancelled = |reason| Some(state(ReservationIs::Cancelled(reason)));
    let confirmed = Some(ReservationState::Confirmed { payment: PAYMENT });
    match reservation {
        ReservationIs::Held => (ReservationStatus::Held, [confirmed, cancelled(CancelReason::Released), None, None]),
        ReservationIs::Lapsed => {
            (ReservationStatus::Cancelled(CancelReason::Expired), [None, None, cancelled(CancelReason::Expired), None])
        }
        ReservationIs::Confirmed => (ReservationStatus::Confirmed, [None, None, None, cancelled(CancelReason::Refunded)]),
        ReservationIs::Cancelled(reason) => (ReservationStatus::Cancelled(reason), [None; 4]),
    }
}

fn a_reservation(is: ReservationIs) -> domain::Versioned<Reservation> {
    let until = match is {
        ReservationIs::Held => NOW + MOMENT,
        ReservationIs::Lapsed | ReservationIs::Confirmed | ReservationIs::Cancelled(_) => NOW,
    };
    hold_until(RESERVATION, &[7, 8], until).with_state(state(is))
}

#[test]
fn reservations_allow_exactly_the_steps_of_the_table() {
    for is in STATES {
        let before = a_reservation(is);
        let (status, outcomes) = expected_results(is);
        assert_eq!(before.status(a_moment()), status, "{is:?}");
        for ((step, take), outcome) in STEPS.into_iter().zip(outcomes) {
            let expected = match outcome {
                Some(state) => Ok(before.clone().with_state(state).row),
                None => Err(ReservationError { status, step }),
            };
            assert_eq!(take(before.row.clone()), expected, "{is:?}, {step}");
            assert_eq!(before.state(), state(is), "{is:?} is unchanged");
        }
    }
}

#[test]
fn a_hold_of_a_cancelled_schedule_behaves_like_one_past_its_deadline() {
    let mut schedule = a_schedule();
    schedule.row = schedule.row.cancel(a_cancellation(""));
    let at = schedule.at(NOW);
    let [held, lapsed] = [ReservationIs::Held, ReservationIs::Lapsed].map(|is| a_reservation(is).row);
    assert_eq!(held.status(at), ReservationStatus::Cancelled(CancelReason::Expired));
    let steps = |row: &Reservation| {
        let row = Reservation::hold(row.ids(), row.seats().to_vec(), row.amount(), NOW, NOW).restore(row.state());
        [row.clone().confirm(PAYMENT, at), row.clone().release(at), row.clone().lapse(at), row.refund(at)]
    };
    assert_eq!(steps(&held), steps(&lapsed));
    assert!(held.clone().lapse(at).is_ok() && held.clone().lapse(a_moment()).is_err());
    for is in [ReservationIs::Confirmed, ReservationIs::Cancelled(CancelReason::Released)] {
        assert_eq!(a_reservation(is).status(at), a_reservation(is).status(a_moment()), "{is:?} is unaffected");
    }
}

#[test]
fn a_reservation_reports_whether_it_occupies_its_seats_and_its_payment() {
    for is in STATES {
        let (occupies, payment) = match is {
            ReservationIs::Held | ReservationIs::Lapsed => (true, None),
            ReservationIs::Confirmed => (false, Some(OTHER_PAYMENT)),
            ReservationIs::Cancelled(reason) => (false, payment_of_cancelled(reason)),
        };
        assert_eq!(a_reservation(is).occupies(), occupies, "{is:?}");
        assert_eq!(a_reservation(is).payment(), payment, "{is:?}");
    }
}

#[test]
fn a_selection_has_each_seat_once_in_ascending_order() {
    assert_eq!(seats(&[9, 2, 7]).numbers(), [seat_number(2), seat_number(7), seat_number(9)]);
    assert_eq!(SeatSelection::new(Vec::new()), Err(InvalidSeatSelection::Empty));
    assert_eq!(SeatSelection::new(vec![seat_number(3), seat_number(1), seat_number(3)]), Err(InvalidSeatSelection::Twice(seat_number(3))));
}

#[test]
fn a_selection_has_at_most_a_hundred_seats() {
    let first = |count: u32| (1..=count).map(seat_number).collect::<Vec<SeatNumber>>();
    assert!(SeatSelection::new(first(100)).is_ok());
    assert_eq!(SeatSelection::new(first(101)), Err(InvalidSeatSelection::TooMany));
}
