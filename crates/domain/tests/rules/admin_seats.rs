//! Blocking, unblocking and seat maps by operators.

use domain::audit_entry::Action;
use domain::decide::admin::block;
use domain::decide::admin::seat_map::{self, LaidOut, LayOut};
use domain::fault::Fault;
use domain::loaded::LoadedSeats;
use domain::{
    AuditEntry, CancelReason, Change, Command, Field, Layout, Refusal, Reservation, ReservationState, Schedule, Seat, SeatNumber,
    SeatState, SeatStatus, Write, need,
};

use crate::fixtures::*;

const LAPSED: domain::ReservationId = reservation(2);

fn block_command(numbers: &[u32], blocked: bool) -> block::Command {
    block::Command { order: an_order(), schedule: SCHEDULE, seats: numbers.iter().map(|number| seat_number(*number)).collect(), blocked }
}

fn lay_out_command(numbers: &[u32], price: i64) -> LayOut {
    let labels: Vec<_> = numbers.iter().map(|number| format!("Row A {number}")).collect();
    command_for(numbers.iter().zip(&labels).map(|(number, label)| (*number, label.as_str(), price, false)))
}

/// Returns a command for seats with these numbers, labels, prices and accessibility, over the seats of [`a_hall`].
fn command_for<'a>(seats: impl IntoIterator<Item = (u32, &'a str, i64, bool)>) -> LayOut {
    let seats = seats.into_iter().map(|(number, label, price, accessible)| (seat_number(number), label, won(price), accessible));
    let existing = (1..=6).map(|number| (seat_number(number), format!("Row A {number}"))).collect::<Vec<_>>();
    let existing = Layout::of(existing.iter().map(|(number, label)| (*number, label.as_str(), won(60_000), false)))
        .unwrap_or_else(|error| panic!("{error}"));
    let seats = Layout::of(seats).unwrap_or_else(|error| panic!("{error}"));
    LayOut::new(an_order(), SCHEDULE, seats).unwrap_or_else(|error| panic!("{error}")).over(existing)
}

/// Returns a fixture in which seat 1 is free, 2 is blocked, 3 is held, 4 is sold, and 5 and 6 were held until now.
fn a_hall() -> Fixture {
    let seats = [
        a_seat(1),
        a_seat(2).blocked(),
        a_seat(3).held_by(RESERVATION, in_seconds(60)),
        a_seat(4).sold_to(reservation(3)),
        a_seat(5).held_by(LAPSED, NOW),
        a_seat(6).held_by(LAPSED, NOW),
    ];
    Fixture::at(NOW).with_schedule(a_schedule()).with_seats(seats).with_reservation(hold_until(LAPSED, &[5, 6], NOW))
}

fn seats_in(change: &Change) -> Vec<(u32, SeatState)> {
    change.rows::<Seat>().map(|write| (write.row.number().get(), write.row.state())).collect()
}

#[test]
fn free_seats_are_blocked_and_a_lapsed_hold_ends_with_all_its_seats() {
    let (changed, change) = outcome_of(decided(&a_hall(), &block_command(&[1, 2, 5], true)));
    let change = change.unwrap();
    assert_eq!(changed, 2, "seat 2 was blocked before");
    let (blocked, free) = (SeatState::Blocked, SeatState::Available);
    assert_eq!(seats_in(&change), [(1, blocked), (5, blocked), (6, free)]);
    let ended = ReservationState::Cancelled { reason: CancelReason::Expired, payment: None };
    assert_eq!(written::<Reservation>(&change)[0].row.state(), ended);
    let audit_entry = row_of::<AuditEntry>(&change).unwrap();
    assert_eq!((audit_entry.action, audit_entry.reason.as_deref()), (Action::Block, Some("a broken seat")));
    assert_eq!(audit_entry.changes[0].after.as_deref(), Some("1,5"));
}

#[test]
fn blocked_seats_are_unblocked() {
    let (changed, change) = outcome_of(decided(&a_hall(), &block_command(&[1, 2], false)));
    assert_eq!((changed, seats_in(&change.unwrap())), (1, vec![(2, SeatState::Available)]));
    assert_eq!(outcome_of(decided(&a_hall(), &block_command(&[1], false))), (0, None));
    assert_eq!(outcome_of(decided(&a_hall(), &block_command(&[2], true))), (0, None));
}

#[test]
fn held_sold_or_unknown_seats_are_not_blocked() {
    let taken = vec![(seat_number(3), SeatStatus::Held), (seat_number(4), SeatStatus::Reserved)];
    assert_eq!(refusal_of(decided(&a_hall(), &block_command(&[1, 3, 4], true))), Refusal::SeatsUnavailable(taken));
    assert_eq!(refusal_of(decided(&a_hall(), &block_command(&[1, 9], true))), Refusal::UnknownSeats(vec![seat_number(9)]));
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &block_command(&[1], true))), Refusal::NotFound);
}

