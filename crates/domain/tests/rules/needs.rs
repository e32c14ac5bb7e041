//! Needs: the rows that each need finds among all rows.

use domain::loaded::{
    ConcertUse, LoadedAccount, LoadedConcert, LoadedJoinTarget, LoadedPayment, LoadedQueueHead, LoadedReservation, LoadedSchedule,
    LoadedSeats, LoadedToken, OwnedReservation,
};
use domain::need::{self, QueueCounts};
use domain::{
    CancelReason, Cancellation, Concert, ConcertId, ExpiryReason, Need, Needs, Offer, Operation, Outcome, Queue, QueueId, QueueToken,
    Reservation, Schedule, ScheduleId, Seat, Session, Version, Versioned, Wallet,
};
use time::Duration;

use crate::fixtures::*;

const ELSEWHERE: domain::ReservationId = reservation(99);

fn a_queue_with(id: QueueId) -> Versioned<Queue> {
    a_queue().with(|queue| queue.with_id(id)).at_version(601)
}

fn a_concert_with(id: ConcertId, queue: QueueId) -> Versioned<Concert> {
    a_concert().with(|row| row.with_id(id).move_to(queue)).at_version(701)
}

fn a_schedule_of(concert: ConcertId, id: ScheduleId) -> Versioned<Schedule> {
    a_schedule().with(|row| row.with_ids(id, concert)).at_version(801)
}

fn an_outcome() -> Outcome {
    Outcome::Admitted { admitted: 1 }
}

/// Returns a row of every kind that none of the needs specifies: Ben's, in another queue, for another concert.
fn unrelated_rows() -> Fixture {
    let bens_key = idempotency(BEN, Operation::Pay, "once");
    let bens_wallet = Versioned::new(Version(501), Wallet::restore(BEN, won(9), 1));
    let bens_token = |number: u64| a_token(ADA).of(BEN, token(90 + number)).numbered(number).with(|token| token.with_queue(OTHER_QUEUE));
    let until = in_seconds(300);
    Fixture::at(NOW)
        .with_key(a_key_record(&bens_key, an_outcome(), NOW))
        .with_user(a_user(BEN))
        .with_wallet(bens_wallet)
        .with_queue(a_queue_with(OTHER_QUEUE), 7, 8)
        .with_token(bens_token(1).claimed(in_seconds(-600), in_seconds(-1)))
        .with_token(bens_token(2))
        .with_concert(a_concert_with(OTHER_CONCERT, OTHER_QUEUE))
        .with_offers(OTHER_QUEUE, [Offer { schedule: a_schedule_of(OTHER_CONCERT, OTHER_SCHEDULE).row, has_seats: true }])
        .with_held(OTHER_CONCERT)
        .with_awaited(OTHER_CONCERT)
        .with_seats([7, 8].map(|number| a_seat(number).with(|seat| seat.with_schedule(OTHER_SCHEDULE)).held_by(ELSEWHERE, until)))
        .with_reservation(hold_until(ELSEWHERE, &[7, 8], until).of(BEN, token(91)).at(OTHER_CONCERT, OTHER_SCHEDULE))
        .with_session(a_session(BEN))
        .with_payment(payment_for(OTHER_PAYMENT, ELSEWHERE, 9).with(|row| row.with_user(BEN)).at_version(401))
}

#[track_caller]
fn found<N: Needs>(need: &N, fixture: &Fixture) -> N::Found {
    need.find(&fixture.rows()).unwrap_or_else(|unreadable| panic!("{unreadable}"))
}

/// Returns the loaded form of a reservation for [`SCHEDULE`].
fn loaded(reservation: &Versioned<Reservation>, seats: impl Into<Vec<Versioned<Seat>>>) -> LoadedReservation {
    LoadedReservation { reservation: reservation.clone(), schedule: a_schedule(), seats: seats.into() }
}

