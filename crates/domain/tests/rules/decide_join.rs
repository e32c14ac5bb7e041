//! Join: entering a queue.

use domain::decide::join::{Command, Joined};
use domain::queue::PolicyOverrides;
use domain::{
    Cancellation, Change, Concert, Event, ExpiryReason, Fact, Guard, Listing, NewToken, Note, Queue, QueueState, QueueToken, Refusal,
    Schedule, User, Version, Versioned, Wallet, Write,
};

use crate::fixtures::*;

const ADA_JOINS: Command = Command { user: ADA, concert: None, token: OTHER_TOKEN };
const FOR_THE_CONCERT: Command = Command { concert: Some(CONCERT), ..ADA_JOINS };

/// Returns a concert with a queue of its own.
fn concert_with_queue() -> Versioned<Concert> {
    a_concert().with(|concert| concert.move_to(OTHER_QUEUE))
}

/// Returns the queue of that concert.
fn concert_queue() -> Versioned<Queue> {
    a_queue().with(|queue| queue.with_id(OTHER_QUEUE))
}

fn queue_in(state: QueueState) -> Fixture {
    Fixture::at(NOW).with_user(a_user(ADA)).with_queue(a_queue().with_state(state), 0, 5)
}

/// Returns a fixture in which the default queue is closed and that of the concert is open.
fn queue_for(concert: Versioned<Concert>) -> Fixture {
    queue_in(QueueState::Closed).with_queue(concert_queue(), 0, 5).with_concert(concert)
}

fn a_new_token() -> NewToken {
    NewToken { id: OTHER_TOKEN, queue: QUEUE, user: ADA, concert: None, joined_at: NOW }
}

fn joined_event() -> Event {
    Fact::QueueJoined { token: OTHER_TOKEN.digest(), queue: QUEUE, user: ADA, concert: None }.at(Version(1))
}

#[test]
fn a_join_creates_a_token_without_a_number() {
    let (outcome, change) = outcome_of(decided(&queue_in(QueueState::Open), &ADA_JOINS));
    assert_eq!(outcome, Joined::New(a_new_token()));
    let expected = Change {
        guards: vec![Guard::Queue(QUEUE, a_queue().version)],
        writes: vec![Write::insert(a_new_token()).into()],
        events: vec![joined_event()],
        ..Change::default()
    };
    assert_eq!(change, Some(expected));
}

#[test]
fn a_join_guards_the_limit_of_waiting_users_against_concurrent_joins() {
    let fixture = |max_waiting| {
        let overrides = PolicyOverrides { max_waiting, ..PolicyOverrides::default() };
        queue_in(QueueState::Open).with_queue(a_queue().with(|queue| queue.with_overrides(overrides)), 0, 5)
    };
    let room = |max_waiting| {
        let guards = change_of(decided(&fixture(max_waiting), &ADA_JOINS)).guards;
        guards.into_iter().filter(|guard| matches!(guard, Guard::MaxWaiting(..))).collect::<Vec<_>>()
    };
    assert_eq!(room(Some(6)), [Guard::MaxWaiting(QUEUE, 6)]);
    assert_eq!(room(None), []);
}

#[test]
fn a_join_for_a_concert_relies_on_the_concerts_queue() {
    let change = change_of(decided(&queue_for(concert_with_queue()), &FOR_THE_CONCERT));
    assert_eq!(change.guards, [Guard::Queue(OTHER_QUEUE, concert_queue().version), Guard::Concert(CONCERT, concert_with_queue().version)]);
    assert_eq!(row_of::<NewToken>(&change).and_then(|place| place.concert), Some(CONCERT));
    let joined = Fact::QueueJoined { token: OTHER_TOKEN.digest(), queue: OTHER_QUEUE, user: ADA, concert: Some(CONCERT) };
    assert_eq!(change.events, [joined.at(Version(1))]);
}

#[test]
fn joins_for_a_concert_without_uncancelled_future_schedules_are_refused() {
    let joining = |schedules: &[Schedule], concert: Versioned<Concert>| {
        let schedules = schedules.iter().map(|schedule| Versioned::new(a_schedule().version, schedule.clone()));
        decided(&schedules.fold(queue_for(concert), Fixture::with_schedule), &FOR_THE_CONCERT)
    };
    let cancelled = |number: u64, reason: Option<&str>, ago: i64| {
        let cancellation = Cancellation { at: in_seconds(-ago), ..a_cancellation(reason.unwrap_or_default()) };
        a_schedule().with(|row| row.with_id(schedule(number))).row.cancel(cancellation)
    };
    let started = a_schedule().row.with_id(schedule(2)).with_start(NOW);
    let refusal = |reason: Option<&str>| Refusal::ScheduleCancelled { reason: reason.and_then(|reason| Note::new(reason).ok()) };

    let schedules = [started.clone(), cancelled(3, Some("rain"), 60), cancelled(4, Some("a cold"), 30), cancelled(5, Some("a strike"), 90)];
    assert_eq!(refusal_of(joining(&schedules, concert_with_queue())), refusal(Some("a cold")), "the latest cancellation");
    assert_eq!(refusal_of(joining(&[cancelled(3, None, 1)], concert_with_queue())), refusal(None));
    let mut whole = concert_with_queue();
    whole.row = whole.row.cancel(a_cancellation("the end"));
    assert_eq!(refusal_of(joining(&[], whole)), refusal(Some("the end")));

    for schedules in [vec![], vec![started], vec![cancelled(3, None, 1), a_schedule().row]] {
        let takes_place = schedules.iter().any(|schedule| *schedule == a_schedule().row);
        let guards = change_of(joining(&schedules, concert_with_queue())).guards;
        let of_a_schedule: Vec<_> = guards.into_iter().filter(|guard| matches!(guard, Guard::Schedule(..))).collect();
        assert_eq!(of_a_schedule, if takes_place { vec![Guard::Schedule(SCHEDULE, a_schedule().version)] } else { vec![] });
    }
}

