//! Join: a place in the line.

use domain::decide::join::{Command, Joined};
use domain::queue::PolicyOverrides;
use domain::{
    Cancellation, Change, Concert, Event, ExpiryReason, Fact, Guard, NewToken, Queue, QueueState, QueueToken, Refusal, Remark, Schedule,
    User, Version, Versioned, Wallet, Write,
};

use crate::fixtures::*;

const ADA_JOINS: Command = Command { user: ADA, concert: None, token: OTHER_TOKEN };
const FOR_THE_CONCERT: Command = Command { concert: Some(CONCERT), ..ADA_JOINS };

/// The queue of those who name no concert.
fn the_queue() -> Versioned<Queue> {
    let mut queue = a_queue();
    queue.row.id = Queue::DEFAULT;
    queue
}

/// Ada's place in it.
fn a_place() -> Versioned<QueueToken> {
    a_token().in_queue(Queue::DEFAULT)
}

fn the_line(state: QueueState) -> Scene {
    Scene::at(NOW).with_user(a_user()).with_queue(the_queue().in_state(state), 0, 5)
}

/// The default queue is closed, that of the concert is open.
fn the_line_for(concert: Versioned<Concert>) -> Scene {
    the_line(QueueState::Closed).with_queue(a_queue(), 0, 5).with_concert(concert)
}

fn a_new_place() -> NewToken {
    NewToken { id: OTHER_TOKEN, queue: Queue::DEFAULT, user: ADA, concert: None, joined_at: NOW }
}

fn joined_event() -> Event {
    Fact::QueueJoined { token: OTHER_TOKEN.digest(), queue: Queue::DEFAULT, user: ADA, concert: None }.at(Version(1))
}

#[test]
fn who_joins_takes_a_place_that_the_store_will_number() {
    let (outcome, change) = outcome_of(decided(&the_line(QueueState::Open), &ADA_JOINS));
    assert_eq!(outcome, Joined::New(a_new_place()));
    let expected = Change {
        guards: vec![Guard::Queue(Queue::DEFAULT, a_queue().version)],
        writes: vec![Write::insert(a_new_place()).into()],
        events: vec![joined_event()],
        ..Change::default()
    };
    assert_eq!(change, Some(expected));
}

#[test]
fn a_join_takes_the_limit_of_the_line_along_for_those_who_join_at_once() {
    let line = |max_waiting| {
        let overrides = PolicyOverrides { max_waiting, ..PolicyOverrides::default() };
        the_line(QueueState::Open).with_queue(the_queue().with(overrides), 0, 5)
    };
    let room = |max_waiting| {
        let guards = change_of(decided(&line(max_waiting), &ADA_JOINS)).guards;
        guards.into_iter().filter(|guard| matches!(guard, Guard::Room(..))).collect::<Vec<_>>()
    };
    assert_eq!(room(Some(6)), [Guard::Room(Queue::DEFAULT, 6)]);
    assert_eq!(room(None), []);
}

#[test]
fn a_join_for_a_concert_relies_on_the_concerts_queue() {
    let change = change_of(decided(&the_line_for(a_concert()), &FOR_THE_CONCERT));
    assert_eq!(change.guards, [Guard::Queue(QUEUE, a_queue().version), Guard::Concert(CONCERT, a_concert().version)]);
    assert_eq!(row_of::<NewToken>(&change).and_then(|place| place.concert), Some(CONCERT));
    let joined = Fact::QueueJoined { token: OTHER_TOKEN.digest(), queue: QUEUE, user: ADA, concert: Some(CONCERT) };
    assert_eq!(change.events, [joined.at(Version(1))]);
}

#[test]
fn nobody_joins_for_a_concert_whose_dates_ahead_are_all_cancelled() {
    let joining = |dates: &[Schedule], concert: Versioned<Concert>| {
        let dates = dates.iter().map(|date| Versioned::new(a_date().version, date.clone()));
        decided(&dates.fold(the_line_for(concert), Scene::with_date), &FOR_THE_CONCERT)
    };
    let cancelled = |number: u128, reason: Option<&str>, ago: i64| {
        let cancellation = Cancellation { at: in_seconds(-ago), ..a_cancellation(reason.unwrap_or_default()) };
        but(a_date().row, |row| row.id = date(number)).cancel(cancellation)
    };
    let over = but(a_date().row, |row| (row.id, row.starts_at) = (date(2), NOW));
    let refusal = |reason: Option<&str>| Refusal::ScheduleCancelled { reason: reason.and_then(|reason| Remark::new(reason).ok()) };

    let dates = [over.clone(), cancelled(3, Some("rain"), 60), cancelled(4, Some("a cold"), 30), cancelled(5, Some("a strike"), 90)];
    assert_eq!(refusal_of(joining(&dates, a_concert())), refusal(Some("a cold")), "the last news");
    assert_eq!(refusal_of(joining(&[cancelled(3, None, 1)], a_concert())), refusal(None));
    let mut whole = a_concert();
    whole.row = whole.row.cancel(a_cancellation("the end"));
    assert_eq!(refusal_of(joining(&[], whole)), refusal(Some("the end")));

    for dates in [vec![], vec![over], vec![cancelled(3, None, 1), a_date().row]] {
        let takes_place = dates.iter().any(|date| *date == a_date().row);
        let guards = change_of(joining(&dates, a_concert())).guards;
        let of_a_date: Vec<_> = guards.into_iter().filter(|guard| matches!(guard, Guard::Schedule(..))).collect();
        assert_eq!(of_a_date, if takes_place { vec![Guard::Schedule(DATE, a_date().version)] } else { vec![] });
    }
}

