//! Hold: which seats can be held, and which rows are written.

use domain::decide::admission::Pass;
use domain::decide::hold::Command;
use domain::reservation::ReservationIds;
use domain::{
    CancelReason, Change, Fact, Guard, IdempotencyRecord, Operation, Outcome, Refusal, Reservation, ReservedSeat, Schedule, SeatStatus,
    Version, Versioned, Write,
};
use time::{Duration, OffsetDateTime};

use crate::fixtures::*;

/// Returns a fixture in which Ada is active and seats 7, 8 and 9 of [`SCHEDULE`] are free.
pub(crate) fn active_ada() -> Fixture {
    Fixture::at(NOW)
        .with_queue(a_queue(), 1, 0)
        .with_token(a_token(ADA).claimed(in_seconds(-60), in_seconds(540)))
        .with_concert(a_concert())
        .with_schedule(a_schedule())
        .with_seats([a_seat(7), a_seat(8), a_seat(9)])
}

pub(crate) fn ada_holds(numbers: &[u32]) -> Command {
    Command {
        pass: Pass { user: ADA, token: Some(TOKEN) },
        idempotency: idempotency(ADA, Operation::Hold, "once"),
        id: RESERVATION,
        schedule: SCHEDULE,
        seats: seats(numbers).into(),
    }
}

fn refusal_for(fixture: &Fixture, numbers: &[u32]) -> Refusal {
    refusal_of(decided(fixture, &ada_holds(numbers)))
}

fn reserved(number: u32, price: i64) -> ReservedSeat {
    ReservedSeat::new(seat_number(number), format!("Row A {number}"), won(price))
}

