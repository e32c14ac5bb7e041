//! Exchange: held seats are replaced by others in one step, or stay held.

use domain::decide::admission::Pass;
use domain::decide::exchange::Command;
use domain::decide::hold;
use domain::reservation::ReservationIds;
use domain::{
    CancelReason, Change, Event, ExpiryReason, Fact, Fault, Guard, Operation, Outcome, QueueToken, Refusal, Reservation, ReservationId,
    ReservedSeat, Seat, SeatNumber, SeatStatus, Version, Versioned, Write,
};
use time::{Duration, OffsetDateTime};

use crate::decide_hold::{active_ada, ada_holds};
use crate::fixtures::*;

/// Ada's hold.
const OLD: ReservationId = reservation(2);
const BENS: ReservationId = reservation(3);

/// Returns the deadline of Ada's hold, which differs from that of a new hold and of her token.
fn deadline() -> OffsetDateTime {
    in_seconds(100)
}

fn adas(numbers: &[u32]) -> Versioned<Reservation> {
    hold_until(OLD, numbers, deadline())
}

/// Returns `fixture` with a hold of seats of [`SCHEDULE`] added.
fn with_hold(fixture: Fixture, hold: &Versioned<Reservation>) -> Fixture {
    let seats = hold.numbers().map(|number| a_seat(number.get()).held_by(hold.id(), hold.expires_at()));
    fixture.with_seats(seats).with_reservation(hold.clone())
}

/// Returns the fixture of [`active_ada`] with her hold of seats 7 and 8.
fn ada_with_hold() -> Fixture {
    with_hold(active_ada(), &adas(&[7, 8]))
}

fn ada_exchanges_for(numbers: &[u32]) -> Command {
    Command { wanted: hold::Command { idempotency: idempotency(ADA, Operation::Exchange, "once"), ..ada_holds(numbers) }, held: OLD }
}

fn ada_exchanges_with(pass: Pass, numbers: &[u32]) -> Command {
    let exchange = ada_exchanges_for(numbers);
    Command { wanted: hold::Command { pass, ..exchange.wanted }, ..exchange }
}

fn change_for(fixture: &Fixture, numbers: &[u32]) -> Change {
    change_of(decided(fixture, &ada_exchanges_for(numbers)))
}

/// Returns the refusal of an exchange under a token that was claimed before: nothing is written, so the old hold stays.
fn refusal_for(fixture: &Fixture, numbers: &[u32]) -> Refusal {
    refusal_of(decided(fixture, &ada_exchanges_for(numbers)))
}

fn reserved(number: u32, price: i64) -> ReservedSeat {
    ReservedSeat::new(seat_number(number), format!("Row A {number}"), won(price))
}

fn ended(hold: &Versioned<Reservation>, reason: CancelReason) -> Write<Reservation> {
    Write::update(hold, hold.clone().cancelled(reason).row)
}

/// Returns the event of the release of Ada's old hold.
fn release_of(hold: &Reservation) -> Event {
    let (id, schedule) = (hold.id(), hold.schedule());
    let (seats, reason) = (hold.numbers().collect(), CancelReason::Released);
    Fact::ReservationCancelled { reservation: id, schedule, user: ADA, seats, reason }.at(Version(303))
}

fn start_of(numbers: &[u32]) -> Event {
    let seats = numbers.iter().copied().map(seat_number).collect();
    Fact::SeatsHeld { reservation: RESERVATION, schedule: SCHEDULE, user: ADA, seats, expires_at: deadline() }.at(Version(1))
}

/// Returns the reservation of each seat that `change` writes.
fn owners(change: &Change) -> Vec<(domain::ScheduleId, SeatNumber, Option<ReservationId>)> {
    let mut owners: Vec<_> = change.rows::<Seat>().map(|Write { row, .. }| (row.schedule(), row.number(), row.reservation())).collect();
    owners.sort();
    owners
}