#[test]
fn the_first_write_of_an_unknown_user_brings_user_and_wallet() {
    let scene = Scene { users: Vec::new(), ..the_line(QueueState::Open) };
    let change = change_of(decided(&scene, &ADA_JOINS));
    assert_eq!(written(&change), [Write::insert(User { id: ADA, name: None, created_at: NOW })]);
    assert_eq!(written(&change), [Write::insert(Wallet::new(ADA))]);
    assert_eq!(change.events, [Fact::UserRegistered { user: ADA }.at(Version(1)), joined_event()]);
}

#[test]
fn joining_again_returns_the_live_token_and_writes_nothing() {
    for live in [a_place(), a_place().unclaimed(NOW, NOW + MOMENT), a_place().claimed(in_seconds(-60), NOW + MOMENT)] {
        for state in [QueueState::Open, QueueState::Paused, QueueState::Closed] {
            let (outcome, change) = outcome_of(decided(&the_line(state).with_token(live.clone()), &ADA_JOINS));
            assert_eq!((outcome, change), (Joined::Live(live.row.clone()), None));
        }
    }
}

#[test]
fn a_lapsed_token_is_ended_by_the_join_that_takes_its_place() {
    let lapsed = a_place().unclaimed(in_seconds(-120), NOW);
    let change = change_of(decided(&the_line(QueueState::Open).with_token(lapsed.clone()), &ADA_JOINS));
    let ended = lapsed.row.clone().lapse(NOW).unwrap();
    assert_eq!(written(&change), [Write::update(&lapsed, ended)]);
    assert_eq!(written(&change), [Write::insert(a_new_place())]);
    let reason = ExpiryReason::Unclaimed;
    let expired = Fact::TokenExpired { token: TOKEN.digest(), queue: Queue::DEFAULT, user: ADA, number: 1, reason };
    assert_eq!(change.events, [expired.at(Version(201)), joined_event()]);
}

#[test]
fn tokens_that_ended_or_are_anothers_or_of_another_queue_are_in_nobodys_way() {
    let scene = the_line(QueueState::Open)
        .with_token(a_place().ended(ExpiryReason::Paid))
        .with_token(a_place().of(BEN, token(3)))
        .with_token(a_token().of(ADA, token(4)).in_queue(OTHER_QUEUE));
    let change = change_of(decided(&scene, &ADA_JOINS));
    assert_eq!((written(&change), written::<QueueToken>(&change)), (vec![Write::insert(a_new_place())], Vec::new()));
}

#[test]
fn a_paused_queue_takes_in_and_a_closed_one_does_not() {
    assert!(decided(&the_line(QueueState::Paused), &ADA_JOINS).is_ok());
    let closed = the_line(QueueState::Closed);
    assert_eq!(refusal_of(decided(&closed, &ADA_JOINS)), Refusal::QueueClosed);
    let with_lapsed = closed.with_token(a_place().unclaimed(in_seconds(-120), NOW));
    assert_eq!(refusal_of(decided(&with_lapsed, &ADA_JOINS)), Refusal::QueueClosed);
}

#[test]
fn a_line_is_full_at_its_longest() {
    let up_to = |max_waiting| {
        let own = PolicyOverrides { max_waiting: Some(max_waiting), ..PolicyOverrides::default() };
        decided(&Scene::at(NOW).with_queue(the_queue().with(own), 0, 5), &ADA_JOINS)
    };
    assert!(up_to(6).is_ok());
    assert_eq!(refusal_of(up_to(5)), Refusal::QueueFull);
    assert_eq!(refusal_of(up_to(4)), Refusal::QueueFull);
}

#[test]
fn there_is_no_place_in_a_line_that_does_not_exist() {
    assert_eq!(refusal_of(decided(&Scene::at(NOW), &ADA_JOINS)), Refusal::NotFound);
    assert_eq!(refusal_of(decided(&the_line(QueueState::Open), &FOR_THE_CONCERT)), Refusal::NotFound, "nor for a concert that doesn't");
}
