//! Needs: what each finds among all the rows that there are.

use domain::loaded::{
    ConcertUse, LoadedAccount, LoadedConcert, LoadedLine, LoadedPayment, LoadedPlace, LoadedReservation, LoadedSchedule, LoadedSeats,
    LoadedToken, OwnedReservation,
};
use domain::need::{self, Standing};
use domain::{
    CancelReason, Cancellation, Concert, ConcertId, ExpiryReason, Need, Needs, Offer, Operation, Outcome, Queue, QueueId, QueueToken,
    Reservation, Schedule, ScheduleId, Seat, Version, Versioned, Wallet,
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

/// A row of every kind that none of the needs is about: Ben's, in another queue, for another concert.
fn the_others() -> Scene {
    let bens_key = idempotency(BEN, Operation::Pay, "once");
    let bens_wallet = Versioned::new(Version(501), Wallet::restore(BEN, won(9), 1));
    let bens_token = |number: u64| a_token(ADA).of(BEN, token(90 + number)).numbered(number).with(|token| token.with_queue(OTHER_QUEUE));
    let until = in_seconds(300);
    Scene::at(NOW)
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
        .with_payment(payment_for(OTHER_PAYMENT, ELSEWHERE, 9).with(|row| row.with_user(BEN)).at_version(401))
}

#[track_caller]
fn found<N: Needs>(need: &N, scene: &Scene) -> N::Found {
    need.find(&scene.rows()).unwrap_or_else(|unreadable| panic!("{unreadable}"))
}

/// What is loaded of a reservation for [`SCHEDULE`].
fn loaded(reservation: &Versioned<Reservation>, seats: impl Into<Vec<Versioned<Seat>>>) -> LoadedReservation {
    LoadedReservation { reservation: reservation.clone(), schedule: a_schedule(), seats: seats.into() }
}

fn ids<'a>(found: impl IntoIterator<Item = &'a LoadedReservation>) -> Vec<domain::ReservationId> {
    found.into_iter().map(|found| found.reservation.id()).collect()
}

#[test]
fn needs_are_asked_one_by_one_and_those_that_are_not_there_not_at_all() {
    let (schedules, nothing) = (vec![need::Schedule(SCHEDULE), need::Schedule(OTHER_SCHEDULE)], None::<need::Token>);
    let mut asked = Vec::new();
    (need::Concert(CONCERT), Some(need::Queue(QUEUE)), nothing, schedules).ask(&mut asked);
    let (concert, queue) = (need::Concert(CONCERT).into(), need::Queue(QUEUE).into());
    assert_eq!(asked, [concert, queue, Need::from(need::Schedule(SCHEDULE)), need::Schedule(OTHER_SCHEDULE).into()]);
}

#[test]
fn several_needs_find_each_its_own_in_their_order() {
    let scene = the_others().with_queue(a_queue(), 0, 0).with_schedule(a_schedule());
    let schedules = [OTHER_SCHEDULE, schedule(50), SCHEDULE].map(need::Schedule).to_vec();
    let (queue, nothing, schedules) = found(&(Some(need::Queue(QUEUE)), None::<need::Token>, schedules), &scene);
    assert_eq!((queue, nothing), (Some(Some(a_queue())), None));
    let schedules: Vec<_> = schedules.into_iter().map(|found| found.map(|found| found.schedule.row.id())).collect();
    assert_eq!(schedules, [Some(OTHER_SCHEDULE), None, Some(SCHEDULE)]);
}

#[test]
fn a_key_is_found_by_its_user_its_route_and_its_words() {
    let of = |operation| a_key_record(&idempotency(ADA, operation, "once"), an_outcome(), in_seconds(-1));
    let mut others_words = of(Operation::Pay);
    others_words.row.scope.key = domain::IdempotencyKey::new("twice").unwrap();
    let scene = the_others().with_key(of(Operation::Charge)).with_key(others_words).with_key(of(Operation::Pay));
    assert_eq!(found(&need::Key(idempotency(ADA, Operation::Pay, "once").scope), &scene), Some(of(Operation::Pay)));
    assert_eq!(found(&need::Key(idempotency(ADA, Operation::Refund, "once").scope), &scene), None);
}

