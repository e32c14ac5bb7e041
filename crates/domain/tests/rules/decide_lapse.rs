//! Lapse: the sweeper.

use domain::decide::lapse;
use domain::loaded::LoadedReservation;
use domain::need::{self, Needs};
use domain::{CancelReason, Change, Fact, Fault, Reservation, Version, Versioned, Write};

use crate::fixtures::*;

fn lapsed_in(fixture: &Fixture) -> Vec<LoadedReservation> {
    let need = need::LapsedHolds { at_most: 10, longest: rules().hold };
    let found = need.find(&fixture.rows()).and_then(|found| found.into_iter().collect());
    found.unwrap_or_else(|unreadable| panic!("{unreadable}"))
}

/// Returns the results of a sweep.
fn swept(fixture: &Fixture) -> Vec<Result<Change, Fault>> {
    lapse::decide(&lapsed_in(fixture), fixture.now)
}

#[test]
fn each_hold_past_its_deadline_ends_with_all_its_seats_in_its_own_change() {
    let (one, two) = (hold_until(reservation(1), &[7, 8], NOW), hold_until(reservation(2), &[9], in_seconds(-60)).of(BEN, OTHER_TOKEN));
    let fixture = Fixture::at(NOW).with_reservation(one.clone()).with_reservation(two.clone()).with_seats([
        a_seat(7).held_by(one.id(), NOW),
        a_seat(8).held_by(one.id(), NOW),
        a_seat(9).held_by(two.id(), in_seconds(-60)),
    ]);

    let change = |hold: &Versioned<Reservation>, ended: i64, numbers: &[u32]| Change {
        writes: [Write::update(hold, hold.clone().cancelled(CancelReason::Expired).row).into()]
            .into_iter()
            .chain(numbers.iter().map(|number| Write::update(&a_seat(*number), a_seat(*number).row).into()))
            .collect(),
        events: vec![
            Fact::ReservationCancelled {
                reservation: hold.id(),
                schedule: SCHEDULE,
                user: hold.user(),
                seats: hold.numbers().collect(),
                reason: CancelReason::Expired,
            }
            .at(Version(ended)),
        ],
        ..Change::default()
    };
    let decided: Vec<_> = swept(&fixture).into_iter().map(|change| change.map(in_order)).collect();
    assert_eq!(decided, [change(&two, 303, &[9]), change(&one, 302, &[7, 8])].map(|change| Ok(in_order(change))));
}

#[test]
fn a_hold_of_a_cancelled_schedule_ends_before_its_deadline() {
    let (one, other) =
        (hold_until(reservation(1), &[7], in_seconds(60)), hold_until(reservation(2), &[7], in_seconds(60)).at(CONCERT, OTHER_SCHEDULE));
    let fixture = Fixture::at(NOW)
        .with_reservation(one.clone())
        .with_reservation(other)
        .with_seats([a_seat(7).held_by(one.id(), in_seconds(60))])
        .cancelled(SCHEDULE, "no");
    let [Ok(change)] = &swept(&fixture)[..] else { panic!("expected one change") };
    assert_eq!(written(change), [Write::update(&one, one.clone().cancelled(CancelReason::Expired).row)]);
    assert_eq!(written(change), [Write::update(&a_seat(7), a_seat(7).row)]);
}

#[test]
fn reservations_that_have_not_lapsed_stay_unchanged() {
    let fixture = Fixture::at(NOW)
        .with_reservation(hold_until(reservation(1), &[7], NOW + MOMENT))
        .with_reservation(hold_until(reservation(2), &[8], NOW).confirmed_by(PAYMENT))
        .with_reservation(hold_until(reservation(3), &[9], NOW).cancelled(CancelReason::Expired))
        .with_seats([a_seat(7).held_by(reservation(1), NOW + MOMENT), a_seat(8).sold_to(reservation(2))]);
    assert_eq!(lapsed_in(&fixture), []);
    let all: Vec<_> = [1, 2, 3].map(|number| need::Reservation(reservation(number)).find(&fixture.rows()).unwrap().unwrap().0).into();
    assert_eq!(lapse::decide(&all, NOW), [], "even if they are loaded");
}

#[test]
fn a_seat_that_another_reservation_took_over_stays_with_it() {
    let hold = hold_until(reservation(1), &[7, 8], NOW);
    let fixture = Fixture::at(NOW)
        .with_reservation(hold)
        .with_seats([a_seat(7).held_by(reservation(2), in_seconds(300)), a_seat(8).held_by(reservation(1), NOW)]);
    let [Ok(change)] = &swept(&fixture)[..] else { panic!("expected one change") };
    assert_eq!(written(change), [Write::update(&a_seat(8), a_seat(8).row)]);
}

#[test]
fn a_hold_with_a_seat_that_was_not_loaded_stays_unchanged_and_others_end() {
    let (incomplete, complete) = (hold_until(reservation(1), &[7, 8], NOW), hold_until(reservation(2), &[9], NOW).of(BEN, OTHER_TOKEN));
    let fixture = Fixture::at(NOW)
        .with_reservation(incomplete)
        .with_reservation(complete)
        .with_seats([a_seat(7).held_by(reservation(1), NOW), a_seat(9).held_by(reservation(2), NOW)]);

    let [Err(fault), Ok(change)] = &swept(&fixture)[..] else { panic!("expected a fault and a change") };

    assert_eq!(*fault, Fault::SeatsMissing { reservation: reservation(1), seats: vec![seat_number(8)] });
    assert_eq!(written::<Reservation>(change)[0].row.id(), reservation(2));
}