#[test]
fn the_new_seats_are_held_until_the_old_deadline_and_the_old_hold_is_released() {
    let fixture = ada_with_hold().with_seats([a_seat(9).with(|seat| seat.with_price(won(45_000)))]);

    let (outcome, change) = outcome_of(decided(&fixture, &ada_exchanges_for(&[9, 8])));

    let claim = ReservationIds { id: RESERVATION, user: ADA, token: TOKEN, concert: CONCERT, schedule: SCHEDULE };
    let new = Reservation::hold(claim, vec![reserved(8, 60_000), reserved(9, 45_000)], won(105_000), NOW, deadline());
    assert_eq!(outcome, Outcome::Held { reservation: new.clone(), created: true });

    let (token, old) = (&fixture.tokens[0], adas(&[7, 8]));
    let expected = Change {
        not_after: Some(deadline()),
        guards: vec![
            Guard::Concert(CONCERT, a_concert().version),
            Guard::Schedule(SCHEDULE, a_schedule().version),
            Guard::Queue(QUEUE, a_queue().version),
        ],
        writes: vec![
            Write::update(token, token.row.clone()).into(),
            Write::update(&a_seat(7), a_seat(7).row).into(),
            Write::update(&a_seat(8), a_seat(8).held_by(RESERVATION, deadline()).row).into(),
            Write::update(&a_seat(9), a_seat(9).with(|seat| seat.with_price(won(45_000))).held_by(RESERVATION, deadline()).row).into(),
            ended(&old, CancelReason::Released).into(),
            Write::insert(new).into(),
            idempotency(ADA, Operation::Exchange, "once").record(outcome, None, NOW, &rules()).into(),
        ],
        events: vec![release_of(&old), start_of(&[8, 9])],
    };
    assert_eq!(change.map(in_order), Some(in_order(expected)));
}

#[test]
fn each_seat_is_freed_kept_or_added_and_written_once() {
    let [free, new] = [None, Some(RESERVATION)];
    for (numbers, expected) in [
        (&[9][..], &[(7, free), (8, free), (9, new)][..]),
        (&[7], &[(7, new), (8, free)]),
        (&[7, 8, 9], &[(7, new), (8, new), (9, new)]),
        (&[7, 9], &[(7, new), (8, free), (9, new)]),
    ] {
        let expected: Vec<_> = expected.iter().map(|(number, owner)| (SCHEDULE, seat_number(*number), *owner)).collect();
        let change = change_for(&ada_with_hold(), numbers);
        assert_eq!(owners(&change), expected, "{numbers:?}");
        assert_eq!(change.events, [release_of(&adas(&[7, 8])), start_of(numbers)], "{numbers:?}");
    }
}

#[test]
fn an_exchange_for_the_same_seats_keeps_the_reservation_and_rewrites_token_hold_and_key() {
    let (fixture, hold) = (ada_with_hold(), adas(&[7, 8]));

    let (outcome, change) = outcome_of(decided(&fixture, &ada_exchanges_for(&[8, 7])));

    assert_eq!(outcome, Outcome::Held { reservation: hold.row.clone(), created: false });
    let token = &fixture.tokens[0];
    let expected = Change {
        not_after: Some(deadline()),
        guards: vec![Guard::Schedule(SCHEDULE, a_schedule().version)],
        writes: vec![
            Write::update(token, token.row.clone()).into(),
            Write::update(&hold, hold.row.clone()).into(),
            idempotency(ADA, Operation::Exchange, "once").record(outcome, None, NOW, &rules()).into(),
        ],
        ..Change::default()
    };
    assert_eq!(change.map(in_order), Some(in_order(expected)));
}

/// Returns a fixture in which Ada holds seats 7 and 8 of another schedule of `concert`, whose rows have versions of their own.
fn held_elsewhere(concert: domain::ConcertId) -> (Fixture, Versioned<Reservation>) {
    let hold = adas(&[7, 8]).at(concert, OTHER_SCHEDULE);
    let seats = [7, 8].map(|number| a_seat(number).with(|seat| seat.with_schedule(OTHER_SCHEDULE)).held_by(OLD, deadline()));
    let mut fixture = active_ada().with_reservation(hold.clone()).with_seats(seats.map(|seat| Versioned::new(Version(1000), seat.row)));
    fixture.schedules.iter_mut().filter(|schedule| schedule.id() == OTHER_SCHEDULE).for_each(|schedule| schedule.version = Version(850));
    (fixture, hold)
}