#[test]
fn an_account_is_a_user_and_their_wallet_as_far_as_they_are_there() {
    let account = |scene: Scene| found(&need::Account(ADA), &scene);
    let (user, wallet) = (Some(a_user(ADA)), Some(a_wallet(ADA, 70)));
    let both = the_others().with_user(a_user(ADA)).with_wallet(a_wallet(ADA, 70));
    assert_eq!(account(both), LoadedAccount { user: user.clone(), wallet: wallet.clone() });
    assert_eq!(account(the_others().with_user(a_user(ADA))), LoadedAccount { user, wallet: None });
    assert_eq!(account(the_others().with_wallet(a_wallet(ADA, 70))), LoadedAccount { user: None, wallet });
    assert_eq!(account(the_others()), LoadedAccount::default());
}

#[test]
fn a_token_is_found_with_its_queue_and_not_without() {
    let scene = the_others().with_queue(a_queue(), 0, 0);
    for token in [a_token(ADA), a_token(ADA).claimed(in_seconds(-600), NOW), a_token(ADA).ended(ExpiryReason::Left)] {
        let whole = scene.clone().with_token(token.clone());
        assert_eq!(found(&need::Token(TOKEN), &whole), Some(LoadedToken { token, queue: a_queue() }));
        let without = Scene { queues: vec![a_queue_with(OTHER_QUEUE)], ..whole };
        assert_eq!(found(&need::Token(TOKEN), &without), None);
    }
    assert_eq!(found(&need::Token(TOKEN), &scene), None);
}

/// The queue of [`CONCERT`] in the scene of two lines; [`QUEUE`] is the default one.
const ITS_QUEUE: QueueId = QueueId(uuid::Uuid::from_u128(99));

/// Ada's place there.
fn her_place() -> Versioned<QueueToken> {
    a_token(ADA).with(|token| token.with_queue(ITS_QUEUE))
}

/// Ada and Ben stand in the default queue and in that of [`CONCERT`].
fn two_lines() -> Scene {
    the_others()
        .with_queue(a_queue(), 1, 4)
        .with_queue(a_queue_with(ITS_QUEUE), 2, 5)
        .with_token(her_place())
        .with_token(her_place().of(BEN, token(4)).numbered(2))
        .with_token(a_token(ADA).of(ADA, token(5)))
        .with_token(a_token(ADA).of(BEN, token(6)).numbered(2))
        .with_concert(a_concert_with(CONCERT, ITS_QUEUE))
        .with_schedule(a_schedule())
}

#[test]
fn a_place_is_the_users_own_in_the_default_queue_or_in_that_of_the_concert() {
    let in_default = found(&need::Place { user: ADA, concert: None }, &two_lines());
    let token = Some(a_token(ADA).of(ADA, token(5)));
    assert_eq!(in_default, Some(LoadedPlace { concert: None, queue: a_queue(), waiting: 4, token }));

    let for_the_concert = found(&need::Place { user: ADA, concert: Some(CONCERT) }, &two_lines());
    let concert = Some(LoadedConcert { concert: a_concert_with(CONCERT, ITS_QUEUE), schedules: vec![a_schedule()] });
    assert_eq!(for_the_concert, Some(LoadedPlace { concert, queue: a_queue_with(ITS_QUEUE), waiting: 5, token: Some(her_place()) }));
}

#[test]
fn a_place_is_kept_until_its_row_has_ended() {
    let token_of = |token| found(&need::Place { user: ADA, concert: Some(CONCERT) }, &two_lines().with_token(token)).unwrap().token;
    let lapsed = her_place().claimed(in_seconds(-600), NOW);
    assert_eq!(token_of(lapsed.clone()), Some(lapsed));
    assert_eq!(token_of(her_place().ended(ExpiryReason::Paid)), None);
    let earlier = her_place().of(ADA, token(7)).ended(ExpiryReason::Paid);
    assert_eq!(token_of(earlier), Some(her_place()), "one that has ended hides no other");
}