#[test]
fn free_seats_are_held_and_nothing_else_is_written() {
    let fixture = active_ada().with_seats([a_seat(8).with(|seat| seat.with_price(won(45_000)))]);

    let (outcome, change) = outcome_of(decided(&fixture, &ada_holds(&[8, 7])));

    let until = in_seconds(300);
    let claim = ReservationIds { id: RESERVATION, user: ADA, token: TOKEN, concert: CONCERT, schedule: SCHEDULE };
    let held = Reservation::hold(claim, vec![reserved(7, 60_000), reserved(8, 45_000)], won(105_000), NOW, until);
    assert_eq!(outcome, Outcome::Held { reservation: held.clone(), created: true });

    let token = &fixture.tokens[0];
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
fn a_missing_schedule_or_concert_is_not_found() {
    let no_schedule = Fixture { schedules: Vec::new(), ..active_ada() };
    let no_concert = Fixture { concerts: Vec::new(), ..active_ada() };
    assert_eq!(refusal_for(&no_schedule, &[7]), Refusal::NotFound);
    assert_eq!(refusal_for(&no_concert, &[7]), Refusal::NotFound);
}

#[test]
fn the_sale_includes_its_opening_and_excludes_its_closing() {
    let on_sale = |opens_at: OffsetDateTime, closes_at: OffsetDateTime| {
        let schedule = a_schedule().with(|schedule| schedule.with_sale(opens_at..closes_at));
        decided(&active_ada().with_schedule(schedule), &ada_holds(&[7]))
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
fn seats_of_a_cancelled_schedule_cannot_be_held_not_even_again() {
    let again = active_ada()
        .with_reservation(hold_until(reservation(2), &[7], in_seconds(10)))
        .with_seats([a_seat(7).held_by(reservation(2), in_seconds(10))]);
    let elsewhere = active_ada().with_reservation(hold_until(reservation(2), &[7], in_seconds(10)).at(CONCERT, OTHER_SCHEDULE));
    let mut closed = active_ada();
    closed.schedules.iter_mut().for_each(|schedule| *schedule = closing_at(NOW));
    let reason = domain::Note::new("no").ok();
    for fixture in [active_ada(), again, elsewhere, closed] {
        assert_eq!(refusal_for(&fixture.cancelled(SCHEDULE, "no"), &[7]), Refusal::ScheduleCancelled { reason: reason.clone() });
    }
}

/// This holds however long a process is suspended between the decision and the commit.
#[test]
fn a_hold_is_not_committed_after_its_own_deadline() {
    let change = change_of(decided(&active_ada(), &ada_holds(&[7])));
    assert_eq!(change.not_after, change.row::<Reservation>().map(|hold| hold.row.expires_at()));
}

#[test]
fn a_hold_is_not_committed_after_the_end_of_the_sale() {
    let change = change_of(decided(&active_ada().with_schedule(closing_at(in_seconds(30))), &ada_holds(&[7])));
    assert_eq!(change.not_after, Some(in_seconds(30)));
}

#[test]
fn all_unknown_seats_are_named() {
    assert_eq!(refusal_for(&active_ada(), &[99, 7, 51]), Refusal::UnknownSeats(vec![seat_number(51), seat_number(99)]));
}

#[test]
fn a_seat_of_another_schedule_is_unknown() {
    let fixture = active_ada().with_seats([a_seat(10).with(|seat| seat.with_schedule(OTHER_SCHEDULE))]);
    assert_eq!(refusal_for(&fixture, &[10]), Refusal::UnknownSeats(vec![seat_number(10)]));
}

#[test]
fn all_seats_are_held_or_none_and_unavailable_ones_are_named_with_their_status() {
    let fixture = active_ada()
        .with_seats([a_seat(10).held_by(reservation(2), NOW + MOMENT), a_seat(11).sold_to(reservation(3)), a_seat(12).blocked()])
        .with_reservation(hold_until(reservation(2), &[10], NOW + MOMENT).of(BEN, OTHER_TOKEN))
        .with_reservation(hold_until(reservation(3), &[11], in_seconds(-10)).of(BEN, OTHER_TOKEN).confirmed_by(PAYMENT));
    let unavailable =
        vec![(seat_number(10), SeatStatus::Held), (seat_number(11), SeatStatus::Reserved), (seat_number(12), SeatStatus::Blocked)];
    assert_eq!(refusal_for(&fixture, &[12, 11, 10, 7]), Refusal::SeatsUnavailable(unavailable));
}

#[test]
fn held_and_sold_seats_of_the_concert_count_together_toward_the_limit() {
    let two_sold = hold_until(reservation(2), &[1, 2], in_seconds(-10)).at(CONCERT, OTHER_SCHEDULE).confirmed_by(PAYMENT);
    let one_held = hold_until(reservation(3), &[3], in_seconds(10)).of(ADA, OTHER_TOKEN);
    let fixture = active_ada().with_reservation(two_sold).with_reservation(one_held);

    assert_eq!(refusal_for(&fixture, &[7, 8]), Refusal::SeatLimitExceeded { limit: 4, owned: 3 });
    assert!(decided(&fixture, &ada_holds(&[7])).is_ok(), "the fourth seat is within the limit");
}

#[test]
fn more_seats_than_the_limit_are_refused_at_once() {
    let fixture = active_ada().with_seats([a_seat(10), a_seat(11)]);
    assert!(decided(&fixture, &ada_holds(&[7, 8, 9, 10])).is_ok());
    assert_eq!(refusal_for(&fixture, &[7, 8, 9, 10, 11]), Refusal::SeatLimitExceeded { limit: 4, owned: 0 });
}

#[test]
fn ended_reservations_and_those_of_other_concerts_or_users_do_not_count_toward_the_limit() {
    let four = [1, 2, 3, 4];
    let ago = in_seconds(-10);
    let fixture = active_ada()
        .with_reservation(hold_until(reservation(2), &four, NOW).of(ADA, OTHER_TOKEN))
        .with_reservation(hold_until(reservation(3), &four, ago).cancelled(CancelReason::Released))
        .with_reservation(hold_until(reservation(4), &four, ago).cancelled(CancelReason::Refunded))
        .with_reservation(hold_until(reservation(5), &four, ago).at(OTHER_CONCERT, OTHER_SCHEDULE).confirmed_by(PAYMENT))
        .with_reservation(hold_until(reservation(6), &four, ago).of(BEN, OTHER_TOKEN).confirmed_by(OTHER_PAYMENT));
    assert!(decided(&fixture, &ada_holds(&[7, 8, 9])).is_ok());
}

#[test]
fn a_live_hold_of_the_token_prevents_any_other_selection() {
    let held = [a_seat(7), a_seat(8)].map(|seat| seat.held_by(reservation(2), in_seconds(10)));
    let fixture = active_ada().with_reservation(hold_until(reservation(2), &[7, 8], in_seconds(10))).with_seats(held);
    for other_selection in [&[9][..], &[7], &[7, 8, 9], &[8, 9]] {
        assert_eq!(refusal_for(&fixture, other_selection), Refusal::HoldExists(reservation(2)), "{other_selection:?}");
    }
}

#[test]
fn a_live_hold_of_another_schedule_or_concert_prevents_a_hold() {
    for concert in [CONCERT, OTHER_CONCERT] {
        let elsewhere = hold_until(reservation(2), &[7], in_seconds(10)).at(concert, OTHER_SCHEDULE);
        assert_eq!(refusal_for(&active_ada().with_reservation(elsewhere), &[7]), Refusal::HoldExists(reservation(2)));
    }
}

#[test]
fn a_hold_of_a_cancelled_schedule_does_not_prevent_a_new_hold_and_ends() {
    let elsewhere = hold_until(reservation(2), &[1, 2, 3, 4], in_seconds(10)).at(CONCERT, OTHER_SCHEDULE);
    let seats =
        [1, 2, 3, 4].map(|number| a_seat(number).with(|seat| seat.with_schedule(OTHER_SCHEDULE)).held_by(elsewhere.id(), in_seconds(10)));
    let fixture = active_ada().with_reservation(elsewhere.clone()).with_seats(seats).cancelled(OTHER_SCHEDULE, "no");
    let change = change_of(decided(&fixture, &ada_holds(&[7, 8, 9])));
    assert_eq!(written::<Reservation>(&change)[0], Write::update(&elsewhere, elsewhere.clone().cancelled(CancelReason::Expired).row));
}

#[test]
fn holding_the_same_seats_again_returns_the_reservation_with_its_deadline_unchanged() {
    let hold = hold_until(reservation(2), &[7, 8], in_seconds(10));
    let seats = [a_seat(7), a_seat(8)].map(|seat| seat.held_by(hold.id(), in_seconds(10)));
    let fixture = active_ada().with_reservation(hold.clone()).with_seats(seats);

    let (outcome, change) = outcome_of(decided(&fixture, &ada_holds(&[8, 7])));

    assert_eq!(outcome, Outcome::Held { reservation: hold.row.clone(), created: false });
    let token = &fixture.tokens[0];
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
fn the_seat_limit_does_not_apply_to_the_same_seats_again() {
    let hold = hold_until(reservation(2), &[7, 8, 9], in_seconds(10));
    let mut fixture = active_ada().with_reservation(hold);
    fixture.seats.iter_mut().for_each(|seat| *seat = seat.clone().held_by(reservation(2), in_seconds(10)));
    assert!(decided(&fixture, &ada_holds(&[7, 8, 9])).is_ok());
}

#[test]
fn seats_above_the_largest_balance_in_total_are_refused() {
    let limit = rules().max_balance;
    for (price, amount) in [(5_000_001, Some(won(10_000_002))), (i64::MAX, None)] {
        let mut fixture = active_ada();
        fixture.seats.iter_mut().for_each(|seat| *seat = seat.clone().with(|seat| seat.with_price(won(price))));
        assert_eq!(refusal_for(&fixture, &[7, 8]), Refusal::NotPayable { amount, limit });
    }
    let mut fixture = active_ada();
    fixture.seats.iter_mut().for_each(|seat| *seat = seat.clone().with(|seat| seat.with_price(won(5_000_000))));
    assert!(decided(&fixture, &ada_holds(&[7, 8])).is_ok());
}

#[test]
fn a_hold_is_replayed_before_the_token_is_checked() {
    let first = Outcome::Held { reservation: hold_until(RESERVATION, &[7], in_seconds(-700)).row, created: true };
    let answered_at = in_seconds(-1000);
    let record = a_key_record(&idempotency(ADA, Operation::Hold, "once"), first.clone(), answered_at);
    let nothing_else = Fixture::at(NOW).with_key(record.clone());
    let expired = active_ada().with_key(record.clone()).with_token(a_token(ADA).claimed(in_seconds(-700), in_seconds(-100)));
    let without_token = Command { pass: Pass { user: ADA, token: None }, ..ada_holds(&[7]) };

    for (fixture, command) in [(&nothing_else, &ada_holds(&[7])), (&expired, &ada_holds(&[7])), (&expired, &without_token)] {
        let decision = decided(fixture, command).unwrap();
        assert_eq!((decision.outcome, decision.at, decision.replayed), (first.clone(), answered_at, true));
        assert_eq!(decision.change, None);
    }
}

#[test]
fn a_key_cannot_be_reused_for_another_request() {
    let first = Outcome::Held { reservation: hold_until(RESERVATION, &[7], in_seconds(100)).row, created: true };
    let mut record = a_key_record(&idempotency(ADA, Operation::Hold, "once"), first, in_seconds(-100));
    record.row.fingerprint = domain::Fingerprint([2; 32]);
    assert_eq!(refusal_for(&active_ada().with_key(record), &[7]), Refusal::KeyReused);
}

#[test]
fn a_record_is_replaced_from_the_end_of_its_retention_on() {
    let first = Outcome::Held { reservation: hold_until(reservation(2), &[1], in_seconds(-90_000)).row, created: true };
    let mut record = a_key_record(&idempotency(ADA, Operation::Hold, "once"), first, NOW - Duration::hours(24));
    record.row.fingerprint = domain::Fingerprint([2; 32]);

    let change = change_of(decided(&active_ada().with_key(record.clone()), &ada_holds(&[7])));
    let keys = written::<IdempotencyRecord>(&change);
    let [key] = &keys[..] else { panic!("one record: {keys:?}") };
    assert_eq!((key.expected, key.row.recorded_at), (Some(Version(900)), NOW));

    record.row.expires_at = NOW + MOMENT;
    assert_eq!(refusal_for(&active_ada().with_key(record), &[7]), Refusal::KeyReused);
}