#[test]
fn seats_of_another_schedule_with_the_same_numbers_are_exchanged() {
    let (fixture, old) = held_elsewhere(CONCERT);

    let (outcome, change) = outcome_of(decided(&fixture, &ada_exchanges_for(&[7, 8])));

    let claim = ReservationIds { id: RESERVATION, user: ADA, token: TOKEN, concert: CONCERT, schedule: SCHEDULE };
    let new = Reservation::hold(claim, vec![reserved(7, 60_000), reserved(8, 60_000)], won(120_000), NOW, deadline());
    assert_eq!(outcome, Outcome::Held { reservation: new.clone(), created: true });
    let token = &fixture.tokens[0];
    let free_there =
        |number| Write { expected: Some(Version(1000)), row: a_seat(number).with(|seat| seat.with_schedule(OTHER_SCHEDULE)).row };
    let expected = Change {
        not_after: Some(deadline()),
        guards: vec![
            Guard::Concert(CONCERT, a_concert().version),
            Guard::Schedule(SCHEDULE, a_schedule().version),
            Guard::Schedule(OTHER_SCHEDULE, Version(850)),
            Guard::Queue(QUEUE, a_queue().version),
        ],
        writes: vec![
            Write::update(token, token.row.clone()).into(),
            Write::update(&a_seat(7), a_seat(7).held_by(RESERVATION, deadline()).row).into(),
            Write::update(&a_seat(8), a_seat(8).held_by(RESERVATION, deadline()).row).into(),
            free_there(7).into(),
            free_there(8).into(),
            ended(&old, CancelReason::Released).into(),
            Write::insert(new).into(),
            idempotency(ADA, Operation::Exchange, "once").record(outcome, None, NOW, &rules()).into(),
        ],
        events: vec![release_of(&old), start_of(&[7, 8])],
    };
    assert_eq!(change.map(in_order), Some(in_order(expected)));
}

#[test]
fn seats_of_another_concert_of_the_same_queue_are_exchanged() {
    let (fixture, old) = held_elsewhere(OTHER_CONCERT);
    let change = change_for(&fixture, &[9]);
    assert!(written(&change).contains(&ended(&old, CancelReason::Released)));
    assert_eq!(
        owners(&change),
        [(SCHEDULE, seat_number(9), Some(RESERVATION)), (OTHER_SCHEDULE, seat_number(7), None), (OTHER_SCHEDULE, seat_number(8), None)]
    );
}

#[test]
fn the_exchanged_seats_do_not_count_toward_the_limit() {
    let four = with_hold(active_ada(), &adas(&[7, 8, 9, 10])).with_seats([11, 12, 13, 14, 15].map(a_seat));
    for numbers in [&[11, 12, 13, 14][..], &[9, 10, 11, 12], &[7, 8, 9, 11]] {
        assert!(decided(&four, &ada_exchanges_for(numbers)).is_ok(), "{numbers:?}");
    }
    for numbers in [&[11, 12, 13, 14, 15][..], &[7, 8, 9, 10, 11]] {
        assert_eq!(refusal_for(&four, numbers), Refusal::SeatLimitExceeded { limit: 4, owned: 0 }, "{numbers:?}");
    }
}

#[test]
fn other_seats_of_the_user_for_the_concert_count_toward_the_limit() {
    let sold = hold_until(reservation(4), &[1], in_seconds(-10)).at(CONCERT, OTHER_SCHEDULE).confirmed_by(PAYMENT);
    let elsewhere = hold_until(reservation(5), &[2], in_seconds(10)).of(ADA, OTHER_TOKEN);
    let fixture = ada_with_hold().with_reservation(sold).with_reservation(elsewhere).with_seats([a_seat(10)]);
    assert!(decided(&fixture, &ada_exchanges_for(&[9, 10])).is_ok(), "two for two");
    assert_eq!(refusal_for(&fixture, &[8, 9, 10]), Refusal::SeatLimitExceeded { limit: 4, owned: 2 });
}