#[test]
fn there_is_no_place_without_the_concert_or_the_queue() {
    let for_the_concert = need::Place { user: ADA, concert: Some(CONCERT) };
    assert_eq!(found(&for_the_concert, &Scene { concerts: Vec::new(), ..two_lines() }), None);
    let without_queues = Scene { queues: Vec::new(), ..two_lines() };
    assert_eq!(found(&for_the_concert, &without_queues), None);
    assert_eq!(found(&need::Place { user: ADA, concert: None }, &without_queues), None);
}

/// The later they came, the lower is their id.
fn waiting(number: u64) -> Versioned<QueueToken> {
    a_token(ADA).of(ADA, token(50 - number)).numbered(number)
}

fn active(number: u64, expires_at: i64) -> Versioned<QueueToken> {
    waiting(number).claimed(in_seconds(-600), in_seconds(expires_at))
}

/// Of [`QUEUE`], two have lapsed, one is in, one has left, and three wait.
fn a_line() -> Scene {
    let tokens = [waiting(9), active(1, -10), waiting(7), active(2, -60), active(3, 1), waiting(4).ended(ExpiryReason::Left), waiting(8)];
    tokens.into_iter().fold(the_others().with_queue(a_queue(), 3, 6), Scene::with_token)
}

#[track_caller]
fn line_in(scene: &Scene, at_most: u32) -> Option<LoadedLine> {
    found(&need::Line { queue: QUEUE, at_most }, scene)
}

#[test]
fn a_line_is_those_of_the_queue_who_have_lapsed_and_who_wait() {
    let expected = LoadedLine {
        queue: a_queue(),
        admission: ADMISSION,
        waiting: 6,
        active: 3,
        offers: None,
        lapsed: vec![active(2, -60), active(1, -10)],
        foremost: vec![waiting(7), waiting(8), waiting(9)],
    };
    assert_eq!(line_in(&a_line(), 10), Some(expected));
    let mut at_the_deadline = a_line();
    at_the_deadline.now = in_seconds(1);
    assert_eq!(line_in(&at_the_deadline, 10).map(|line| line.lapsed), Some(vec![active(2, -60), active(1, -10), active(3, 1)]));
}

#[test]
fn a_line_is_cut_to_the_earliest_deadlines_and_the_lowest_numbers() {
    for (at_most, lapsed, foremost) in [(0, &[][..], &[][..]), (1, &[2], &[7]), (2, &[2, 1], &[7, 8]), (3, &[2, 1], &[7, 8, 9])] {
        let line = line_in(&a_line(), at_most).unwrap();
        let numbers = |tokens: &[Versioned<QueueToken>]| tokens.iter().map(|token| token.number()).collect::<Vec<_>>();
        assert_eq!((&numbers(&line.lapsed)[..], &numbers(&line.foremost)[..]), (lapsed, foremost), "at most {at_most}");
        assert_eq!((line.active, line.waiting), (3, 6), "all are counted");
    }
}

#[test]
fn a_line_knows_the_schedules_that_its_queue_alone_admits_to() {
    let offers = |scene: &Scene| line_in(scene, 1).unwrap().offers;
    let offer = |number, has_seats| Offer { schedule: a_schedule_of(CONCERT, schedule(number)).row, has_seats };
    assert_eq!(offers(&a_line().with_schedule(a_schedule())), None, "it is no concert's own");
    assert_eq!(offers(&a_line().with_offers(QUEUE, [])), Some(vec![]), "the concert has no dates");
    let mut two = a_line().with_schedule(a_schedule()).with_offers(QUEUE, [offer(3, true), offer(4, false)]);
    assert_eq!(offers(&two), Some(vec![offer(3, true), offer(4, false)]));
    two.schedules.retain(|found| found.id() != schedule(3));
    assert_eq!(offers(&two), Some(vec![offer(4, false)]), "a date that isn't there is none");
}

