use domain::decide::hold;
use domain::testing::{
    ADA, BEN, SCHEDULE, a_hold, a_seat, an_admitted_token, idempotency, on_sale, pass, reservation_of, rules, seat_number, seats,
};
use domain::{Command, Operation, Refusal, Rules, SeatStatus};

fn ada_holds(numbers: &[u32]) -> hold::Command {
    let (pass, idempotency, id) = (pass(ADA), idempotency(ADA, Operation::Hold, "k-1"), reservation_of(ADA));
    hold::Command { pass, idempotency, id, schedule: SCHEDULE, seats: seats(numbers).into() }
}

#[test]
fn a_hold_of_a_held_seat_is_refused() {
    let bens = a_hold(BEN, &[7]);
    let rows = on_sale().with(an_admitted_token(ADA)).with(a_seat(7).held_under(&bens)).with(bens);

    let refused = ada_holds(&[7]).decide_by(&rows, &rules()).unwrap().unwrap_err();

    assert_eq!(refused.refusal, Refusal::SeatsUnavailable(vec![(seat_number(7), SeatStatus::Held)]));
}

#[test]
fn a_hold_above_the_seat_limit_is_refused() {
    let rows = on_sale().with(an_admitted_token(ADA)).with(a_seat(7)).with(a_seat(8));
    let rules = Rules { max_seats_per_user: 1, ..rules() };

    let refused = ada_holds(&[7, 8]).decide_by(&rows, &rules).unwrap().unwrap_err();

    assert!(matches!(refused.refusal, Refusal::SeatLimitExceeded { .. }), "{refused:?}");
}