#[test]
fn a_plan_creates_new_seats_and_reprices_free_ones() {
    let (laid_out, change) = outcome_of(decided(&a_hall(), &lay_out_command(&[1, 2, 5, 7], 70_000)));
    assert_eq!(laid_out, LaidOut { created: 1, changed: 3, unchanged: 0 });
    let change = change.unwrap();
    let states = seats_in(&change);
    let (blocked, free) = (SeatState::Blocked, SeatState::Available);
    assert_eq!(states, [(1, free), (2, blocked), (5, free), (7, free), (6, free)], "seat 6 is freed by the end of the lapsed hold");
    let seats = written::<Seat>(&change);
    assert!(seats[..4].iter().all(|write| write.row.price() == won(70_000)));
    assert_eq!(seats[3], Write::insert(Seat::new(SCHEDULE, seat_number(7), "Row A 7".into(), won(70_000))));
}

#[test]
fn a_plan_that_matches_the_seats_changes_nothing() {
    let same: Vec<SeatNumber> = (1..=6).map(seat_number).collect();
    let command = lay_out_command(&[1, 2, 3, 4, 5, 6], 60_000);
    assert_eq!(command.needs().1, need::Seats { schedule: SCHEDULE, numbers: same });
    assert_eq!(outcome_of(decided(&a_hall(), &command)), (LaidOut { unchanged: 6, ..LaidOut::default() }, None));
}

#[test]
fn held_or_sold_seats_keep_their_price() {
    let taken = vec![(seat_number(3), SeatStatus::Held), (seat_number(4), SeatStatus::Reserved)];
    assert_eq!(refusal_of(decided(&a_hall(), &lay_out_command(&[1, 3, 4], 1))), Refusal::SeatsUnavailable(taken));
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &lay_out_command(&[1], 1))), Refusal::NotFound);
}

/// Returns a command for seats with these labels.
fn label_command(seats: &[(u32, &str)]) -> LayOut {
    command_for(seats.iter().map(|(number, label)| (*number, *label, 60_000, false)))
}

fn contradiction_of(command: &LayOut) -> String {
    match refusal_of(decided(&a_hall(), command)) {
        Refusal::Contradiction { field: Field::Seats, problem } => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_label_of_another_seat_of_the_schedule_is_refused() {
    assert_eq!(contradiction_of(&label_command(&[(7, "Row A 3")])), "seats 7 and 3 would both have the label \"Row A 3\"");
    assert_eq!(contradiction_of(&label_command(&[(1, "Row A 1"), (2, "Row A 6")])), "seats 2 and 6 would both have the label \"Row A 6\"");
    let exchanged = change_of(decided(&a_hall(), &label_command(&[(1, "Row A 2"), (2, "Row A 1")])));
    assert_eq!(exchanged.rows::<Seat>().count(), 2, "seats of the plan can exchange their labels");
}

#[test]
fn a_plan_gives_the_schedule_as_it_was_read_another_layout() {
    for command in [label_command(&[(7, "Box")]), label_command(&[(1, "Box")]), lay_out_command(&[1, 2], 70_000)] {
        let change = change_of(decided(&a_hall(), &command));
        let layout = row_of::<Layout>(&change).unwrap();
        let schedule = a_schedule().row.with_layout(Some(layout.hash()));
        assert_eq!(written::<Schedule>(&change), [Write::update(&a_schedule(), schedule)]);
        assert!((1..=6).all(|number| layout.places().find(seat_number(number)).is_some()), "seats outside of the plan stay");
    }
}

#[test]
fn a_plan_is_merged_with_the_layout_that_the_schedule_names() {
    let stored = Layout::of([(seat_number(1), "Row A 1", won(60_000), false), (seat_number(9), "Box 9", won(60_000), false)]).unwrap();
    let named = a_schedule().with(|row| row.with_layout(Some(stored.hash())));
    let input =
        |layout| seat_map::Input { now: NOW, schedule: Some(named.clone()), seats: LoadedSeats::default(), labelled: Vec::new(), layout };
    let change = change_of(seat_map::lay_out(&input(Some(stored)), &label_command(&[(7, "Box 7")]), &rules()));
    let layout = row_of::<Layout>(&change).unwrap();
    assert_eq!([1, 3, 7, 9].map(|number| layout.places().find(seat_number(number)).is_some()), [true, false, true, true]);
    let missing = Refusal::Fault(Fault::LayoutMissing(SCHEDULE));
    assert_eq!(refusal_of(seat_map::lay_out(&input(None), &label_command(&[(7, "Box 7")]), &rules())), missing);
}

#[test]
fn a_seat_becomes_accessible_without_another_label_or_price() {
    let plan = command_for([(1, "Row A 1", 60_000, true), (2, "Row A 2", 60_000, false), (4, "Row A 4", 60_000, true)]);
    let (laid_out, change) = outcome_of(decided(&a_hall(), &plan));
    assert_eq!((laid_out.changed, laid_out.unchanged), (2, 1));
    let seats = change.iter().flat_map(written::<Seat>).map(|write| (write.row.number(), write.row.is_accessible()));
    assert_eq!(seats.collect::<Vec<_>>(), [(seat_number(1), true), (seat_number(4), true)], "also if they are held or sold");
}

#[test]
fn a_price_above_the_largest_balance_is_refused() {
    change_of(decided(&a_hall(), &lay_out_command(&[1, 7], 10_000_000)));
    for price in [10_000_001, 1 << 53, i64::MAX] {
        assert_eq!(
            contradiction_of(&lay_out_command(&[1, 7], price)),
            "seat 1 costs more than the largest balance of a wallet, 10000000 minor units"
        );
    }
}