#[test]
fn a_draft_cannot_be_joined_for_until_the_instant_of_its_publication() {
    let publishing_at =
        |at| concert_with_queue().with(|concert| concert.with_listing(Listing { publishes_at: Some(at), ..Listing::default() }));
    let draft = queue_for(publishing_at(NOW + MOMENT));
    assert_eq!(refusal_of(decided(&draft, &FOR_THE_CONCERT)), Refusal::NotFound);
    let live = draft.with_token(a_token(ADA).with(|token| token.with_queue(OTHER_QUEUE)));
    assert_eq!(refusal_of(decided(&live, &FOR_THE_CONCERT)), Refusal::NotFound, "also by a user who waits in its queue");
    assert!(matches!(outcome_of(decided(&queue_for(publishing_at(NOW)), &FOR_THE_CONCERT)).0, Joined::New(_)));
}

#[test]
fn the_first_write_of_an_unknown_user_creates_user_and_wallet() {
    let fixture = Fixture { users: Vec::new(), ..queue_in(QueueState::Open) };
    let change = change_of(decided(&fixture, &ADA_JOINS));
    assert_eq!(written(&change), [Write::insert(User { id: ADA, name: None, created_at: NOW })]);
    assert_eq!(written(&change), [Write::insert(Wallet::new(ADA))]);
    assert_eq!(change.events, [Fact::UserRegistered { user: ADA }.at(Version(1)), joined_event()]);
}

#[test]
fn joining_again_returns_the_live_token_and_writes_nothing() {
    for live in [a_token(ADA), a_token(ADA).unclaimed(NOW, NOW + MOMENT), a_token(ADA).claimed(in_seconds(-60), NOW + MOMENT)] {
        for state in [QueueState::Open, QueueState::Paused, QueueState::Closed] {
            let (outcome, change) = outcome_of(decided(&queue_in(state).with_token(live.clone()), &ADA_JOINS));
            assert_eq!((outcome, change), (Joined::Live(live.row.clone()), None));
        }
    }
}

#[test]
fn a_join_ends_the_users_lapsed_token() {
    let lapsed = a_token(ADA).unclaimed(in_seconds(-120), NOW);
    let change = change_of(decided(&queue_in(QueueState::Open).with_token(lapsed.clone()), &ADA_JOINS));
    let ended = lapsed.row.clone().lapse(NOW).unwrap();
    assert_eq!(written(&change), [Write::update(&lapsed, ended)]);
    assert_eq!(written(&change), [Write::insert(a_new_token())]);
    let reason = ExpiryReason::Unclaimed;
    let expired = Fact::TokenExpired { token: TOKEN.digest(), queue: QUEUE, user: ADA, number: 1, reason };
    assert_eq!(change.events, [expired.at(Version(201)), joined_event()]);
}

#[test]
fn ended_tokens_and_those_of_other_users_or_queues_do_not_prevent_a_join() {
    let fixture = queue_in(QueueState::Open)
        .with_token(a_token(ADA).ended(ExpiryReason::Paid))
        .with_token(a_token(ADA).of(BEN, token(3)))
        .with_token(a_token(ADA).of(ADA, token(4)).with(|token| token.with_queue(OTHER_QUEUE)));
    let change = change_of(decided(&fixture, &ADA_JOINS));
    assert_eq!((written(&change), written::<QueueToken>(&change)), (vec![Write::insert(a_new_token())], Vec::new()));
}

#[test]
fn a_paused_queue_accepts_joins_and_a_closed_one_does_not() {
    assert!(decided(&queue_in(QueueState::Paused), &ADA_JOINS).is_ok());
    let closed = queue_in(QueueState::Closed);
    assert_eq!(refusal_of(decided(&closed, &ADA_JOINS)), Refusal::QueueClosed);
    let with_lapsed = closed.with_token(a_token(ADA).unclaimed(in_seconds(-120), NOW));
    assert_eq!(refusal_of(decided(&with_lapsed, &ADA_JOINS)), Refusal::QueueClosed);
}

#[test]
fn a_queue_is_full_at_the_limit_of_waiting_users() {
    let up_to = |max_waiting| {
        let own = PolicyOverrides { max_waiting: Some(max_waiting), ..PolicyOverrides::default() };
        decided(&Fixture::at(NOW).with_queue(a_queue().with(|queue| queue.with_overrides(own)), 0, 5), &ADA_JOINS)
    };
    assert!(up_to(6).is_ok());
    assert_eq!(refusal_of(up_to(5)), Refusal::QueueFull);
    assert_eq!(refusal_of(up_to(4)), Refusal::QueueFull);
}

#[test]
fn an_unknown_queue_or_concert_cannot_be_joined() {
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &ADA_JOINS)), Refusal::NotFound);
    assert_eq!(refusal_of(decided(&queue_in(QueueState::Open), &FOR_THE_CONCERT)), Refusal::NotFound, "an unknown concert");
}
