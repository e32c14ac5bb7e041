//! Hold: which seats may be held, and what is then written.

use domain::decide::admission::Pass;
use domain::decide::hold::Command;
use domain::reservation::Claim;
use domain::{
    CancelReason, Change, Fact, Guard, IdempotencyRecord, Operation, Outcome, Refusal, Reservation, ReservedSeat, Schedule, SeatStatus,
    Version, Versioned, Write,
};
use time::{Duration, OffsetDateTime};

use crate::fixtures::*;

/// Ada has been admitted and looks at [`SCHEDULE`], whose seats 7, 8 and 9 are free.
pub(crate) fn the_shop() -> Scene {
    Scene::at(NOW)
        .with_queue(a_queue(), 1, 0)
        .with_token(a_token(ADA).claimed(in_seconds(-60), in_seconds(540)))
        .with_concert(a_concert())
        .with_schedule(a_schedule())
        .with_seats([a_seat(7), a_seat(8), a_seat(9)])
}

pub(crate) fn ada_wants(numbers: &[u32]) -> Command {
    Command {
        pass: Pass { user: ADA, token: Some(TOKEN) },
        idempotency: idempotency(ADA, Operation::Hold, "once"),
        id: RESERVATION,
        schedule: SCHEDULE,
        seats: seats(numbers),
    }
}

fn refusal_for(scene: &Scene, numbers: &[u32]) -> Refusal {
    refusal_of(decided(scene, &ada_wants(numbers)))
}

fn reserved(number: u32, price: i64) -> ReservedSeat {
    ReservedSeat { number: seat_number(number), label: format!("Row A {number}"), price: won(price) }
}

#[test]
fn free_seats_are_held_and_nothing_else_is_written() {
    let scene = the_shop().with_seats([a_seat(8).with(|seat| seat.with_price(won(45_000)))]);

    let (outcome, change) = outcome_of(decided(&scene, &ada_wants(&[8, 7])));

    let until = in_seconds(300);
    let claim = Claim { id: RESERVATION, user: ADA, token: TOKEN, concert: CONCERT, schedule: SCHEDULE };
    let held = Reservation::hold(claim, vec![reserved(7, 60_000), reserved(8, 45_000)], won(105_000), NOW, until);
    assert_eq!(outcome, Outcome::Held { reservation: held.clone(), created: true });

    let token = &scene.tokens[0];
    let idempotency = idempotency(ADA, Operation::Hold, "once");
    let record = IdempotencyRecord {
        scope: idempotency.scope,
        fingerprint: idempotency.fingerprint,
        outcome,
        recorded_at: NOW,
        expires_at: NOW + Duration::hours(24),
    };
    let expected = Change {
        not_after: Some(until),
        guards: vec![
            Guard::Concert(CONCERT, a_concert().version),
            Guard::Schedule(SCHEDULE, a_schedule().version),
            Guard::Queue(QUEUE, a_queue().version),
        ],
        writes: vec![
            Write::update(token, token.row.clone()).into(),
            Write::update(&a_seat(7), a_seat(7).held_by(RESERVATION, until).row).into(),
            Write::update(&a_seat(8), a_seat(8).with(|seat| seat.with_price(won(45_000))).held_by(RESERVATION, until).row).into(),
            Write::insert(held).into(),
            Write::insert(record).into(),
        ],
        events: vec![
            Fact::SeatsHeld {
                reservation: RESERVATION,
                schedule: SCHEDULE,
                user: ADA,
                seats: vec![seat_number(7), seat_number(8)],
                expires_at: until,
            }
            .at(Version(1)),
        ],
    };
    assert_eq!(change.map(in_order), Some(in_order(expected)));
}

#[test]
fn what_does_not_exist_is_not_found() {
    let no_schedule = Scene { schedules: Vec::new(), ..the_shop() };
    let no_concert = Scene { concerts: Vec::new(), ..the_shop() };
    assert_eq!(refusal_for(&no_schedule, &[7]), Refusal::NotFound);
    assert_eq!(refusal_for(&no_concert, &[7]), Refusal::NotFound);
}