fn ids<'a>(found: impl IntoIterator<Item = &'a LoadedReservation>) -> Vec<domain::ReservationId> {
    found.into_iter().map(|found| found.reservation.id()).collect()
}

#[test]
fn composite_needs_are_listed_one_by_one_without_absent_ones() {
    let (schedules, nothing) = (vec![need::Schedule(SCHEDULE), need::Schedule(OTHER_SCHEDULE)], None::<need::Token>);
    let mut listed = Vec::new();
    (need::Concert(CONCERT), Some(need::Queue(QUEUE)), nothing, schedules).add_to(&mut listed);
    let (concert, queue) = (need::Concert(CONCERT).into(), need::Queue(QUEUE).into());
    assert_eq!(listed, [concert, queue, Need::from(need::Schedule(SCHEDULE)), need::Schedule(OTHER_SCHEDULE).into()]);
}

#[test]
fn composite_needs_find_their_rows_in_order() {
    let fixture = unrelated_rows().with_queue(a_queue(), 0, 0).with_schedule(a_schedule());
    let schedules = [OTHER_SCHEDULE, schedule(50), SCHEDULE].map(need::Schedule).to_vec();
    let (queue, nothing, schedules) = found(&(Some(need::Queue(QUEUE)), None::<need::Token>, schedules), &fixture);
    assert_eq!((queue, nothing), (Some(Some(a_queue())), None));
    let schedules: Vec<_> = schedules.into_iter().map(|found| found.map(|found| found.schedule.row.id())).collect();
    assert_eq!(schedules, [Some(OTHER_SCHEDULE), None, Some(SCHEDULE)]);
}

#[test]
fn a_record_is_found_by_user_operation_and_key() {
    let of = |operation| a_key_record(&idempotency(ADA, operation, "once"), an_outcome(), in_seconds(-1));
    let mut another_key = of(Operation::Pay);
    another_key.row.scope.key = domain::IdempotencyKey::new("twice").unwrap();
    let fixture = unrelated_rows().with_key(of(Operation::Charge)).with_key(another_key).with_key(of(Operation::Pay));
    assert_eq!(found(&need::Key(idempotency(ADA, Operation::Pay, "once").scope), &fixture), Some(of(Operation::Pay)));
    assert_eq!(found(&need::Key(idempotency(ADA, Operation::Refund, "once").scope), &fixture), None);
}

#[test]
fn an_account_has_the_user_and_the_wallet_if_they_exist() {
    let account = |fixture: Fixture| found(&need::Account(ADA), &fixture);
    let (user, wallet) = (Some(a_user(ADA)), Some(a_wallet(ADA, 70)));
    let both = unrelated_rows().with_user(a_user(ADA)).with_wallet(a_wallet(ADA, 70));
    assert_eq!(account(both), LoadedAccount { user: user.clone(), wallet: wallet.clone() });
    assert_eq!(account(unrelated_rows().with_user(a_user(ADA))), LoadedAccount { user, wallet: None });
    assert_eq!(account(unrelated_rows().with_wallet(a_wallet(ADA, 70))), LoadedAccount { user: None, wallet });
    assert_eq!(account(unrelated_rows()), LoadedAccount::default());
}

#[test]
fn a_token_is_found_only_with_its_queue() {
    let fixture = unrelated_rows().with_queue(a_queue(), 0, 0);
    for token in [a_token(ADA), a_token(ADA).claimed(in_seconds(-600), NOW), a_token(ADA).ended(ExpiryReason::Left)] {
        let complete = fixture.clone().with_token(token.clone());
        assert_eq!(found(&need::Token(TOKEN), &complete), Some(LoadedToken { token, queue: a_queue() }));
        let without = Fixture { queues: vec![a_queue_with(OTHER_QUEUE)], ..complete };
        assert_eq!(found(&need::Token(TOKEN), &without), None);
    }
    assert_eq!(found(&need::Token(TOKEN), &fixture), None);
}