#[test]
fn there_is_no_line_without_its_queue_and_how_that_stands() {
    assert_eq!(line_in(&Scene { queues: Vec::new(), ..a_line() }, 10), None);
    let elsewhere = Standing { admission: ADMISSION, waiting: 1, active: Some(1) };
    assert_eq!(line_in(&Scene { standings: [(OTHER_QUEUE, elsewhere)].into(), ..a_line() }, 10), None);
}

#[test]
fn a_queue_is_found_by_its_id() {
    assert_eq!(found(&need::Queue(QUEUE), &the_others().with_queue(a_queue(), 0, 0)), Some(a_queue()));
    assert_eq!(found(&need::Queue(QUEUE), &the_others()), None);
}

#[test]
fn a_concert_is_found_with_all_its_schedules_by_start_then_id() {
    let early = a_schedule_of(CONCERT, schedule(5)).with(|schedule| {
        let earlier = schedule.starts_at() - Duration::DAY;
        schedule.with_start(earlier)
    });
    let late = a_schedule_of(CONCERT, schedule(4));
    let scene = the_others().with_concert(a_concert()).with_schedule(late.clone()).with_schedule(a_schedule()).with_schedule(early.clone());
    let concert = LoadedConcert { concert: a_concert(), schedules: vec![early, a_schedule(), late] };
    assert_eq!(found(&need::Concert(CONCERT), &scene), Some(concert));

    let none_yet = LoadedConcert { concert: a_concert(), schedules: vec![] };
    assert_eq!(found(&need::Concert(CONCERT), &the_others().with_concert(a_concert())), Some(none_yet));
    assert_eq!(found(&need::Concert(CONCERT), &Scene { concerts: Vec::new(), ..scene }), None);
}

#[test]
fn a_concert_is_in_use_by_what_is_said_of_it_alone() {
    let in_use = |scene: Scene| found(&need::ConcertInUse(CONCERT), &scene);
    assert_eq!(in_use(the_others().with_concert(a_concert())), ConcertUse::default());
    assert_eq!(in_use(the_others().with_held(CONCERT)), ConcertUse { held: true, awaited: false });
    assert_eq!(in_use(the_others().with_awaited(CONCERT)), ConcertUse { held: false, awaited: true });
    assert_eq!(in_use(the_others().with_awaited(CONCERT).with_held(CONCERT)), ConcertUse { held: true, awaited: true });
}

#[test]
fn a_schedule_is_found_with_its_concert_and_not_without() {
    let scene = the_others().with_schedule(a_schedule()).with_schedule(a_schedule_of(CONCERT, schedule(3)));
    let whole = LoadedSchedule { schedule: a_schedule(), concert: a_concert() };
    assert_eq!(found(&need::Schedule(SCHEDULE), &scene), Some(whole));
    assert_eq!(found(&need::Schedule(schedule(50)), &scene), None);
    assert_eq!(found(&need::Schedule(SCHEDULE), &Scene { concerts: vec![a_concert_with(OTHER_CONCERT, QUEUE)], ..scene }), None);
}

/// What is found of these seats of [`SCHEDULE`].
#[track_caller]
fn seats_in(scene: &Scene, numbers: &[u32]) -> LoadedSeats {
    found(&need::Seats { schedule: SCHEDULE, numbers: numbers.iter().map(|number| seat_number(*number)).collect() }, scene)
}

#[test]
fn seats_are_found_each_once_by_number_and_those_that_are_not_there_left_out() {
    let scene = the_others().with_seats([a_seat(9), a_seat(8).blocked(), a_seat(7), a_seat(6)]);
    let seats = vec![a_seat(7), a_seat(8).blocked(), a_seat(9)];
    assert_eq!(seats_in(&scene, &[9, 7, 50, 8, 7]), LoadedSeats { seats, holds: vec![] });
    assert_eq!(seats_in(&scene, &[]), LoadedSeats::default());
}