#[test]
fn the_sale_begins_at_its_first_instant_and_is_over_at_its_last() {
    let on_sale = |opens_at: OffsetDateTime, closes_at: OffsetDateTime| {
        let schedule = a_schedule().with(|schedule| schedule.with_sale(opens_at..closes_at));
        decided(&the_shop().with_schedule(schedule), &ada_wants(&[7]))
    };
    let (yesterday, tomorrow) = (NOW - Duration::DAY, NOW + Duration::DAY);

    assert!(on_sale(NOW, tomorrow).is_ok());
    assert!(on_sale(yesterday, NOW + MOMENT).is_ok());
    for (opens_at, closes_at) in [(NOW + MOMENT, tomorrow), (yesterday, NOW)] {
        assert_eq!(refusal_of(on_sale(opens_at, closes_at)), Refusal::SaleNotOpen { opens_at, closes_at });
    }
}

fn closing_at(instant: OffsetDateTime) -> Versioned<Schedule> {
    a_schedule().with(|schedule| {
        let opens_at = schedule.sale_opens_at();
        schedule.with_sale(opens_at..instant)
    })
}

#[test]
fn seats_of_a_cancelled_schedule_are_not_held_not_even_again() {
    let again = the_shop()
        .with_reservation(hold_until(reservation(2), &[7], in_seconds(10)))
        .with_seats([a_seat(7).held_by(reservation(2), in_seconds(10))]);
    let elsewhere = the_shop().with_reservation(hold_until(reservation(2), &[7], in_seconds(10)).at(CONCERT, OTHER_SCHEDULE));
    let mut over = the_shop();
    over.schedules.iter_mut().for_each(|schedule| *schedule = closing_at(NOW));
    let reason = domain::Note::new("no").ok();
    for scene in [the_shop(), again, elsewhere, over] {
        assert_eq!(refusal_for(&scene.cancelled(SCHEDULE, "no"), &[7]), Refusal::ScheduleCancelled { reason: reason.clone() });
    }
}

/// However long a process stands still between the decision and the commit.
#[test]
fn a_hold_that_is_over_before_it_is_made_is_not_committed() {
    let change = change_of(decided(&the_shop(), &ada_wants(&[7])));
    assert_eq!(change.not_after, change.row::<Reservation>().map(|hold| hold.row.expires_at()));
}

#[test]
fn a_hold_that_the_end_of_the_sale_overtakes_is_not_committed() {
    let change = change_of(decided(&the_shop().with_schedule(closing_at(in_seconds(30))), &ada_wants(&[7])));
    assert_eq!(change.not_after, Some(in_seconds(30)));
}

#[test]
fn seats_that_the_hall_does_not_have_are_all_named() {
    assert_eq!(refusal_for(&the_shop(), &[99, 7, 51]), Refusal::UnknownSeats(vec![seat_number(51), seat_number(99)]));
}

#[test]
fn a_seat_of_another_schedule_is_not_one_of_this_schedule() {
    let scene = the_shop().with_seats([a_seat(10).with(|seat| seat.with_schedule(OTHER_SCHEDULE))]);
    assert_eq!(refusal_for(&scene, &[10]), Refusal::UnknownSeats(vec![seat_number(10)]));
}

#[test]
fn all_seats_are_held_or_none_and_those_in_the_way_are_named_with_their_status() {
    let scene = the_shop()
        .with_seats([a_seat(10).held_by(reservation(2), NOW + MOMENT), a_seat(11).sold_to(reservation(3)), a_seat(12).blocked()])
        .with_reservation(hold_until(reservation(2), &[10], NOW + MOMENT).of(BEN, OTHER_TOKEN))
        .with_reservation(hold_until(reservation(3), &[11], in_seconds(-10)).of(BEN, OTHER_TOKEN).confirmed_by(PAYMENT));
    let in_the_way =
        vec![(seat_number(10), SeatStatus::Held), (seat_number(11), SeatStatus::Reserved), (seat_number(12), SeatStatus::Blocked)];
    assert_eq!(refusal_for(&scene, &[12, 11, 10, 7]), Refusal::SeatsUnavailable(in_the_way));
}

