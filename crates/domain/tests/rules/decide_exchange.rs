//! Exchange: held seats go back for others in one step, or stay held.

use domain::decide::admission::Pass;
use domain::decide::exchange::Command;
use domain::decide::hold;
use domain::reservation::Claim;
use domain::{
    CancelReason, Change, Event, ExpiryReason, Fact, Fault, Guard, Operation, Outcome, QueueToken, Refusal, Reservation, ReservationId,
    ReservedSeat, Seat, SeatNumber, SeatStatus, Version, Versioned, Write,
};
use time::{Duration, OffsetDateTime};

use crate::decide_hold::{ada_wants, the_shop};
use crate::fixtures::*;

/// What Ada holds.
const OLD: ReservationId = reservation(2);
const BENS: ReservationId = reservation(3);

/// The instant until which Ada holds seats: neither that of a new hold nor that of her token.
fn deadline() -> OffsetDateTime {
    in_seconds(100)
}

fn adas(numbers: &[u32]) -> Versioned<Reservation> {
    hold_until(OLD, numbers, deadline())
}

/// `scene`, in which somebody holds seats of [`SCHEDULE`], too.
fn held(scene: Scene, hold: &Versioned<Reservation>) -> Scene {
    let seats = hold.numbers().map(|number| a_seat(number.get()).held_by(hold.id(), hold.expires_at()));
    scene.with_seats(seats).with_reservation(hold.clone())
}

/// [`the_shop`], in which Ada holds seats 7 and 8.
fn the_hold() -> Scene {
    held(the_shop(), &adas(&[7, 8]))
}

fn ada_exchanges_for(numbers: &[u32]) -> Command {
    Command { wanted: hold::Command { idempotency: idempotency(ADA, Operation::Exchange, "once"), ..ada_wants(numbers) }, held: OLD }
}

fn ada_comes_with(pass: Pass, numbers: &[u32]) -> Command {
    let exchange = ada_exchanges_for(numbers);
    Command { wanted: hold::Command { pass, ..exchange.wanted }, ..exchange }
}

fn change_for(scene: &Scene, numbers: &[u32]) -> Change {
    change_of(decided(scene, &ada_exchanges_for(numbers)))
}

/// The refusal of an exchange under a token that was claimed before: nothing is written, and so the old hold stays.
fn refusal_for(scene: &Scene, numbers: &[u32]) -> Refusal {
    refusal_of(decided(scene, &ada_exchanges_for(numbers)))
}

fn reserved(number: u32, price: i64) -> ReservedSeat {
    ReservedSeat { number: seat_number(number), label: format!("Row A {number}"), price: won(price) }
}

fn ended(hold: &Versioned<Reservation>, reason: CancelReason) -> Write<Reservation> {
    Write::update(hold, hold.clone().cancelled(reason).row)
}

/// Ada's old hold is released.
fn release_of(hold: &Reservation) -> Event {
    let (id, schedule) = (hold.id(), hold.schedule());
    let (seats, reason) = (hold.numbers().collect(), CancelReason::Released);
    Fact::ReservationCancelled { reservation: id, schedule, user: ADA, seats, reason }.at(Version(303))
}

fn start_of(numbers: &[u32]) -> Event {
    let seats = numbers.iter().copied().map(seat_number).collect();
    Fact::SeatsHeld { reservation: RESERVATION, schedule: SCHEDULE, user: ADA, seats, expires_at: deadline() }.at(Version(1))
}

/// Who has which seat of which date once `change` is committed, as far as it says so.
fn owners(change: &Change) -> Vec<(domain::ScheduleId, SeatNumber, Option<ReservationId>)> {
    let mut owners: Vec<_> = change.rows::<Seat>().map(|Write { row, .. }| (row.schedule(), row.number(), row.reservation())).collect();
    owners.sort();
    owners
}

