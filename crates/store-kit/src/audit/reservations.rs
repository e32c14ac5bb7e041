//! P1: a seat has at most one live reservation, and seats and reservations agree. P6: users reserve only with their own tokens.

use std::collections::BTreeMap;

use domain::{Money, Reservation, ReservationState, Seat, SeatState};

use super::everything::Everything;

pub(super) fn seats_claimed_twice(state: &Everything) -> usize {
    let mut claims = BTreeMap::new();
    for reservation in live(state) {
        for number in reservation.numbers() {
            *claims.entry((reservation.schedule(), number)).or_insert(0) += 1;
        }
    }
    claims.values().filter(|claims| **claims > 1).count()
}

pub(super) fn taken_seats_without_reservation(state: &Everything) -> usize {
    let agrees = |seat: &Seat, reservation: &Reservation| {
        reservation.schedule() == seat.schedule()
            && reservation.numbers().any(|number| number == seat.number())
            && expected_state(reservation) == Some(seat.state())
    };
    let of = |seat: &Seat| seat.reservation().map(|id| state.reservations.get(&id));
    state.seats.values().filter(|seat| of(seat).is_some_and(|found| !found.is_some_and(|reservation| agrees(seat, reservation)))).count()
}

pub(super) fn live_reservations_without_seats(state: &Everything) -> usize {
    let has_all = |reservation: &&Reservation| {
        !reservation.seats().is_empty()
            && reservation.numbers().all(|number| {
                state.seats.get(&(reservation.schedule(), number)).is_some_and(|seat| Some(seat.state()) == expected_state(reservation))
            })
    };
    live(state).filter(|reservation| !has_all(reservation)).count()
}

pub(super) fn tokens_with_many_holds(state: &Everything) -> usize {
    let mut holds = BTreeMap::new();
    for hold in state.reservations.values().filter(|reservation| reservation.occupies()) {
        *holds.entry(hold.token()).or_insert(0) += 1;
    }
    holds.values().filter(|holds| **holds > 1).count()
}

pub(super) fn reservations_at_another_price(state: &Everything) -> usize {
    let cost = |reservation: &Reservation| Money::sum(reservation.seats().iter().map(|seat| seat.price));
    state.reservations.values().filter(|reservation| cost(reservation) != Ok(reservation.amount())).count()
}

pub(super) fn reservations_with_foreign_token(state: &Everything) -> usize {
    let owner = |reservation: &Reservation| state.tokens.get(&reservation.token()).map(|token| token.user());
    state.reservations.values().filter(|reservation| owner(reservation) != Some(reservation.user())).count()
}

fn live(state: &Everything) -> impl Iterator<Item = &Reservation> {
    state.reservations.values().map(|reservation| &reservation.row).filter(|reservation| expected_state(reservation).is_some())
}

/// Returns the state that its seats must have; none if it has ended.
fn expected_state(of: &Reservation) -> Option<SeatState> {
    match of.state() {
        ReservationState::Held => Some(SeatState::Held { reservation: of.id(), until: of.expires_at() }),
        ReservationState::Confirmed { .. } => Some(SeatState::Reserved { reservation: of.id() }),
        ReservationState::Cancelled { .. } => None,
    }
}