#[test]
fn held_and_sold_seats_of_the_concert_count_together_toward_the_limit() {
    let two_sold = hold_until(reservation(2), &[1, 2], in_seconds(-10)).at(CONCERT, OTHER_SCHEDULE).confirmed_by(PAYMENT);
    let one_held = hold_until(reservation(3), &[3], in_seconds(10)).of(ADA, OTHER_TOKEN);
    let scene = the_shop().with_reservation(two_sold).with_reservation(one_held);

    assert_eq!(refusal_for(&scene, &[7, 8]), Refusal::SeatLimitExceeded { limit: 4, owned: 3 });
    assert!(decided(&scene, &ada_wants(&[7])).is_ok(), "the fourth seat is within the limit");
}

#[test]
fn more_seats_than_the_limit_are_refused_at_once() {
    let scene = the_shop().with_seats([a_seat(10), a_seat(11)]);
    assert!(decided(&scene, &ada_wants(&[7, 8, 9, 10])).is_ok());
    assert_eq!(refusal_for(&scene, &[7, 8, 9, 10, 11]), Refusal::SeatLimitExceeded { limit: 4, owned: 0 });
}

#[test]
fn what_has_ended_and_what_is_of_another_concert_or_user_does_not_count_toward_the_limit() {
    let four = [1, 2, 3, 4];
    let ago = in_seconds(-10);
    let scene = the_shop()
        .with_reservation(hold_until(reservation(2), &four, NOW).of(ADA, OTHER_TOKEN))
        .with_reservation(hold_until(reservation(3), &four, ago).cancelled(CancelReason::Released))
        .with_reservation(hold_until(reservation(4), &four, ago).cancelled(CancelReason::Refunded))
        .with_reservation(hold_until(reservation(5), &four, ago).at(OTHER_CONCERT, OTHER_SCHEDULE).confirmed_by(PAYMENT))
        .with_reservation(hold_until(reservation(6), &four, ago).of(BEN, OTHER_TOKEN).confirmed_by(OTHER_PAYMENT));
    assert!(decided(&scene, &ada_wants(&[7, 8, 9])).is_ok());
}

#[test]
fn a_live_hold_of_the_token_is_in_the_way_of_any_other_choice() {
    let held = [a_seat(7), a_seat(8)].map(|seat| seat.held_by(reservation(2), in_seconds(10)));
    let scene = the_shop().with_reservation(hold_until(reservation(2), &[7, 8], in_seconds(10))).with_seats(held);
    for other_choice in [&[9][..], &[7], &[7, 8, 9], &[8, 9]] {
        assert_eq!(refusal_for(&scene, other_choice), Refusal::HoldExists(reservation(2)), "{other_choice:?}");
    }
}

#[test]
fn a_live_hold_of_another_schedule_or_concert_is_in_the_way_too() {
    for concert in [CONCERT, OTHER_CONCERT] {
        let elsewhere = hold_until(reservation(2), &[7], in_seconds(10)).at(concert, OTHER_SCHEDULE);
        assert_eq!(refusal_for(&the_shop().with_reservation(elsewhere), &[7]), Refusal::HoldExists(reservation(2)));
    }
}

#[test]
fn a_hold_of_another_schedule_that_is_cancelled_is_in_nobodys_way_and_ends() {
    let elsewhere = hold_until(reservation(2), &[1, 2, 3, 4], in_seconds(10)).at(CONCERT, OTHER_SCHEDULE);
    let seats =
        [1, 2, 3, 4].map(|number| a_seat(number).with(|seat| seat.with_schedule(OTHER_SCHEDULE)).held_by(elsewhere.id(), in_seconds(10)));
    let scene = the_shop().with_reservation(elsewhere.clone()).with_seats(seats).cancelled(OTHER_SCHEDULE, "no");
    let change = change_of(decided(&scene, &ada_wants(&[7, 8, 9])));
    assert_eq!(written::<Reservation>(&change)[0], Write::update(&elsewhere, elsewhere.clone().cancelled(CancelReason::Expired).row));
}

