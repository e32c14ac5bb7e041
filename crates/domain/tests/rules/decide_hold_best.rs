//! Hold: of the best available seats, the first choice is taken whose seats are all available.

use std::num::NonZeroU32;

use domain::decide::hold::{Candidates, Command, Wanted};
use domain::{Outcome, Refusal, Reservation, Seat};

use crate::decide_hold::{active_ada, ada_holds};
use crate::fixtures::*;

/// Returns Ada's command for the first available of `choices`.
fn ada_wants(choices: &[&[u32]]) -> Command {
    let size = choices.first().map_or(1, |first| u32::try_from(first.len()).unwrap_or(1));
    let size = NonZeroU32::new(size).unwrap_or(NonZeroU32::MIN);
    let choices = choices.iter().map(|numbers| seats(numbers)).collect();
    Command { seats: Wanted::Best(Candidates { size, layout: a_schedule().layout(), choices }), ..ada_holds(&[7]) }
}

#[test]
fn the_first_choice_is_held_if_it_is_available() {
    let (outcome, change) = outcome_of(decided(&active_ada(), &ada_wants(&[&[7, 8], &[9]])));
    let change = change.unwrap_or_default();
    let Outcome::Held { reservation, created: true } = outcome else { panic!("not held: {outcome:?}") };
    assert!(reservation.numbers().eq([7, 8].map(seat_number)));
    assert_eq!(change.rows::<Seat>().map(|seat| seat.row.number()).collect::<Vec<_>>(), [7, 8].map(seat_number));
}

#[test]
fn the_next_choice_is_held_if_a_seat_of_the_first_is_taken() {
    let bens = hold_until(reservation(2), &[8], in_seconds(60)).of(BEN, OTHER_TOKEN);
    let fixture = active_ada().with_seats([a_seat(8).held_by(bens.id(), in_seconds(60)), a_seat(10)]).with_reservation(bens.clone());
    let change = change_of(decided(&fixture, &ada_wants(&[&[7, 8], &[9, 10]])));
    assert_eq!(change.rows::<Seat>().map(|seat| seat.row.number()).collect::<Vec<_>>(), [9, 10].map(seat_number));
    assert!(!change.rows::<Reservation>().any(|write| write.row.id() == bens.id()));
}

#[test]
fn a_choice_without_seats_or_with_unknown_ones_is_refused_with_the_seats_that_are_taken() {
    let bens = hold_until(reservation(2), &[8], in_seconds(60)).of(BEN, OTHER_TOKEN);
    let fixture = active_ada().with_seats([a_seat(8).held_by(bens.id(), in_seconds(60))]).with_reservation(bens);
    let taken = vec![seat_number(8)];
    assert_eq!(refusal_of(decided(&fixture, &ada_wants(&[&[7, 8], &[9, 99]]))), Refusal::NoAdjacentSeats { taken });
    assert_eq!(refusal_of(decided(&fixture, &ada_wants(&[]))), Refusal::NoAdjacentSeats { taken: vec![] });
}

#[test]
fn a_choice_by_another_layout_is_not_taken() {
    let mut command = ada_wants(&[&[7, 8]]);
    let Wanted::Best(candidates) = &mut command.seats else { panic!("the best seats are wanted") };
    candidates.layout = Some(domain::LayoutHash([7; 32]));
    assert_eq!(refusal_of(decided(&active_ada(), &command)), Refusal::NoAdjacentSeats { taken: vec![] });
}

#[test]
fn the_seat_limit_applies_before_the_choice() {
    let limit = Refusal::SeatLimitExceeded { limit: 4, owned: 0 };
    assert_eq!(refusal_of(decided(&active_ada(), &ada_wants(&[&[1, 2, 3, 4, 5]]))), limit);
}

#[test]
fn only_lapsed_holds_of_the_chosen_seats_are_taken_over() {
    let [on_seven, on_nine] = [(2, 7), (3, 9)].map(|(id, seat)| hold_until(reservation(id), &[seat], NOW).of(BEN, OTHER_TOKEN));
    let lapsed = [a_seat(7).held_by(on_seven.id(), NOW), a_seat(9).held_by(on_nine.id(), NOW)];
    let fixture = active_ada().with_reservation(on_seven.clone()).with_reservation(on_nine.clone()).with_seats(lapsed);
    let change = change_of(decided(&fixture, &ada_wants(&[&[7], &[9]])));
    let ended = |id| change.rows::<Reservation>().any(|write| write.row.id() == id);
    assert!(ended(on_seven.id()) && !ended(on_nine.id()), "{change:?}");
}

#[test]
fn a_user_with_a_live_hold_is_told_which() {
    let own = hold_until(reservation(2), &[7], in_seconds(60));
    let fixture = active_ada().with_seats([a_seat(7).held_by(own.id(), in_seconds(60))]).with_reservation(own.clone());
    assert_eq!(refusal_of(decided(&fixture, &ada_wants(&[&[8]]))), Refusal::HoldExists(own.id()));
}
