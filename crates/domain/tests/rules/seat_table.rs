//! The state machine of seats: every step in every state.

use domain::seat::{InvalidSeatNumber, SeatError};
use domain::{ReservationId, Seat, SeatNumber, SeatState, SeatStatus};

use crate::fixtures::{MOMENT, NOW, a_cancellation, a_moment, a_schedule, a_seat, in_seconds, reservation};

const OURS: ReservationId = reservation(1);
const THEIRS: ReservationId = reservation(2);

#[derive(Debug, Clone, Copy)]
enum SeatIs {
    Available,
    HeldByUs,
    HeldByThem,
    OurHoldLapsed,
    TheirHoldLapsed,
    SoldToUs,
    SoldToThem,
    Blocked,
}

const STATES: [SeatIs; 8] = [
    SeatIs::Available,
    SeatIs::HeldByUs,
    SeatIs::HeldByThem,
    SeatIs::OurHoldLapsed,
    SeatIs::TheirHoldLapsed,
    SeatIs::SoldToUs,
    SeatIs::SoldToThem,
    SeatIs::Blocked,
];

type Step = fn(Seat) -> Result<Seat, SeatError>;

/// The steps for our reservation, in the order of the columns of [`expected_results`].
const STEPS: [(&str, Step); 6] = [
    ("hold", |seat| seat.hold(OURS, in_seconds(300), a_moment())),
    ("confirm", |seat| seat.confirm(OURS, a_moment())),
    ("free", |seat| seat.free(OURS, a_moment())),
    ("block", |seat| seat.block(a_moment())),
    ("unblock", |seat| seat.unblock(a_moment())),
    ("relabel", |seat| {
        let (label, price) = (seat.label().to_owned(), seat.price());
        seat.relabel(label, price, a_moment())
    }),
];

fn state(seat: SeatIs) -> SeatState {
    match seat {
        SeatIs::Available => SeatState::Available,
        SeatIs::HeldByUs => SeatState::Held { reservation: OURS, until: NOW + MOMENT },
        SeatIs::HeldByThem => SeatState::Held { reservation: THEIRS, until: NOW + MOMENT },
        SeatIs::OurHoldLapsed => SeatState::Held { reservation: OURS, until: NOW },
        SeatIs::TheirHoldLapsed => SeatState::Held { reservation: THEIRS, until: NOW },
        SeatIs::SoldToUs => SeatState::Reserved { reservation: OURS },
        SeatIs::SoldToThem => SeatState::Reserved { reservation: THEIRS },
        SeatIs::Blocked => SeatState::Blocked,
    }
}

/// Returns the expected status, and the results of hold, confirm, free, block, unblock and relabel: a new state, or none for a refusal.
fn expected_results(seat: SeatIs) -> (SeatStatus, [Option<SeatState>; 6]) {
    let held = Some(SeatState::Held { reservation: OURS, until: in_seconds(300) });
    let sold = Some(SeatState::Reserved { reservation: OURS });
    let (free, blocked) = (Some(SeatState::Available), Some(SeatState::Blocked));
    match seat {
        SeatIs::Available => (SeatStatus::Available, [held, None, None, blocked, None, free]),
        SeatIs::TheirHoldLapsed => (SeatStatus::Available, [held, None, None, blocked, None, None]),
        SeatIs::HeldByUs => (SeatStatus::Held, [None, sold, free, None, None, None]),
        SeatIs::HeldByThem => (SeatStatus::Held, [None, None, None, None, None, None]),
        SeatIs::OurHoldLapsed => (SeatStatus::Available, [held, None, free, blocked, None, None]),
        SeatIs::SoldToUs => (SeatStatus::Reserved, [None, None, free, None, None, None]),
        SeatIs::SoldToThem => (SeatStatus::Reserved, [None, None, None, None, None, None]),
        SeatIs::Blocked => (SeatStatus::Blocked, [None, None, None, None, free, blocked]),
    }
}

#[test]
fn seats_allow_exactly_the_steps_of_the_table() {
    for is in STATES {
        let before = a_seat(7).with_state(state(is));
        let (status, outcomes) = expected_results(is);
        assert_eq!(before.status(a_moment()), status, "{is:?}");
        for ((step, take), outcome) in STEPS.into_iter().zip(outcomes) {
            let expected = match outcome {
                Some(state) => Ok(before.clone().with_state(state).row),
                None => Err(SeatError { number: before.number(), status, step }),
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
    for (live, lapsed) in [(SeatIs::HeldByUs, SeatIs::OurHoldLapsed), (SeatIs::HeldByThem, SeatIs::TheirHoldLapsed)] {
        let [live, lapsed] = [live, lapsed].map(|is| a_seat(7).with_state(state(is)));
        assert_eq!(live.status(schedule.at(NOW)), SeatStatus::Available);
        let outcomes = |seat: &Seat| {
            let (at, seat) = (schedule.at(NOW), || seat.clone());
            let steps = [seat().hold(OURS, in_seconds(300), at), seat().confirm(OURS, at), seat().free(OURS, at), seat().block(at)];
            steps.into_iter().chain([seat().unblock(at), seat().relabel("Box".into(), seat().price(), at)]).collect::<Vec<_>>()
        };
        assert_eq!(outcomes(&live.row), outcomes(&lapsed.row));
    }
    for is in [SeatIs::SoldToUs, SeatIs::Blocked, SeatIs::Available] {
        let seat = a_seat(7).with_state(state(is));
        assert_eq!(seat.status(schedule.at(NOW)), seat.status(a_moment()), "{is:?} is unaffected");
    }
}

#[test]
fn a_seat_returns_the_reservation_of_its_row_lapsed_or_not() {
    for is in STATES {
        let named = match is {
            SeatIs::Available | SeatIs::Blocked => None,
            SeatIs::HeldByUs | SeatIs::OurHoldLapsed | SeatIs::SoldToUs => Some(OURS),
            SeatIs::HeldByThem | SeatIs::TheirHoldLapsed | SeatIs::SoldToThem => Some(THEIRS),
        };
        assert_eq!(a_seat(7).with_state(state(is)).reservation(), named, "{is:?}");
    }
}

#[test]
fn a_seat_number_is_from_1_to_a_million() {
    for number in [0, SeatNumber::MAX + 1, u32::MAX] {
        assert_eq!(SeatNumber::new(number), Err(InvalidSeatNumber), "{number}");
    }
    for number in [1, SeatNumber::MAX] {
        assert_eq!(SeatNumber::new(number).map(SeatNumber::get), Ok(number));
    }
}