#[test]
fn unavailable_wanted_seats_are_refused_and_named_except_ones_own() {
    let bens = hold_until(BENS, &[10], NOW + MOMENT).of(BEN, OTHER_TOKEN);
    let sold = hold_until(reservation(4), &[11], in_seconds(-10)).of(BEN, OTHER_TOKEN).confirmed_by(PAYMENT);
    let fixture =
        with_hold(ada_with_hold(), &bens).with_reservation(sold).with_seats([a_seat(11).sold_to(reservation(4)), a_seat(12).blocked()]);
    let unavailable =
        vec![(seat_number(10), SeatStatus::Held), (seat_number(11), SeatStatus::Reserved), (seat_number(12), SeatStatus::Blocked)];
    assert_eq!(refusal_for(&fixture, &[7, 10, 11, 12]), Refusal::SeatsUnavailable(unavailable));
    assert_eq!(refusal_for(&fixture, &[9, 10]), Refusal::SeatsUnavailable(vec![(seat_number(10), SeatStatus::Held)]));
}

#[test]
fn a_seat_of_another_hold_of_the_same_user_is_refused() {
    let elsewhere = hold_until(BENS, &[9], in_seconds(10)).of(ADA, OTHER_TOKEN);
    let fixture = with_hold(ada_with_hold(), &elsewhere);
    assert_eq!(refusal_for(&fixture, &[9]), Refusal::SeatsUnavailable(vec![(seat_number(9), SeatStatus::Held)]));
}

#[test]
fn a_refused_first_request_writes_its_claim_and_leaves_the_old_hold_unchanged() {
    let token = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let fixture = with_hold(ada_with_hold(), &hold_until(BENS, &[9], in_seconds(10)).of(BEN, OTHER_TOKEN)).with_token(token.clone());
    let no_schedule =
        Fixture { schedules: Vec::new(), concerts: Vec::new(), reservations: Vec::new(), seats: Vec::new(), ..fixture.clone() };
    let no_hold = Fixture { reservations: Vec::new(), ..active_ada().with_token(token.clone()) };
    let lapsed = with_hold(active_ada(), &hold_until(OLD, &[7, 8], NOW)).with_token(token.clone());
    let claim = Change {
        not_after: Some(in_seconds(60)),
        guards: vec![Guard::Queue(QUEUE, a_queue().version)],
        writes: vec![Write::update(&token, token.clone().claimed(in_seconds(-60), in_seconds(540)).row).into()],
        ..Change::default()
    };
    let refusals = [
        (&fixture, 9, Refusal::SeatsUnavailable(vec![(seat_number(9), SeatStatus::Held)])),
        (&fixture, 99, Refusal::UnknownSeats(vec![seat_number(99)])),
        (&no_schedule, 9, Refusal::NotFound),
        (&no_hold, 9, Refusal::NotFound),
        (&lapsed, 9, Refusal::ReservationExpired),
    ];
    for (fixture, number, refusal) in refusals {
        let refused = refused(decided(fixture, &ada_exchanges_for(&[number])));
        assert_eq!((refused.refusal, refused.claim.as_deref()), (refusal, Some(&claim)));
    }
}

#[test]
fn a_lapsed_hold_of_a_wanted_seat_is_taken_over_with_all_its_seats() {
    let bens = hold_until(BENS, &[9, 10], NOW).of(BEN, OTHER_TOKEN);
    let fixture = with_hold(ada_with_hold(), &bens);

    let change = change_for(&fixture, &[8, 9]);

    let [free, new] = [None, Some(RESERVATION)];
    assert_eq!(
        owners(&change),
        [
            (SCHEDULE, seat_number(7), free),
            (SCHEDULE, seat_number(8), new),
            (SCHEDULE, seat_number(9), new),
            (SCHEDULE, seat_number(10), free)
        ]
    );
    let reservations = written::<Reservation>(&change);
    assert_eq!(reservations.len(), 3, "{reservations:?}");
    assert!(reservations.contains(&ended(&bens, CancelReason::Expired)));
    assert!(reservations.contains(&ended(&adas(&[7, 8]), CancelReason::Released)));
    let (seats, reason) = (vec![seat_number(9), seat_number(10)], CancelReason::Expired);
    let end_of_bens = Fact::ReservationCancelled { reservation: BENS, schedule: SCHEDULE, user: BEN, seats, reason }.at(Version(304));
    let expected = [release_of(&adas(&[7, 8])), end_of_bens, start_of(&[8, 9])];
    assert_eq!(change.events, expected, "endings come before the new hold");
    assert_eq!(change.not_after, Some(deadline()));
}