/// The queue of [`CONCERT`] in [`two_queues`]; [`QUEUE`] is the default queue.
const CONCERT_QUEUE: QueueId = QueueId(uuid::Uuid::from_u128(99));

/// Returns Ada's token in that queue.
fn adas_token() -> Versioned<QueueToken> {
    a_token(ADA).with(|token| token.with_queue(CONCERT_QUEUE))
}

/// Returns a fixture in which Ada and Ben wait in the default queue and in that of [`CONCERT`].
fn two_queues() -> Fixture {
    unrelated_rows()
        .with_queue(a_queue(), 1, 4)
        .with_queue(a_queue_with(CONCERT_QUEUE), 2, 5)
        .with_token(adas_token())
        .with_token(adas_token().of(BEN, token(4)).numbered(2))
        .with_token(a_token(ADA).of(ADA, token(5)))
        .with_token(a_token(ADA).of(BEN, token(6)).numbered(2))
        .with_concert(a_concert_with(CONCERT, CONCERT_QUEUE))
        .with_schedule(a_schedule())
}

#[test]
fn a_place_has_the_users_token_in_the_default_queue_or_that_of_the_concert() {
    let in_default = found(&need::JoinTarget { user: ADA, concert: None }, &two_queues());
    let token = Some(a_token(ADA).of(ADA, token(5)));
    assert_eq!(in_default, Some(LoadedJoinTarget { concert: None, queue: a_queue(), waiting: 4, token }));

    let for_the_concert = found(&need::JoinTarget { user: ADA, concert: Some(CONCERT) }, &two_queues());
    let concert = Some(LoadedConcert { concert: a_concert_with(CONCERT, CONCERT_QUEUE), schedules: vec![a_schedule()] });
    assert_eq!(
        for_the_concert,
        Some(LoadedJoinTarget { concert, queue: a_queue_with(CONCERT_QUEUE), waiting: 5, token: Some(adas_token()) })
    );
}

#[test]
fn a_place_has_the_token_until_its_row_has_ended() {
    let token_of = |token| found(&need::JoinTarget { user: ADA, concert: Some(CONCERT) }, &two_queues().with_token(token)).unwrap().token;
    let lapsed = adas_token().claimed(in_seconds(-600), NOW);
    assert_eq!(token_of(lapsed.clone()), Some(lapsed));
    assert_eq!(token_of(adas_token().ended(ExpiryReason::Paid)), None);
    let earlier = adas_token().of(ADA, token(7)).ended(ExpiryReason::Paid);
    assert_eq!(token_of(earlier), Some(adas_token()), "an ended token doesn't hide another");
}

#[test]
fn a_place_is_not_found_without_the_concert_or_the_queue() {
    let for_the_concert = need::JoinTarget { user: ADA, concert: Some(CONCERT) };
    assert_eq!(found(&for_the_concert, &Fixture { concerts: Vec::new(), ..two_queues() }), None);
    let without_queues = Fixture { queues: Vec::new(), ..two_queues() };
    assert_eq!(found(&for_the_concert, &without_queues), None);
    assert_eq!(found(&need::JoinTarget { user: ADA, concert: None }, &without_queues), None);
}

/// Returns a waiting token; tokens with higher numbers have lower ids.
fn waiting(number: u64) -> Versioned<QueueToken> {
    a_token(ADA).of(ADA, token(50 - number)).numbered(number)
}

fn active(number: u64, expires_at: i64) -> Versioned<QueueToken> {
    waiting(number).claimed(in_seconds(-600), in_seconds(expires_at))
}

/// Returns a fixture in which [`QUEUE`] has two lapsed, one active, one ended and three waiting tokens.
fn queue_with_tokens() -> Fixture {
    let tokens = [waiting(9), active(1, -10), waiting(7), active(2, -60), active(3, 1), waiting(4).ended(ExpiryReason::Left), waiting(8)];
    tokens.into_iter().fold(unrelated_rows().with_queue(a_queue(), 3, 6), Fixture::with_token)
}