#[test]
fn holds_on_seats_are_found_by_id_lapsed_or_not_with_all_their_seats() {
    let (lapsed, live) =
        (hold_until(reservation(2), &[5, 8, 9], NOW), hold_until(reservation(3), &[6, 7], in_seconds(60)).of(BEN, OTHER_TOKEN));
    let of_lapsed = [a_seat(8).held_by(lapsed.id(), NOW), a_seat(9).held_by(lapsed.id(), NOW)];
    let of_live = [a_seat(6), a_seat(7)].map(|seat| seat.held_by(live.id(), in_seconds(60)));
    let scene = the_others().with_reservation(live.clone()).with_reservation(lapsed.clone());
    let scene = scene.with_seats(of_live.clone()).with_seats(of_lapsed.clone());

    let found = seats_in(&scene, &[7, 8]);

    assert_eq!(found.seats, [of_live[1].clone(), of_lapsed[0].clone()]);
    assert_eq!(found.holds, [loaded(&lapsed, of_lapsed), loaded(&live, of_live)], "seat 5 isn't there");
    assert_eq!(found.hold(lapsed.id()), Some(&found.holds[0]));
    assert_eq!((found.hold(live.id()), found.hold(RESERVATION)), (Some(&found.holds[1]), None));
    assert_eq!(ids(&seats_in(&scene, &[9]).holds), [lapsed.id()], "what others hold is not asked for");
}

#[test]
fn what_a_seat_names_is_no_hold_unless_its_row_is_held() {
    let names = [(7, RESERVATION), (8, reservation(2)), (9, reservation(3))];
    let scene = the_others()
        .with_seats(names.map(|(number, id)| a_seat(number).held_by(id, NOW)))
        .with_reservation(hold_until(RESERVATION, &[7], NOW).confirmed_by(PAYMENT))
        .with_reservation(hold_until(reservation(2), &[8], NOW).cancelled(CancelReason::Expired));
    let seats = seats_in(&scene, &[7, 8, 9]);
    assert_eq!((seats.seats.len(), seats.holds), (3, vec![]));
}

#[test]
fn seats_are_found_by_their_labels_letter_by_letter() {
    let scene = the_others().with_seats([a_seat(9), a_seat(8).blocked(), a_seat(7), a_seat(6)]);
    let labels = ["Row A 8", "row A 9", "Row A 6 ", "Row A 7", "Row A 8", "Row A 50", ""].map(str::to_owned).to_vec();
    assert_eq!(found(&need::LabelledSeats { schedule: SCHEDULE, labels }, &scene), [a_seat(7), a_seat(8).blocked()]);
    assert_eq!(found(&need::LabelledSeats { schedule: SCHEDULE, labels: Vec::new() }, &scene), []);
}

#[test]
fn a_reservation_is_found_with_its_schedule_its_seats_and_its_concert() {
    let seats = [a_seat(7).held_by(RESERVATION, NOW), a_seat(8).held_by(reservation(2), in_seconds(60))];
    for reservation in
        [hold_until(RESERVATION, &[7, 8, 9], NOW), hold_until(RESERVATION, &[7, 8, 9], NOW).cancelled(CancelReason::Released)]
    {
        let scene = the_others().with_seats(seats.clone()).with_seats([a_seat(6)]).with_reservation(reservation.clone());
        let whole = Some((loaded(&reservation, seats.clone()), a_concert()));
        assert_eq!(found(&need::Reservation(RESERVATION), &scene), whole, "8 has gone on to another, 9 isn't there");
        let no_schedule = Scene { schedules: vec![a_schedule_of(CONCERT, OTHER_SCHEDULE)], ..scene.clone() };
        assert_eq!(found(&need::Reservation(RESERVATION), &no_schedule), None);
        let no_concert = Scene { concerts: vec![a_concert_with(OTHER_CONCERT, QUEUE)], ..scene };
        assert_eq!(found(&need::Reservation(RESERVATION), &no_concert), None);
    }
    assert_eq!(found(&need::Reservation(RESERVATION), &the_others()), None);
}