#[test]
fn a_lapsed_hold_of_other_seats_is_left_to_the_sweeper() {
    let fixture = with_hold(ada_with_hold(), &hold_until(BENS, &[10], NOW).of(BEN, OTHER_TOKEN));
    let change = change_for(&fixture, &[9]);
    assert!(!change.rows::<Reservation>().any(|write| write.row.id() == BENS));
}

#[test]
fn a_reservation_of_another_user_is_not_found() {
    let others = [hold_until(OLD, &[8], deadline()).of(BEN, OTHER_TOKEN), hold_until(BENS, &[8], deadline())];
    assert_eq!(refusal_for(&active_ada(), &[9]), Refusal::NotFound);
    for other in others {
        let fixture = active_ada().with_reservation(other.clone());
        for numbers in [[9], [8]] {
            assert_eq!(refusal_for(&fixture, &numbers), Refusal::NotFound, "{other:?}");
        }
    }
}

#[test]
fn a_missing_schedule_or_concert_is_not_found() {
    let fixture = ada_with_hold();
    let no_schedule = Fixture { schedules: Vec::new(), reservations: Vec::new(), ..fixture.clone() };
    let no_concert = Fixture { concerts: Vec::new(), ..fixture };
    assert_eq!(refusal_for(&no_schedule, &[9]), Refusal::NotFound);
    assert_eq!(refusal_for(&no_concert, &[9]), Refusal::NotFound);
}

#[test]
fn a_hold_can_be_exchanged_before_its_deadline_only() {
    let until = |until| with_hold(active_ada(), &hold_until(OLD, &[7, 8], until));
    for numbers in [&[9][..], &[7, 8], &[8, 9]] {
        assert_eq!(refusal_for(&until(NOW), numbers), Refusal::ReservationExpired, "{numbers:?}");
        assert_eq!(change_for(&until(NOW + MOMENT), numbers).not_after, Some(NOW + MOMENT), "{numbers:?}");
    }
}

#[test]
fn a_hold_of_a_cancelled_schedule_has_expired_and_cannot_be_exchanged() {
    let (fixture, _) = held_elsewhere(CONCERT);
    assert_eq!(refusal_for(&fixture.cancelled(OTHER_SCHEDULE, "no"), &[9]), Refusal::ReservationExpired);
}

#[test]
fn an_exchange_for_seats_of_a_cancelled_schedule_is_refused() {
    let reason = domain::Note::new("no").ok();
    for fixture in [ada_with_hold(), held_elsewhere(CONCERT).0] {
        for numbers in [[7, 8], [8, 9]] {
            let refusal = refusal_for(&fixture.clone().cancelled(SCHEDULE, "no"), &numbers);
            assert_eq!(refusal, Refusal::ScheduleCancelled { reason: reason.clone() });
        }
    }
}

#[test]
fn an_exchange_is_replayed_before_token_and_hold_are_checked() {
    let first = Outcome::Held { reservation: hold_until(RESERVATION, &[9], in_seconds(-700)).row, created: true };
    let answered_at = in_seconds(-1000);
    let record = a_key_record(&idempotency(ADA, Operation::Exchange, "once"), first.clone(), answered_at);
    let nothing_else = Fixture::at(NOW).with_key(record.clone());
    let expired = ada_with_hold().with_key(record.clone()).with_token(a_token(ADA).claimed(in_seconds(-700), in_seconds(-100)));
    let still_held = ada_with_hold().with_key(record).cancelled(SCHEDULE, "no");
    let without_token = ada_exchanges_with(Pass { user: ADA, token: None }, &[9]);

    let again = ada_exchanges_for(&[9]);
    for (fixture, command) in [(&nothing_else, &again), (&expired, &again), (&expired, &without_token), (&still_held, &again)] {
        let decision = decided(fixture, command).unwrap();
        assert_eq!((decision.outcome, decision.at, decision.replayed), (first.clone(), answered_at, true));
        assert_eq!(decision.change, None);
    }
}