#[track_caller]
fn line_in(fixture: &Fixture, at_most: u32) -> Option<LoadedQueueHead> {
    found(&need::QueueHead { queue: QUEUE, at_most }, fixture)
}

#[test]
fn a_queue_head_has_the_lapsed_and_the_waiting_tokens_of_the_queue() {
    let expected = LoadedQueueHead {
        queue: a_queue(),
        admission: an_admission(QUEUE),
        waiting: 6,
        active: 3,
        offers: None,
        lapsed: vec![active(2, -60), active(1, -10)],
        first_waiting: vec![waiting(7), waiting(8), waiting(9)],
    };
    assert_eq!(line_in(&queue_with_tokens(), 10), Some(expected));
    let mut at_the_deadline = queue_with_tokens();
    at_the_deadline.now = in_seconds(1);
    assert_eq!(line_in(&at_the_deadline, 10).map(|line| line.lapsed), Some(vec![active(2, -60), active(1, -10), active(3, 1)]));
}

#[test]
fn a_queue_head_is_limited_to_the_earliest_deadlines_and_the_lowest_numbers() {
    for (at_most, lapsed, first_waiting) in [(0, &[][..], &[][..]), (1, &[2], &[7]), (2, &[2, 1], &[7, 8]), (3, &[2, 1], &[7, 8, 9])] {
        let line = line_in(&queue_with_tokens(), at_most).unwrap();
        let numbers = |tokens: &[Versioned<QueueToken>]| tokens.iter().map(|token| token.number()).collect::<Vec<_>>();
        assert_eq!((&numbers(&line.lapsed)[..], &numbers(&line.first_waiting)[..]), (lapsed, first_waiting), "at most {at_most}");
        assert_eq!((line.active, line.waiting), (3, 6), "the counts include all tokens");
    }
}

#[test]
fn a_queue_head_has_the_schedules_that_only_its_queue_admits_to() {
    let offers = |fixture: &Fixture| line_in(fixture, 1).unwrap().offers;
    let offer = |number, has_seats| Offer { schedule: a_schedule_of(CONCERT, schedule(number)).row, has_seats };
    assert_eq!(offers(&queue_with_tokens().with_schedule(a_schedule())), None, "the queue is not a concert's own");
    assert_eq!(offers(&queue_with_tokens().with_offers(QUEUE, [])), Some(vec![]), "the concert has no schedules");
    let mut two = queue_with_tokens().with_schedule(a_schedule()).with_offers(QUEUE, [offer(3, true), offer(4, false)]);
    assert_eq!(offers(&two), Some(vec![offer(3, true), offer(4, false)]));
    two.schedules.retain(|found| found.id() != schedule(3));
    assert_eq!(offers(&two), Some(vec![offer(4, false)]), "a missing schedule is left out");
}

#[test]
fn a_queue_head_is_not_found_without_its_queue_and_the_queues_standing() {
    assert_eq!(line_in(&Fixture { queues: Vec::new(), ..queue_with_tokens() }, 10), None);
    let elsewhere = QueueCounts { admission: an_admission(OTHER_QUEUE), waiting: 1, active: Some(1) };
    assert_eq!(line_in(&Fixture { queue_counts: [(OTHER_QUEUE, elsewhere)].into(), ..queue_with_tokens() }, 10), None);
}

#[test]
fn a_queue_is_found_by_its_id() {
    assert_eq!(found(&need::Queue(QUEUE), &unrelated_rows().with_queue(a_queue(), 0, 0)), Some(a_queue()));
    assert_eq!(found(&need::Queue(QUEUE), &unrelated_rows()), None);
}