#[test]
fn the_new_seats_are_held_until_the_old_deadline_and_the_old_hold_is_given_back() {
    let scene = the_hold().with_seats([a_seat(9).with(|seat| seat.with_price(won(45_000)))]);

    let (outcome, change) = outcome_of(decided(&scene, &ada_exchanges_for(&[9, 8])));

    let claim = Claim { id: RESERVATION, user: ADA, token: TOKEN, concert: CONCERT, schedule: SCHEDULE };
    let new = Reservation::hold(claim, vec![reserved(8, 60_000), reserved(9, 45_000)], won(105_000), NOW, deadline());
    assert_eq!(outcome, Outcome::Held { reservation: new.clone(), created: true });

    let (token, old) = (&scene.tokens[0], adas(&[7, 8]));
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
fn each_seat_is_free_or_goes_over_or_is_new_and_none_is_written_twice() {
    let [free, new] = [None, Some(RESERVATION)];
    for (numbers, then) in [
        (&[9][..], &[(7, free), (8, free), (9, new)][..]),
        (&[7], &[(7, new), (8, free)]),
        (&[7, 8, 9], &[(7, new), (8, new), (9, new)]),
        (&[7, 9], &[(7, new), (8, free), (9, new)]),
    ] {
        let then: Vec<_> = then.iter().map(|(number, owner)| (SCHEDULE, seat_number(*number), *owner)).collect();
        let change = change_for(&the_hold(), numbers);
        assert_eq!(owners(&change), then, "{numbers:?}");
        assert_eq!(change.events, [release_of(&adas(&[7, 8])), start_of(numbers)], "{numbers:?}");
    }
}

#[test]
fn the_same_seats_are_the_same_reservation_and_nothing_but_token_hold_and_key_is_written() {
    let (scene, hold) = (the_hold(), adas(&[7, 8]));

    let (outcome, change) = outcome_of(decided(&scene, &ada_exchanges_for(&[8, 7])));

    assert_eq!(outcome, Outcome::Held { reservation: hold.row.clone(), created: false });
    let token = &scene.tokens[0];
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

/// Ada holds seats 7 and 8 of another date of `concert`, whose rows have versions of their own.
fn held_elsewhere(concert: domain::ConcertId) -> (Scene, Versioned<Reservation>) {
    let hold = adas(&[7, 8]).at(concert, OTHER_SCHEDULE);
    let seats = [7, 8].map(|number| a_seat(number).with(|seat| seat.with_schedule(OTHER_SCHEDULE)).held_by(OLD, deadline()));
    let mut scene = the_shop().with_reservation(hold.clone()).with_seats(seats.map(|seat| Versioned::new(Version(1000), seat.row)));
    scene.schedules.iter_mut().filter(|schedule| schedule.id() == OTHER_SCHEDULE).for_each(|schedule| schedule.version = Version(850));
    (scene, hold)
}

#[test]
fn seats_of_another_schedule_are_exchanged_though_they_have_the_same_numbers() {
    let (scene, old) = held_elsewhere(CONCERT);

    let (outcome, change) = outcome_of(decided(&scene, &ada_exchanges_for(&[7, 8])));

    let claim = Claim { id: RESERVATION, user: ADA, token: TOKEN, concert: CONCERT, schedule: SCHEDULE };
    let new = Reservation::hold(claim, vec![reserved(7, 60_000), reserved(8, 60_000)], won(120_000), NOW, deadline());
    assert_eq!(outcome, Outcome::Held { reservation: new.clone(), created: true });
    let token = &scene.tokens[0];
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
fn seats_of_another_concert_behind_the_same_queue_are_exchanged_too() {
    let (scene, old) = held_elsewhere(OTHER_CONCERT);
    let change = change_for(&scene, &[9]);
    assert!(written(&change).contains(&ended(&old, CancelReason::Released)));
    assert_eq!(
        owners(&change),
        [(SCHEDULE, seat_number(9), Some(RESERVATION)), (OTHER_SCHEDULE, seat_number(7), None), (OTHER_SCHEDULE, seat_number(8), None)]
    );
}

#[test]
fn what_is_given_back_does_not_count_toward_the_limit() {
    let four = held(the_shop(), &adas(&[7, 8, 9, 10])).with_seats([11, 12, 13, 14, 15].map(a_seat));
    for numbers in [&[11, 12, 13, 14][..], &[9, 10, 11, 12], &[7, 8, 9, 11]] {
        assert!(decided(&four, &ada_exchanges_for(numbers)).is_ok(), "{numbers:?}");
    }
    for numbers in [&[11, 12, 13, 14, 15][..], &[7, 8, 9, 10, 11]] {
        assert_eq!(refusal_for(&four, numbers), Refusal::SeatLimitExceeded { limit: 4, owned: 0 }, "{numbers:?}");
    }
}

#[test]
fn what_else_the_user_has_of_the_concert_counts_toward_the_limit() {
    let sold = hold_until(reservation(4), &[1], in_seconds(-10)).at(CONCERT, OTHER_SCHEDULE).confirmed_by(PAYMENT);
    let elsewhere = hold_until(reservation(5), &[2], in_seconds(10)).of(ADA, OTHER_TOKEN);
    let scene = the_hold().with_reservation(sold).with_reservation(elsewhere).with_seats([a_seat(10)]);
    assert!(decided(&scene, &ada_exchanges_for(&[9, 10])).is_ok(), "two for two");
    assert_eq!(refusal_for(&scene, &[8, 9, 10]), Refusal::SeatLimitExceeded { limit: 4, owned: 2 });
}

#[test]
fn a_wanted_seat_that_somebody_has_is_refused_and_named_and_ones_own_is_not() {
    let bens = hold_until(BENS, &[10], NOW + MOMENT).of(BEN, OTHER_TOKEN);
    let sold = hold_until(reservation(4), &[11], in_seconds(-10)).of(BEN, OTHER_TOKEN).confirmed_by(PAYMENT);
    let scene = held(the_hold(), &bens).with_reservation(sold).with_seats([a_seat(11).sold_to(reservation(4)), a_seat(12).blocked()]);
    let in_the_way =
        vec![(seat_number(10), SeatStatus::Held), (seat_number(11), SeatStatus::Reserved), (seat_number(12), SeatStatus::Blocked)];
    assert_eq!(refusal_for(&scene, &[7, 10, 11, 12]), Refusal::SeatsUnavailable(in_the_way));
    assert_eq!(refusal_for(&scene, &[9, 10]), Refusal::SeatsUnavailable(vec![(seat_number(10), SeatStatus::Held)]));
}

#[test]
fn a_seat_that_another_hold_of_the_same_user_has_is_refused_as_well() {
    let elsewhere = hold_until(BENS, &[9], in_seconds(10)).of(ADA, OTHER_TOKEN);
    let scene = held(the_hold(), &elsewhere);
    assert_eq!(refusal_for(&scene, &[9]), Refusal::SeatsUnavailable(vec![(seat_number(9), SeatStatus::Held)]));
}

#[test]
fn a_refused_first_call_writes_its_claim_and_leaves_the_old_hold_as_it_is() {
    let token = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let scene = held(the_hold(), &hold_until(BENS, &[9], in_seconds(10)).of(BEN, OTHER_TOKEN)).with_token(token.clone());
    let no_schedule = Scene { schedules: Vec::new(), concerts: Vec::new(), reservations: Vec::new(), seats: Vec::new(), ..scene.clone() };
    let no_hold = Scene { reservations: Vec::new(), ..the_shop().with_token(token.clone()) };
    let lapsed = held(the_shop(), &hold_until(OLD, &[7, 8], NOW)).with_token(token.clone());
    let claim = Change {
        not_after: Some(in_seconds(60)),
        guards: vec![Guard::Queue(QUEUE, a_queue().version)],
        writes: vec![Write::update(&token, token.clone().claimed(in_seconds(-60), in_seconds(540)).row).into()],
        ..Change::default()
    };
    let refusals = [
        (&scene, 9, Refusal::SeatsUnavailable(vec![(seat_number(9), SeatStatus::Held)])),
        (&scene, 99, Refusal::UnknownSeats(vec![seat_number(99)])),
        (&no_schedule, 9, Refusal::NotFound),
        (&no_hold, 9, Refusal::NotFound),
        (&lapsed, 9, Refusal::ReservationExpired),
    ];
    for (scene, number, refusal) in refusals {
        let refused = refused(decided(scene, &ada_exchanges_for(&[number])));
        assert_eq!((refused.refusal, refused.claim.as_deref()), (refusal, Some(&claim)));
    }
}

#[test]
fn a_wanted_seat_with_a_lapsed_hold_is_taken_over_whole() {
    let bens = hold_until(BENS, &[9, 10], NOW).of(BEN, OTHER_TOKEN);
    let scene = held(the_hold(), &bens);

    let change = change_for(&scene, &[8, 9]);

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
    let told = [release_of(&adas(&[7, 8])), end_of_bens, start_of(&[8, 9])];
    assert_eq!(change.events, told, "what ends is told before what begins");
    assert_eq!(change.not_after, Some(deadline()));
}

#[test]
fn a_lapsed_hold_that_is_in_nobodys_way_is_left_to_the_sweeper() {
    let scene = held(the_hold(), &hold_until(BENS, &[10], NOW).of(BEN, OTHER_TOKEN));
    let change = change_for(&scene, &[9]);
    assert!(!change.rows::<Reservation>().any(|write| write.row.id() == BENS));
}

#[test]
fn what_is_not_ones_own_is_not_found() {
    let others = [hold_until(OLD, &[8], deadline()).of(BEN, OTHER_TOKEN), hold_until(BENS, &[8], deadline())];
    assert_eq!(refusal_for(&the_shop(), &[9]), Refusal::NotFound);
    for other in others {
        let scene = the_shop().with_reservation(other.clone());
        for numbers in [[9], [8]] {
            assert_eq!(refusal_for(&scene, &numbers), Refusal::NotFound, "{other:?}");
        }
    }
}

#[test]
fn what_does_not_exist_is_not_found() {
    let scene = the_hold();
    let no_schedule = Scene { schedules: Vec::new(), reservations: Vec::new(), ..scene.clone() };
    let no_concert = Scene { concerts: Vec::new(), ..scene };
    assert_eq!(refusal_for(&no_schedule, &[9]), Refusal::NotFound);
    assert_eq!(refusal_for(&no_concert, &[9]), Refusal::NotFound);
}

#[test]
fn a_hold_is_exchanged_until_its_deadline_and_at_its_deadline_no_more() {
    let until = |until| held(the_shop(), &hold_until(OLD, &[7, 8], until));
    for numbers in [&[9][..], &[7, 8], &[8, 9]] {
        assert_eq!(refusal_for(&until(NOW), numbers), Refusal::ReservationExpired, "{numbers:?}");
        assert_eq!(change_for(&until(NOW + MOMENT), numbers).not_after, Some(NOW + MOMENT), "{numbers:?}");
    }
}

#[test]
fn a_hold_of_a_schedule_that_is_cancelled_has_ended_and_is_exchanged_for_nothing() {
    let (scene, _) = held_elsewhere(CONCERT);
    assert_eq!(refusal_for(&scene.cancelled(OTHER_SCHEDULE, "no"), &[9]), Refusal::ReservationExpired);
}

#[test]
fn nothing_is_exchanged_for_seats_of_a_cancelled_schedule() {
    let reason = domain::Note::new("no").ok();
    for scene in [the_hold(), held_elsewhere(CONCERT).0] {
        for numbers in [[7, 8], [8, 9]] {
            let refusal = refusal_for(&scene.clone().cancelled(SCHEDULE, "no"), &numbers);
            assert_eq!(refusal, Refusal::ScheduleCancelled { reason: reason.clone() });
        }
    }
}

#[test]
fn a_first_answer_is_given_again_before_token_and_hold_are_looked_at() {
    let first = Outcome::Held { reservation: hold_until(RESERVATION, &[9], in_seconds(-700)).row, created: true };
    let answered_at = in_seconds(-1000);
    let record = a_key_record(&idempotency(ADA, Operation::Exchange, "once"), first.clone(), answered_at);
    let nothing_else = Scene::at(NOW).with_key(record.clone());
    let over = the_hold().with_key(record.clone()).with_token(a_token(ADA).claimed(in_seconds(-700), in_seconds(-100)));
    let still_held = the_hold().with_key(record).cancelled(SCHEDULE, "no");
    let without_token = ada_comes_with(Pass { user: ADA, token: None }, &[9]);

    let again = ada_exchanges_for(&[9]);
    for (scene, command) in [(&nothing_else, &again), (&over, &again), (&over, &without_token), (&still_held, &again)] {
        let decision = decided(scene, command).unwrap();
        assert_eq!((decision.outcome, decision.at, decision.replayed), (first.clone(), answered_at, true));
        assert_eq!(decision.change, None);
    }
}

#[test]
fn a_key_is_not_good_for_another_exchange() {
    let first = Outcome::Held { reservation: hold_until(RESERVATION, &[9], deadline()).row, created: true };
    let mut record = a_key_record(&idempotency(ADA, Operation::Exchange, "once"), first, in_seconds(-100));
    record.row.fingerprint = domain::Fingerprint([2; 32]);
    for scene in [the_hold(), the_shop()] {
        assert_eq!(refusal_for(&scene.with_key(record.clone()), &[9]), Refusal::KeyReused);
    }
}

#[test]
fn the_key_of_a_hold_is_another_than_that_of_an_exchange() {
    let first = Outcome::Held { reservation: adas(&[7, 8]).row, created: true };
    let scene = the_hold().with_key(a_key_record(&idempotency(ADA, Operation::Hold, "once"), first, in_seconds(-100)));
    let decision = decided(&scene, &ada_exchanges_for(&[9])).unwrap();
    assert!(!decision.replayed);
    assert!(matches!(decision.outcome, Outcome::Held { created: true, .. }));
}

#[test]
fn a_key_past_its_retention_is_taken_over() {
    for numbers in [[9, 8], [8, 7]] {
        let first = Outcome::Held { reservation: hold_until(reservation(4), &[1], in_seconds(-90_000)).row, created: true };
        let record = a_key_record(&idempotency(ADA, Operation::Exchange, "once"), first, NOW - Duration::hours(24));
        let change = change_for(&the_hold().with_key(record), &numbers);
        let keys = written::<domain::IdempotencyRecord>(&change);
        let [key] = &keys[..] else { panic!("one record: {keys:?}") };
        assert_eq!((key.expected, key.row.recorded_at), (Some(Version(900)), NOW));
    }
}

#[test]
fn nobody_exchanges_without_a_token_of_their_own_that_admits_to_the_queue() {
    let exchanged = |token: Versioned<QueueToken>| refusal_for(&the_hold().with_token(token), &[9]);
    let without = refusal_of(decided(&the_hold(), &ada_comes_with(Pass { user: ADA, token: None }, &[9])));
    let unknown = refusal_of(decided(&the_hold(), &ada_comes_with(Pass { user: ADA, token: Some(token(99)) }, &[9])));
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
fn an_exchange_leaves_the_deadline_of_the_token_as_it_is() {
    let token = a_token(ADA).claimed(in_seconds(-500), deadline());
    let change = change_for(&the_hold().with_token(token.clone()), &[9]);
    assert_eq!(written(&change), [Write::update(&token, token.row.clone())]);
    assert_eq!(change.not_after, Some(deadline()));
}

#[test]
fn a_token_that_would_end_before_the_hold_is_extended_to_its_deadline() {
    let token = a_token(ADA).claimed(in_seconds(-500), in_seconds(50));
    let change = change_for(&the_hold().with_token(token.clone()), &[9]);
    assert_eq!(written(&change), [Write::update(&token, token.clone().claimed(in_seconds(-500), deadline()).row)]);
    assert_eq!(change.not_after, Some(in_seconds(50)), "the decision relied on the old deadline");
}

#[test]
fn nothing_is_exchanged_for_other_seats_outside_the_sale() {
    let with_sale = |opens_at: OffsetDateTime, closes_at: OffsetDateTime| {
        let schedule = a_schedule().with(|schedule| schedule.with_sale(opens_at..closes_at));
        the_hold().with_schedule(schedule)
    };
    let (yesterday, tomorrow) = (NOW - Duration::DAY, NOW + Duration::DAY);
    for (opens_at, closes_at) in [(NOW + MOMENT, tomorrow), (yesterday, NOW)] {
        let scene = with_sale(opens_at, closes_at);
        assert_eq!(refusal_for(&scene, &[9]), Refusal::SaleNotOpen { opens_at, closes_at });
        assert!(decided(&scene, &ada_exchanges_for(&[7, 8])).is_ok(), "they are held already");
    }
    assert!(decided(&with_sale(NOW, tomorrow), &ada_exchanges_for(&[9])).is_ok());
    assert_eq!(change_for(&with_sale(yesterday, in_seconds(30)), &[9]).not_after, Some(in_seconds(30)));
}

#[test]
fn seats_that_the_hall_does_not_have_are_all_named() {
    let (elsewhere, _) = held_elsewhere(CONCERT);
    assert_eq!(refusal_for(&the_hold(), &[99, 7, 51]), Refusal::UnknownSeats(vec![seat_number(51), seat_number(99)]));
    let elsewhere = elsewhere.with_seats([a_seat(10).with(|seat| seat.with_schedule(OTHER_SCHEDULE))]);
    assert_eq!(refusal_for(&elsewhere, &[10]), Refusal::UnknownSeats(vec![seat_number(10)]));
}

#[test]
fn seats_that_no_wallet_could_pay_together_are_refused() {
    let limit = rules().max_balance;
    let priced = |price| {
        let mut scene = the_hold();
        scene.seats.iter_mut().for_each(|seat| *seat = seat.clone().with(|seat| seat.with_price(won(price))));
        scene
    };
    for (price, amount) in [(5_000_001, Some(won(10_000_002))), (i64::MAX, None)] {
        assert_eq!(refusal_for(&priced(price), &[8, 9]), Refusal::NotPayable { amount, limit });
    }
    assert!(decided(&priced(5_000_000), &ada_exchanges_for(&[8, 9])).is_ok());
}

#[test]
fn a_hold_whose_seat_was_not_loaded_is_not_given_back_in_part() {
    let mut scene = the_hold();
    scene.seats.retain(|loaded| loaded.number() != seat_number(7));
    let fault = Fault::SeatsMissing { reservation: OLD, seats: vec![seat_number(7)] };
    assert_eq!(refusal_for(&scene, &[8, 9]), Refusal::Fault(fault));
}

#[test]
fn what_is_not_held_any_more_is_not_exchanged_swept_or_not() {
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
        assert_eq!(refusal_for(&the_shop().with_reservation(ended), &[9]), refusal);
    }
}

#[test]
fn what_is_held_under_another_token_takes_that_token() {
    let scene = the_shop().with_reservation(hold_until(OLD, &[8], deadline()).of(ADA, OTHER_TOKEN));
    assert_eq!(refusal_for(&scene, &[9]), Refusal::TokenMismatch);
    let ended = the_shop().with_reservation(hold_until(OLD, &[8], NOW).of(ADA, OTHER_TOKEN));
    assert_eq!(refusal_for(&ended, &[9]), Refusal::ReservationExpired, "whatever token it was");
}