#[test]
fn a_key_cannot_be_reused_for_another_exchange() {
    let first = Outcome::Held { reservation: hold_until(RESERVATION, &[9], deadline()).row, created: true };
    let mut record = a_key_record(&idempotency(ADA, Operation::Exchange, "once"), first, in_seconds(-100));
    record.row.fingerprint = domain::Fingerprint([2; 32]);
    for fixture in [ada_with_hold(), active_ada()] {
        assert_eq!(refusal_for(&fixture.with_key(record.clone()), &[9]), Refusal::KeyReused);
    }
}

#[test]
fn the_same_key_of_a_hold_does_not_affect_an_exchange() {
    let first = Outcome::Held { reservation: adas(&[7, 8]).row, created: true };
    let fixture = ada_with_hold().with_key(a_key_record(&idempotency(ADA, Operation::Hold, "once"), first, in_seconds(-100)));
    let decision = decided(&fixture, &ada_exchanges_for(&[9])).unwrap();
    assert!(!decision.replayed);
    assert!(matches!(decision.outcome, Outcome::Held { created: true, .. }));
}

#[test]
fn a_record_past_its_retention_is_replaced() {
    for numbers in [[9, 8], [8, 7]] {
        let first = Outcome::Held { reservation: hold_until(reservation(4), &[1], in_seconds(-90_000)).row, created: true };
        let record = a_key_record(&idempotency(ADA, Operation::Exchange, "once"), first, NOW - Duration::hours(24));
        let change = change_for(&ada_with_hold().with_key(record), &numbers);
        let keys = written::<domain::IdempotencyRecord>(&change);
        let [key] = &keys[..] else { panic!("one record: {keys:?}") };
        assert_eq!((key.expected, key.row.recorded_at), (Some(Version(900)), NOW));
    }
}

#[test]
fn an_exchange_needs_an_active_token_of_the_user_for_the_queue() {
    let exchanged = |token: Versioned<QueueToken>| refusal_for(&ada_with_hold().with_token(token), &[9]);
    let without = refusal_of(decided(&ada_with_hold(), &ada_exchanges_with(Pass { user: ADA, token: None }, &[9])));
    let unknown = refusal_of(decided(&ada_with_hold(), &ada_exchanges_with(Pass { user: ADA, token: Some(token(99)) }, &[9])));
    assert_eq!(without, Refusal::TokenRequired);
    assert_eq!(unknown, Refusal::TokenMismatch);
    let admitted = || a_token(ADA).claimed(in_seconds(-60), in_seconds(540));
    assert_eq!(exchanged(admitted().of(BEN, TOKEN)), Refusal::TokenMismatch);
    assert_eq!(exchanged(admitted().with(|token| token.with_queue(OTHER_QUEUE))), Refusal::TokenMismatch);
    assert_eq!(exchanged(a_token(ADA)), Refusal::TokenWaiting { token: TOKEN });
    assert_eq!(exchanged(a_token(ADA).claimed(in_seconds(-600), NOW)), Refusal::TokenExpired(ExpiryReason::TimedOut));
    for reason in [ExpiryReason::Paid, ExpiryReason::TimedOut, ExpiryReason::Unclaimed, ExpiryReason::Left] {
        assert_eq!(exchanged(a_token(ADA).ended(reason)), Refusal::TokenExpired(reason));
    }
}

#[test]
fn an_exchange_does_not_change_a_later_deadline_of_the_token() {
    let token = a_token(ADA).claimed(in_seconds(-500), deadline());
    let change = change_for(&ada_with_hold().with_token(token.clone()), &[9]);
    assert_eq!(written(&change), [Write::update(&token, token.row.clone())]);
    assert_eq!(change.not_after, Some(deadline()));
}

#[test]
fn a_token_that_would_end_before_the_hold_is_extended_to_its_deadline() {
    let token = a_token(ADA).claimed(in_seconds(-500), in_seconds(50));
    let change = change_for(&ada_with_hold().with_token(token.clone()), &[9]);
    assert_eq!(written(&change), [Write::update(&token, token.clone().claimed(in_seconds(-500), deadline()).row)]);
    assert_eq!(change.not_after, Some(in_seconds(50)), "the decision relied on the old deadline");
}