#[test]
fn a_concert_is_found_with_all_its_schedules_by_start_then_id() {
    let early = a_schedule_of(CONCERT, schedule(5)).with(|schedule| {
        let earlier = schedule.starts_at() - Duration::DAY;
        schedule.with_start(earlier)
    });
    let late = a_schedule_of(CONCERT, schedule(4));
    let fixture =
        unrelated_rows().with_concert(a_concert()).with_schedule(late.clone()).with_schedule(a_schedule()).with_schedule(early.clone());
    let concert = LoadedConcert { concert: a_concert(), schedules: vec![early, a_schedule(), late] };
    assert_eq!(found(&need::Concert(CONCERT), &fixture), Some(concert));

    let none_yet = LoadedConcert { concert: a_concert(), schedules: vec![] };
    assert_eq!(found(&need::Concert(CONCERT), &unrelated_rows().with_concert(a_concert())), Some(none_yet));
    assert_eq!(found(&need::Concert(CONCERT), &Fixture { concerts: Vec::new(), ..fixture }), None);
}

#[test]
fn only_holds_and_tokens_of_the_concert_itself_count_as_its_use() {
    let in_use = |fixture: Fixture| found(&need::ConcertInUse(CONCERT), &fixture);
    assert_eq!(in_use(unrelated_rows().with_concert(a_concert())), ConcertUse::default());
    assert_eq!(in_use(unrelated_rows().with_held(CONCERT)), ConcertUse { held: true, awaited: false });
    assert_eq!(in_use(unrelated_rows().with_awaited(CONCERT)), ConcertUse { held: false, awaited: true });
    assert_eq!(in_use(unrelated_rows().with_awaited(CONCERT).with_held(CONCERT)), ConcertUse { held: true, awaited: true });
}

#[test]
fn a_schedule_is_found_only_with_its_concert() {
    let fixture = unrelated_rows().with_schedule(a_schedule()).with_schedule(a_schedule_of(CONCERT, schedule(3)));
    let complete = LoadedSchedule { schedule: a_schedule(), concert: a_concert() };
    assert_eq!(found(&need::Schedule(SCHEDULE), &fixture), Some(complete));
    assert_eq!(found(&need::Schedule(schedule(50)), &fixture), None);
    assert_eq!(found(&need::Schedule(SCHEDULE), &Fixture { concerts: vec![a_concert_with(OTHER_CONCERT, QUEUE)], ..fixture }), None);
}

/// Returns the result for these seats of [`SCHEDULE`].
#[track_caller]
fn seats_in(fixture: &Fixture, numbers: &[u32]) -> LoadedSeats {
    found(&need::Seats { schedule: SCHEDULE, numbers: numbers.iter().map(|number| seat_number(*number)).collect() }, fixture)
}

#[test]
fn seats_are_found_once_each_by_number_without_missing_ones() {
    let fixture = unrelated_rows().with_seats([a_seat(9), a_seat(8).blocked(), a_seat(7), a_seat(6)]);
    let seats = vec![a_seat(7), a_seat(8).blocked(), a_seat(9)];
    assert_eq!(seats_in(&fixture, &[9, 7, 50, 8, 7]), LoadedSeats { seats, holds: vec![] });
    assert_eq!(seats_in(&fixture, &[]), LoadedSeats::default());
}

#[test]
fn holds_on_seats_are_found_by_id_with_all_their_seats_lapsed_or_not() {
    let (lapsed, live) =
        (hold_until(reservation(2), &[5, 8, 9], NOW), hold_until(reservation(3), &[6, 7], in_seconds(60)).of(BEN, OTHER_TOKEN));
    let of_lapsed = [a_seat(8).held_by(lapsed.id(), NOW), a_seat(9).held_by(lapsed.id(), NOW)];
    let of_live = [a_seat(6), a_seat(7)].map(|seat| seat.held_by(live.id(), in_seconds(60)));
    let fixture = unrelated_rows().with_reservation(live.clone()).with_reservation(lapsed.clone());
    let fixture = fixture.with_seats(of_live.clone()).with_seats(of_lapsed.clone());

    let found = seats_in(&fixture, &[7, 8]);

    assert_eq!(found.seats, [of_live[1].clone(), of_lapsed[0].clone()]);
    assert_eq!(found.holds, [loaded(&lapsed, of_lapsed), loaded(&live, of_live)], "seat 5 doesn't exist");
    assert_eq!(found.hold(lapsed.id()), Some(&found.holds[0]));
    assert_eq!((found.hold(live.id()), found.hold(RESERVATION)), (Some(&found.holds[1]), None));
    assert_eq!(ids(&seats_in(&fixture, &[9]).holds), [lapsed.id()], "other holds are not included");
}