#[test]
fn holds_under_a_token_are_found_whatever_their_schedule_and_nothing_that_has_ended() {
    let (live, lapsed) = (hold_until(reservation(3), &[7], in_seconds(60)), hold_until(reservation(2), &[8], NOW));
    let elsewhere = hold_until(reservation(4), &[7], in_seconds(60)).at(OTHER_CONCERT, OTHER_SCHEDULE);
    let seats = [a_seat(7).held_by(live.id(), in_seconds(60)), a_seat(8).held_by(lapsed.id(), NOW)];
    let scene = [
        live.clone(),
        lapsed.clone(),
        elsewhere.clone(),
        hold_until(reservation(5), &[9], NOW).confirmed_by(PAYMENT),
        hold_until(reservation(6), &[9], NOW).cancelled(CancelReason::Released),
        hold_until(reservation(7), &[9], in_seconds(60)).of(ADA, OTHER_TOKEN),
    ];
    let scene = scene.into_iter().fold(the_others().with_seats(seats.clone()), Scene::with_reservation);

    let holds = found(&need::HoldsOfToken(TOKEN), &scene);

    let [on_7, on_8] = seats;
    assert_eq!(holds[..2], [loaded(&lapsed, [on_8]), loaded(&live, [on_7])]);
    assert_eq!((&holds[2].reservation, holds[2].schedule.id(), holds.len()), (&elsewhere, OTHER_SCHEDULE, 3));
    assert_eq!(found(&need::HoldsOfToken(token(50)), &scene), []);
}

#[test]
fn what_a_user_owns_is_held_or_confirmed_on_any_schedule_of_the_concert() {
    let second = a_schedule_of(CONCERT, schedule(3));
    let lapsed = hold_until(reservation(2), &[7], NOW);
    let sold = hold_until(reservation(3), &[7], NOW).at(CONCERT, second.id()).of(ADA, OTHER_TOKEN).confirmed_by(PAYMENT);
    let scene = [
        sold.clone(),
        lapsed.clone(),
        hold_until(reservation(4), &[8], in_seconds(60)).cancelled(CancelReason::Released),
        hold_until(reservation(5), &[8], in_seconds(60)).at(OTHER_CONCERT, OTHER_SCHEDULE),
        hold_until(reservation(6), &[8], in_seconds(60)).of(BEN, TOKEN),
    ];
    let scene = scene.into_iter().fold(the_others().with_schedule(a_schedule()).with_schedule(second.clone()), Scene::with_reservation);
    let owned = [
        OwnedReservation { reservation: lapsed, schedule: a_schedule() },
        OwnedReservation { reservation: sold, schedule: second.clone() },
    ];
    for asked in [SCHEDULE, second.id()] {
        assert_eq!(found(&need::OwnedBy { user: ADA, schedule: asked }, &scene), owned);
    }
    assert_eq!(found(&need::OwnedBy { user: ADA, schedule: schedule(50) }, &scene), []);
}

#[test]
fn a_payment_is_found_with_what_it_paid_for_and_the_payers_wallet_or_not_at_all() {
    let reservation = hold_until(RESERVATION, &[7, 8], NOW).confirmed_by(PAYMENT);
    let seats = [a_seat(7), a_seat(8)].map(|seat| seat.sold_to(RESERVATION));
    let payment = payment_for(PAYMENT, RESERVATION, 120_000);
    let scene = the_others()
        .with_reservation(reservation.clone())
        .with_seats(seats.clone())
        .with_payment(payment.clone())
        .with_wallet(a_wallet(ADA, 5));
    let whole = LoadedPayment { payment, reservation: loaded(&reservation, seats), wallet: a_wallet(ADA, 5) };
    assert_eq!(found(&need::Payment(PAYMENT), &scene), Some(whole));
    for incomplete in [
        the_others(),
        Scene { reservations: Vec::new(), ..scene.clone() },
        Scene { schedules: Vec::new(), ..scene.clone() },
        Scene { wallets: the_others().wallets, ..scene },
    ] {
        assert_eq!(found(&need::Payment(PAYMENT), &incomplete), None);
    }
}