#[test]
fn an_exchange_for_other_seats_outside_the_sale_is_refused() {
    let with_sale = |opens_at: OffsetDateTime, closes_at: OffsetDateTime| {
        let schedule = a_schedule().with(|schedule| schedule.with_sale(opens_at..closes_at));
        ada_with_hold().with_schedule(schedule)
    };
    let (yesterday, tomorrow) = (NOW - Duration::DAY, NOW + Duration::DAY);
    for (opens_at, closes_at) in [(NOW + MOMENT, tomorrow), (yesterday, NOW)] {
        let fixture = with_sale(opens_at, closes_at);
        assert_eq!(refusal_for(&fixture, &[9]), Refusal::SaleNotOpen { opens_at, closes_at });
        assert!(decided(&fixture, &ada_exchanges_for(&[7, 8])).is_ok(), "they are already held");
    }
    assert!(decided(&with_sale(NOW, tomorrow), &ada_exchanges_for(&[9])).is_ok());
    assert_eq!(change_for(&with_sale(yesterday, in_seconds(30)), &[9]).not_after, Some(in_seconds(30)));
}

#[test]
fn all_unknown_seats_are_named() {
    let (elsewhere, _) = held_elsewhere(CONCERT);
    assert_eq!(refusal_for(&ada_with_hold(), &[99, 7, 51]), Refusal::UnknownSeats(vec![seat_number(51), seat_number(99)]));
    let elsewhere = elsewhere.with_seats([a_seat(10).with(|seat| seat.with_schedule(OTHER_SCHEDULE))]);
    assert_eq!(refusal_for(&elsewhere, &[10]), Refusal::UnknownSeats(vec![seat_number(10)]));
}

#[test]
fn seats_above_the_largest_balance_in_total_are_refused() {
    let limit = rules().max_balance;
    let priced = |price| {
        let mut fixture = ada_with_hold();
        fixture.seats.iter_mut().for_each(|seat| *seat = seat.clone().with(|seat| seat.with_price(won(price))));
        fixture
    };
    for (price, amount) in [(5_000_001, Some(won(10_000_002))), (i64::MAX, None)] {
        assert_eq!(refusal_for(&priced(price), &[8, 9]), Refusal::NotPayable { amount, limit });
    }
    assert!(decided(&priced(5_000_000), &ada_exchanges_for(&[8, 9])).is_ok());
}

#[test]
fn a_hold_with_a_seat_that_was_not_loaded_is_not_released_in_part() {
    let mut fixture = ada_with_hold();
    fixture.seats.retain(|loaded| loaded.number() != seat_number(7));
    let fault = Fault::SeatsMissing { reservation: OLD, seats: vec![seat_number(7)] };
    assert_eq!(refusal_for(&fixture, &[8, 9]), Refusal::Fault(fault));
}

#[test]
fn a_reservation_that_is_no_longer_held_is_not_exchanged_swept_or_not() {
    use domain::reservation::ReservationStatus;
    let not_held = |status| Refusal::NotReleasable(status);
    for (ended, refusal) in [
        (hold_until(OLD, &[8], deadline()).confirmed_by(PAYMENT), not_held(ReservationStatus::Confirmed)),
        (
            hold_until(OLD, &[8], deadline()).cancelled(CancelReason::Released),
            not_held(ReservationStatus::Cancelled(CancelReason::Released)),
        ),
        (hold_until(OLD, &[8], NOW), Refusal::ReservationExpired),
        (hold_until(OLD, &[8], NOW).cancelled(CancelReason::Expired), Refusal::ReservationExpired),
    ] {
        assert_eq!(refusal_for(&active_ada().with_reservation(ended), &[9]), refusal);
    }
}

#[test]
fn a_hold_under_another_token_cannot_be_exchanged() {
    let fixture = active_ada().with_reservation(hold_until(OLD, &[8], deadline()).of(ADA, OTHER_TOKEN));
    assert_eq!(refusal_for(&fixture, &[9]), Refusal::TokenMismatch);
    let ended = active_ada().with_reservation(hold_until(OLD, &[8], NOW).of(ADA, OTHER_TOKEN));
    assert_eq!(refusal_for(&ended, &[9]), Refusal::ReservationExpired, "regardless of the token");
}