#[test]
fn a_reservation_named_by_a_seat_is_a_hold_only_if_its_row_is_held() {
    let names = [(7, RESERVATION), (8, reservation(2)), (9, reservation(3))];
    let fixture = unrelated_rows()
        .with_seats(names.map(|(number, id)| a_seat(number).held_by(id, NOW)))
        .with_reservation(hold_until(RESERVATION, &[7], NOW).confirmed_by(PAYMENT))
        .with_reservation(hold_until(reservation(2), &[8], NOW).cancelled(CancelReason::Expired));
    let seats = seats_in(&fixture, &[7, 8, 9]);
    assert_eq!((seats.seats.len(), seats.holds), (3, vec![]));
}

#[test]
fn seats_are_found_by_exact_labels() {
    let fixture = unrelated_rows().with_seats([a_seat(9), a_seat(8).blocked(), a_seat(7), a_seat(6)]);
    let labels = ["Row A 8", "row A 9", "Row A 6 ", "Row A 7", "Row A 8", "Row A 50", ""].map(str::to_owned).to_vec();
    assert_eq!(found(&need::LabelledSeats { schedule: SCHEDULE, labels }, &fixture), [a_seat(7), a_seat(8).blocked()]);
    assert_eq!(found(&need::LabelledSeats { schedule: SCHEDULE, labels: Vec::new() }, &fixture), []);
}

#[test]
fn a_reservation_is_found_with_its_schedule_its_seats_and_its_concert() {
    let seats = [a_seat(7).held_by(RESERVATION, NOW), a_seat(8).held_by(reservation(2), in_seconds(60))];
    for reservation in
        [hold_until(RESERVATION, &[7, 8, 9], NOW), hold_until(RESERVATION, &[7, 8, 9], NOW).cancelled(CancelReason::Released)]
    {
        let fixture = unrelated_rows().with_seats(seats.clone()).with_seats([a_seat(6)]).with_reservation(reservation.clone());
        let complete = Some((loaded(&reservation, seats.clone()), a_concert()));
        assert_eq!(
            found(&need::Reservation(RESERVATION), &fixture),
            complete,
            "seat 8 belongs to another reservation, seat 9 doesn't exist"
        );
        let no_schedule = Fixture { schedules: vec![a_schedule_of(CONCERT, OTHER_SCHEDULE)], ..fixture.clone() };
        assert_eq!(found(&need::Reservation(RESERVATION), &no_schedule), None);
        let no_concert = Fixture { concerts: vec![a_concert_with(OTHER_CONCERT, QUEUE)], ..fixture };
        assert_eq!(found(&need::Reservation(RESERVATION), &no_concert), None);
    }
    assert_eq!(found(&need::Reservation(RESERVATION), &unrelated_rows()), None);
}