#[test]
fn the_same_seats_again_are_the_same_reservation_with_its_deadline_unchanged() {
    let hold = hold_until(reservation(2), &[7, 8], in_seconds(10));
    let seats = [a_seat(7), a_seat(8)].map(|seat| seat.held_by(hold.id(), in_seconds(10)));
    let scene = the_shop().with_reservation(hold.clone()).with_seats(seats);

    let (outcome, change) = outcome_of(decided(&scene, &ada_wants(&[8, 7])));

    assert_eq!(outcome, Outcome::Held { reservation: hold.row.clone(), created: false });
    let token = &scene.tokens[0];
    let expected = Change {
        not_after: Some(in_seconds(10)),
        guards: vec![Guard::Schedule(SCHEDULE, a_schedule().version)],
        writes: vec![
            Write::update(token, token.row.clone()).into(),
            Write::update(&hold, hold.row.clone()).into(),
            idempotency(ADA, Operation::Hold, "once").record(outcome, None, NOW, &rules()).into(),
        ],
        ..Change::default()
    };
    assert_eq!(change.map(in_order), Some(in_order(expected)));
}

#[test]
fn the_seat_limit_does_not_stand_in_the_way_of_the_same_seats_again() {
    let hold = hold_until(reservation(2), &[7, 8, 9], in_seconds(10));
    let mut scene = the_shop().with_reservation(hold);
    scene.seats.iter_mut().for_each(|seat| *seat = seat.clone().held_by(reservation(2), in_seconds(10)));
    assert!(decided(&scene, &ada_wants(&[7, 8, 9])).is_ok());
}

#[test]
fn seats_that_no_wallet_could_pay_together_are_refused() {
    let limit = rules().max_balance;
    for (price, amount) in [(5_000_001, Some(won(10_000_002))), (i64::MAX, None)] {
        let mut scene = the_shop();
        scene.seats.iter_mut().for_each(|seat| *seat = seat.clone().with(|seat| seat.with_price(won(price))));
        assert_eq!(refusal_for(&scene, &[7, 8]), Refusal::NotPayable { amount, limit });
    }
    let mut scene = the_shop();
    scene.seats.iter_mut().for_each(|seat| *seat = seat.clone().with(|seat| seat.with_price(won(5_000_000))));
    assert!(decided(&scene, &ada_wants(&[7, 8])).is_ok());
}

#[test]
fn a_first_answer_is_given_again_before_the_token_is_looked_at() {
    let first = Outcome::Held { reservation: hold_until(RESERVATION, &[7], in_seconds(-700)).row, created: true };
    let answered_at = in_seconds(-1000);
    let record = a_key_record(&idempotency(ADA, Operation::Hold, "once"), first.clone(), answered_at);
    let nothing_else = Scene::at(NOW).with_key(record.clone());
    let expired = the_shop().with_key(record.clone()).with_token(a_token(ADA).claimed(in_seconds(-700), in_seconds(-100)));
    let without_token = Command { pass: Pass { user: ADA, token: None }, ..ada_wants(&[7]) };

    for (scene, command) in [(&nothing_else, &ada_wants(&[7])), (&expired, &ada_wants(&[7])), (&expired, &without_token)] {
        let decision = decided(scene, command).unwrap();
        assert_eq!((decision.outcome, decision.at, decision.replayed), (first.clone(), answered_at, true));
        assert_eq!(decision.change, None);
    }
}

#[test]
fn a_key_is_not_good_for_another_request() {
    let first = Outcome::Held { reservation: hold_until(RESERVATION, &[7], in_seconds(100)).row, created: true };
    let mut record = a_key_record(&idempotency(ADA, Operation::Hold, "once"), first, in_seconds(-100));
    record.row.fingerprint = domain::Fingerprint([2; 32]);
    assert_eq!(refusal_for(&the_shop().with_key(record), &[7]), Refusal::KeyReused);
}

#[test]
fn a_key_past_its_retention_is_taken_over_at_that_very_instant() {
    let first = Outcome::Held { reservation: hold_until(reservation(2), &[1], in_seconds(-90_000)).row, created: true };
    let mut record = a_key_record(&idempotency(ADA, Operation::Hold, "once"), first, NOW - Duration::hours(24));
    record.row.fingerprint = domain::Fingerprint([2; 32]);

    let change = change_of(decided(&the_shop().with_key(record.clone()), &ada_wants(&[7])));
    let keys = written::<IdempotencyRecord>(&change);
    let [key] = &keys[..] else { panic!("one record: {keys:?}") };
    assert_eq!((key.expected, key.row.recorded_at), (Some(Version(900)), NOW));

    record.row.expires_at = NOW + MOMENT;
    assert_eq!(refusal_for(&the_shop().with_key(record), &[7]), Refusal::KeyReused);
}