/// The minute after which every hold has passed its deadline.
const LONGEST: Duration = Duration::MINUTE;

#[track_caller]
fn lapsed_in(scene: &Scene, at_most: u32) -> Vec<LoadedReservation> {
    found(&need::LapsedHolds { at_most, longest: LONGEST }, scene).into_iter().map(Result::unwrap).collect()
}

#[test]
fn holds_past_their_deadline_are_found_the_earliest_first_and_cut_behind() {
    let hold = |number: u32, seconds| hold_until(reservation(number.into()), &[number], in_seconds(seconds));
    let [third, first, second] = [hold(1, 0), hold(2, -60), hold(3, -30)];
    let seats = [2, 3].map(|number| a_seat(number).held_by(reservation(number.into()), NOW));
    let scene = [
        third.clone(),
        first.clone(),
        second.clone(),
        hold(4, 1),
        hold(5, -5).confirmed_by(PAYMENT),
        hold(6, -5).cancelled(CancelReason::Expired),
    ];
    let scene = scene.into_iter().fold(the_others().with_seats(seats.clone()), Scene::with_reservation);
    let [on_2, on_3] = seats;
    let expected = [loaded(&first, [on_2]), loaded(&second, [on_3]), loaded(&third, [])];
    for (at_most, found) in [(0, 0), (1, 1), (2, 2), (3, 3), (9, 3)] {
        assert_eq!(lapsed_in(&scene, at_most), expected[..found], "at most {at_most}");
    }
}

#[test]
fn holds_of_a_schedule_that_was_lately_cancelled_come_behind_those_past_their_deadline() {
    let (lapsed, live) = (hold_until(reservation(2), &[8], NOW), hold_until(RESERVATION, &[7], NOW + MOMENT));
    let scene = the_others().with_reservation(live.clone()).with_reservation(lapsed.at(CONCERT, schedule(3)));
    let cancelled = |ago: Duration| {
        let mut schedule = a_schedule();
        schedule.row = schedule.row.cancel(Cancellation { at: NOW - ago, reason: None });
        scene.clone().with_schedule(schedule)
    };
    assert_eq!(ids(&lapsed_in(&scene, 9)), [reservation(2)]);
    let lately = cancelled(LONGEST - MOMENT);
    assert_eq!(ids(&lapsed_in(&lately, 9)), [reservation(2), RESERVATION]);
    assert_eq!(ids(&lapsed_in(&lately, 1)), [reservation(2)]);
    assert_eq!(ids(&lapsed_in(&cancelled(LONGEST), 9)), [reservation(2)], "all of its holds have passed their deadlines since");
}

#[test]
fn a_line_whose_active_tokens_were_not_counted_has_no_places() {
    let line = need::Line { queue: QUEUE, at_most: 1 };
    let active = |standings: &[Option<u32>]| {
        let mut rows = Scene::at(NOW).with_queue(a_queue(), 0, 0).rows();
        for active in standings {
            rows.add_standing(QUEUE, Standing { admission: ADMISSION, waiting: 1, active: *active });
        }
        line.find(&rows).unwrap_or_else(|unreadable| panic!("{unreadable}")).map(|line| line.active)
    };
    assert_eq!(active(&[Some(3), None]), Some(3), "what was counted stays counted");
    let mut uncounted = domain::Rows::at(NOW).with(a_queue());
    uncounted.add_standing(QUEUE, Standing { admission: ADMISSION, waiting: 1, active: None });
    assert_eq!(line.find(&uncounted).map(|line| line.map(|line| line.active)), Ok(Some(u32::MAX)));
}