#[test]
fn holds_under_a_token_are_found_for_any_schedule_without_ended_ones() {
    let (live, lapsed) = (hold_until(reservation(3), &[7], in_seconds(60)), hold_until(reservation(2), &[8], NOW));
    let elsewhere = hold_until(reservation(4), &[7], in_seconds(60)).at(OTHER_CONCERT, OTHER_SCHEDULE);
    let seats = [a_seat(7).held_by(live.id(), in_seconds(60)), a_seat(8).held_by(lapsed.id(), NOW)];
    let fixture = [
        live.clone(),
        lapsed.clone(),
        elsewhere.clone(),
        hold_until(reservation(5), &[9], NOW).confirmed_by(PAYMENT),
        hold_until(reservation(6), &[9], NOW).cancelled(CancelReason::Released),
        hold_until(reservation(7), &[9], in_seconds(60)).of(ADA, OTHER_TOKEN),
    ];
    let fixture = fixture.into_iter().fold(unrelated_rows().with_seats(seats.clone()), Fixture::with_reservation);

    let holds = found(&need::HoldsOfToken(TOKEN), &fixture);

    let [on_7, on_8] = seats;
    assert_eq!(holds[..2], [loaded(&lapsed, [on_8]), loaded(&live, [on_7])]);
    assert_eq!((&holds[2].reservation, holds[2].schedule.id(), holds.len()), (&elsewhere, OTHER_SCHEDULE, 3));
    assert_eq!(found(&need::HoldsOfToken(token(50)), &fixture), []);
}

#[test]
fn owned_reservations_are_held_or_confirmed_for_any_schedule_of_the_concert() {
    let second = a_schedule_of(CONCERT, schedule(3));
    let lapsed = hold_until(reservation(2), &[7], NOW);
    let sold = hold_until(reservation(3), &[7], NOW).at(CONCERT, second.id()).of(ADA, OTHER_TOKEN).confirmed_by(PAYMENT);
    let fixture = [
        sold.clone(),
        lapsed.clone(),
        hold_until(reservation(4), &[8], in_seconds(60)).cancelled(CancelReason::Released),
        hold_until(reservation(5), &[8], in_seconds(60)).at(OTHER_CONCERT, OTHER_SCHEDULE),
        hold_until(reservation(6), &[8], in_seconds(60)).of(BEN, TOKEN),
    ];
    let fixture =
        fixture.into_iter().fold(unrelated_rows().with_schedule(a_schedule()).with_schedule(second.clone()), Fixture::with_reservation);
    let owned = [
        OwnedReservation { reservation: lapsed, schedule: a_schedule() },
        OwnedReservation { reservation: sold, schedule: second.clone() },
    ];
    for id in [SCHEDULE, second.id()] {
        assert_eq!(found(&need::OwnedBy { user: ADA, schedule: id }, &fixture), owned);
    }
    assert_eq!(found(&need::OwnedBy { user: ADA, schedule: schedule(50) }, &fixture), []);
}

#[test]
fn a_payment_is_found_only_with_its_reservation_and_the_payers_wallet() {
    let reservation = hold_until(RESERVATION, &[7, 8], NOW).confirmed_by(PAYMENT);
    let seats = [a_seat(7), a_seat(8)].map(|seat| seat.sold_to(RESERVATION));
    let payment = payment_for(PAYMENT, RESERVATION, 120_000);
    let fixture = unrelated_rows()
        .with_reservation(reservation.clone())
        .with_seats(seats.clone())
        .with_payment(payment.clone())
        .with_wallet(a_wallet(ADA, 5));
    let complete = LoadedPayment { payment, reservation: loaded(&reservation, seats), wallet: a_wallet(ADA, 5) };
    assert_eq!(found(&need::Payment(PAYMENT), &fixture), Some(complete));
    for incomplete in [
        unrelated_rows(),
        Fixture { reservations: Vec::new(), ..fixture.clone() },
        Fixture { schedules: Vec::new(), ..fixture.clone() },
        Fixture { wallets: unrelated_rows().wallets, ..fixture },
    ] {
        assert_eq!(found(&need::Payment(PAYMENT), &incomplete), None);
    }
}

/// The maximum duration of a hold.
const LONGEST: Duration = Duration::MINUTE;

#[track_caller]
fn lapsed_in(fixture: &Fixture, at_most: u32) -> Vec<LoadedReservation> {
    found(&need::LapsedHolds { at_most, longest: LONGEST }, fixture).into_iter().map(Result::unwrap).collect()
}

#[test]
fn lapsed_holds_are_found_earliest_first_up_to_the_limit() {
    let hold = |number: u32, seconds| hold_until(reservation(number.into()), &[number], in_seconds(seconds));
    let [third, first, second] = [hold(1, 0), hold(2, -60), hold(3, -30)];
    let seats = [2, 3].map(|number| a_seat(number).held_by(reservation(number.into()), NOW));
    let fixture = [
        third.clone(),
        first.clone(),
        second.clone(),
        hold(4, 1),
        hold(5, -5).confirmed_by(PAYMENT),
        hold(6, -5).cancelled(CancelReason::Expired),
    ];
    let fixture = fixture.into_iter().fold(unrelated_rows().with_seats(seats.clone()), Fixture::with_reservation);
    let [on_2, on_3] = seats;
    let expected = [loaded(&first, [on_2]), loaded(&second, [on_3]), loaded(&third, [])];
    for (at_most, found) in [(0, 0), (1, 1), (2, 2), (3, 3), (9, 3)] {
        assert_eq!(lapsed_in(&fixture, at_most), expected[..found], "at most {at_most}");
    }
}

#[test]
fn holds_of_a_recently_cancelled_schedule_follow_those_past_their_deadline() {
    let (lapsed, live) = (hold_until(reservation(2), &[8], NOW), hold_until(RESERVATION, &[7], NOW + MOMENT));
    let fixture = unrelated_rows().with_reservation(live.clone()).with_reservation(lapsed.at(CONCERT, schedule(3)));
    let cancelled = |ago: Duration| {
        let mut schedule = a_schedule();
        schedule.row = schedule.row.cancel(Cancellation { at: NOW - ago, reason: None });
        fixture.clone().with_schedule(schedule)
    };
    assert_eq!(ids(&lapsed_in(&fixture, 9)), [reservation(2)]);
    let recently = cancelled(LONGEST - MOMENT);
    assert_eq!(ids(&lapsed_in(&recently, 9)), [reservation(2), RESERVATION]);
    assert_eq!(ids(&lapsed_in(&recently, 1)), [reservation(2)]);
    assert_eq!(ids(&lapsed_in(&cancelled(LONGEST), 9)), [reservation(2)], "all of its holds have passed their deadlines by now");
}

#[test]
fn a_queue_head_without_a_count_of_active_tokens_has_no_free_capacity() {
    let line = need::QueueHead { queue: QUEUE, at_most: 1 };
    let active = |queue_counts: &[Option<u32>]| {
        let mut rows = Fixture::at(NOW).with_queue(a_queue(), 0, 0).rows();
        for active in queue_counts {
            rows.add_queue_counts(QUEUE, QueueCounts { admission: an_admission(QUEUE), waiting: 1, active: *active });
        }
        line.find(&rows).unwrap_or_else(|unreadable| panic!("{unreadable}")).map(|line| line.active)
    };
    assert_eq!(active(&[Some(3), None]), Some(3), "an earlier count is kept");
    let mut uncounted = domain::Rows::at(NOW).with(a_queue());
    uncounted.add_queue_counts(QUEUE, QueueCounts { admission: an_admission(QUEUE), waiting: 1, active: None });
    assert_eq!(line.find(&uncounted).map(|line| line.map(|line| line.active)), Ok(Some(u32::MAX)));
}

#[test]
fn sessions_are_those_of_the_user_by_slot() {
    let of = |slot| a_session(ADA).with(|session| Session::restore(session.owner().clone(), slot, NOW, session.state().clone()));
    assert_eq!(found(&need::Sessions(ADA), &unrelated_rows()), []);
    let fixture = unrelated_rows().with_session(of(4)).with_session(of(1));
    assert_eq!(found(&need::Sessions(ADA), &fixture), [of(1), of(4)]);
}
