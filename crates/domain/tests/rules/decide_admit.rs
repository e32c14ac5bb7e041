//! Admission: the tick.

use domain::change::Admission;
use domain::decide::admit::{Ticked, admissible, decide, opening};
use domain::loaded::LoadedQueueHead;
use domain::need::{self, Needs};
use domain::queue::PolicyOverrides;
use domain::{Change, ExpiryReason, Fact, Guard, Offer, QueueState, QueueToken, TokenId, TokenState, Version, Versioned, Write};
use time::Duration;

use crate::fixtures::{
    ADA, ADMISSION, Fixture, MOMENT, NOW, OTHER_QUEUE, QUEUE, a_cancellation, a_queue, a_schedule, a_token, an_admission, in_order,
    in_seconds, rules, schedule, token, written,
};

/// Returns the queue with a capacity and a batch size.
fn a_queue_for(capacity: u32, batch: u32) -> Versioned<domain::Queue> {
    let overrides = PolicyOverrides { capacity: Some(capacity), batch: Some(batch), ..PolicyOverrides::default() };
    a_queue().with(|queue| queue.with_overrides(overrides))
}

/// Returns a waiting token; tokens with higher numbers have lower ids.
fn waiting(number: u64) -> Versioned<QueueToken> {
    a_token(ADA).of(ADA, token(50 - number)).numbered(number)
}

fn lapsed(number: u64) -> Versioned<QueueToken> {
    waiting(number).of(ADA, token(number)).claimed(in_seconds(-600), NOW)
}

fn queue_with(queue: Versioned<domain::Queue>, active: u32, tokens: impl IntoIterator<Item = Versioned<QueueToken>>) -> Fixture {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let waiting = tokens.iter().filter(|token| token.queue() == QUEUE && token.state() == TokenState::Waiting).count();
    let fixture = Fixture::at(NOW).with_queue(queue, active, u32::try_from(waiting).unwrap_or(u32::MAX));
    tokens.into_iter().fold(fixture, Fixture::with_token)
}

fn found(fixture: &Fixture) -> Option<LoadedQueueHead> {
    need::QueueHead { queue: QUEUE, at_most: 10 }.find(&fixture.rows()).unwrap_or_else(|unreadable| panic!("{unreadable}"))
}

fn line(fixture: &Fixture) -> LoadedQueueHead {
    found(fixture).unwrap_or_else(|| panic!("no such queue"))
}

/// Returns the result of a tick, if there is anything to do.
fn decided(fixture: &Fixture) -> Option<(Change, Ticked)> {
    decide(&line(fixture), fixture.now, &rules())
}

fn tick(fixture: &Fixture) -> (Change, Ticked) {
    decided(fixture).unwrap_or_else(|| panic!("nothing to do"))
}

fn admitted(change: &Change) -> Vec<u64> {
    change
        .rows::<QueueToken>()
        .filter(|write| matches!(write.row.state(), TokenState::Active { .. }))
        .map(|write| write.row.number())
        .collect()
}

#[test]
fn a_tick_admits_the_next_user_under_the_admission_version_and_writes_nothing_else() {
    let (change, ticked) = tick(&queue_with(a_queue_for(1, 1), 0, [waiting(4), waiting(5)]));
    let active = waiting(4).unclaimed(NOW, in_seconds(120)).row;
    let expected = Change {
        guards: vec![Guard::Queue(QUEUE, a_queue().version)],
        writes: vec![
            Write::update(&waiting(4), active).into(),
            Write::update(&an_admission(QUEUE), Admission::restore(QUEUE, 4, 3)).into(),
        ],
        events: vec![Fact::TokenActivated { token: token(46).digest(), queue: QUEUE, user: ADA, number: 4 }.at(Version(205))],
        ..Change::default()
    };
    assert_eq!((in_order(change), ticked), (in_order(expected), Ticked { admitted: 1, lapsed: 0 }));
}

#[test]
fn the_admission_row_has_the_last_admitted_number_and_counts_each_admission() {
    let admission = |change: &Change| change.row::<Admission>().map(domain::Write::versioned);
    let written = |last_admitted, admitted| Some(Versioned::new(ADMISSION.next(), Admission::restore(QUEUE, last_admitted, admitted)));
    let (change, _) = tick(&queue_with(a_queue_for(2, 9), 0, [waiting(9), waiting(7), waiting(8)]));
    assert_eq!(admission(&change), written(8, 4));
    let (change, _) = tick(&queue_with(a_queue_for(0, 9), 1, [lapsed(1), waiting(7)]));
    assert_eq!(admission(&change), written(3, 2), "a tick that only ends tokens admits no user");
}

#[test]
fn users_are_admitted_in_order_of_number_regardless_of_the_load_order() {
    let (change, _) = tick(&queue_with(a_queue_for(3, 3), 0, [waiting(9), waiting(7), waiting(8), waiting(6)]));
    assert_eq!(admitted(&change), [6, 7, 8]);
}

#[test]
fn no_user_is_admitted_above_the_capacity_or_the_batch() {
    let tokens = || (1..=9).map(waiting);
    for (capacity, batch, active, admissible) in [(5, 9, 3, 2), (9, 4, 0, 4), (9, 9, 8, 1), (4, 1, 0, 1), (7, 3, 5, 2)] {
        let (change, ticked) = tick(&queue_with(a_queue_for(capacity, batch), active, tokens()));
        assert_eq!(ticked.admitted, admissible, "capacity {capacity}, batch {batch}, {active} active");
        assert_eq!(admitted(&change), (1..=u64::from(admissible)).collect::<Vec<_>>());
    }
}

#[test]
fn without_an_open_sale_no_user_is_admitted_and_lapsed_tokens_end() {
    let no_offers = queue_with(a_queue_for(3, 3), 1, [lapsed(1), waiting(2)]);
    let with_offers = |offers| no_offers.clone().with_offers(QUEUE, offers);
    let mut cancelled = an_offer(1, true);
    cancelled.schedule = cancelled.schedule.cancel(a_cancellation("no"));
    for closed in [vec![], vec![an_offer(1, false)], vec![cancelled.clone()], vec![opening_in(1, MOMENT)]] {
        assert_eq!(tick(&with_offers(closed.clone())).1, Ticked { admitted: 0, lapsed: 1 }, "{closed:#?}");
    }
    for open in [vec![an_offer(1, true)], vec![cancelled, an_offer(2, false), an_offer(3, true), opening_in(4, MOMENT)]] {
        assert_eq!(tick(&with_offers(open.clone())).1, Ticked { admitted: 1, lapsed: 1 }, "{open:#?}");
    }
    assert_eq!(tick(&no_offers).1, Ticked { admitted: 1, lapsed: 1 }, "not a concert's own queue");
}

#[test]
fn users_are_admitted_from_the_instant_at_which_the_first_sale_opens() {
    let offers = [opening_in(1, Duration::HOUR), opening_in(2, Duration::MINUTE)];
    let mut fixture = queue_with(a_queue_for(3, 3), 0, [waiting(1), waiting(2)]).with_offers(QUEUE, offers);
    let opening_of = |fixture: &Fixture| opening(&line(fixture), fixture.now);
    assert_eq!((decided(&fixture), opening_of(&fixture)), (None, Some(NOW + Duration::MINUTE)));
    fixture.now += Duration::MINUTE - MOMENT;
    assert_eq!(decided(&fixture), None);
    fixture.now += MOMENT;
    assert_eq!((tick(&fixture).1, opening_of(&fixture)), (Ticked { admitted: 2, lapsed: 0 }, None));
}

fn an_offer(number: u64, has_seats: bool) -> Offer {
    Offer { schedule: a_schedule().with(|row| row.with_id(schedule(number))).row, has_seats }
}

fn opening_in(number: u64, wait: Duration) -> Offer {
    let offer = an_offer(number, true);
    let closes_at = offer.schedule.sale_closes_at();
    Offer { schedule: offer.schedule.with_sale(NOW + wait..closes_at), ..offer }
}

#[test]
fn a_queue_at_or_above_its_capacity_admits_no_user() {
    for (capacity, batch, active) in [(3, 9, 3), (3, 9, 4), (0, 9, 0), (3, 0, 0), (1, 9, u32::MAX)] {
        assert_eq!(decided(&queue_with(a_queue_for(capacity, batch), active, [waiting(1)])), None, "{capacity} {batch} {active}");
    }
}

#[test]
fn the_number_of_admissions_is_limited_by_capacity_and_batch() {
    assert_eq!([admissible(0, 5, 9), admissible(4, 5, 9), admissible(5, 5, 9), admissible(6, 5, 9), admissible(0, 5, 2)], [5, 1, 0, 0, 2]);
}

#[test]
fn a_tick_ends_lapsed_tokens_and_fills_the_freed_capacity_in_one_change() {
    let still_active = waiting(3).claimed(in_seconds(-60), NOW + MOMENT);
    let (change, ticked) =
        tick(&queue_with(a_queue_for(3, 9), 3, [lapsed(1), lapsed(2), still_active, waiting(4), waiting(5), waiting(6)]));
    assert_eq!(ticked, Ticked { admitted: 2, lapsed: 2 });
    let ended =
        |token: Versioned<QueueToken>| Write::update(&token, token.row.clone().lapse(NOW).unwrap_or_else(|error| panic!("{error}")));
    let tokens = written::<QueueToken>(&change);
    assert_eq!(tokens[..2], [ended(lapsed(1)), ended(lapsed(2))]);
    assert_eq!(admitted(&change), [4, 5]);
    assert_eq!(tokens.len(), 4, "the third is still active and counts toward the capacity");
}

#[test]
fn a_lapsed_token_that_was_not_loaded_still_counts_as_active() {
    let (_, ticked) = tick(&queue_with(a_queue_for(3, 9), 3, [lapsed(1), waiting(4), waiting(5)]));
    assert_eq!(ticked, Ticked { admitted: 1, lapsed: 1 });
}

#[test]
fn a_tick_reports_why_each_token_ended() {
    let unclaimed = waiting(2).unclaimed(in_seconds(-120), NOW);
    let (change, _) = tick(&queue_with(a_queue(), 2, [lapsed(1), unclaimed]));
    let ended = |id: TokenId, number, reason| Fact::TokenExpired { token: id.digest(), queue: QUEUE, user: ADA, number, reason };
    let timed_out = ended(token(1), 1, ExpiryReason::TimedOut).at(Version(202));
    let unclaimed = ended(token(48), 2, ExpiryReason::Unclaimed).at(Version(203));
    assert_eq!(change.events, [timed_out, unclaimed]);
}

#[test]
fn a_paused_queue_ends_lapsed_tokens_but_admits_no_user() {
    let (change, ticked) = tick(&queue_with(a_queue().with_state(QueueState::Paused), 1, [lapsed(1), waiting(2)]));
    assert_eq!(ticked, Ticked { admitted: 0, lapsed: 1 });
    assert_eq!(admitted(&change), [0; 0]);
    assert_eq!(decided(&queue_with(a_queue().with_state(QueueState::Paused), 0, [waiting(2)])), None);
}

#[test]
fn a_closed_queue_admits_its_waiting_users() {
    let (_, ticked) = tick(&queue_with(a_queue().with_state(QueueState::Closed), 0, [waiting(2)]));
    assert_eq!(ticked, Ticked { admitted: 1, lapsed: 0 });
}

#[test]
fn the_queues_own_claim_window_applies() {
    let own = PolicyOverrides { claim: Some(Duration::seconds(30)), ..PolicyOverrides::default() };
    let (change, _) = tick(&queue_with(a_queue().with(|queue| queue.with_overrides(own)), 0, [waiting(1)]));
    assert_eq!(written::<QueueToken>(&change)[0].row.expires_at(), Some(in_seconds(30)));
}

#[test]
fn a_tick_without_effect_yields_no_change() {
    let active = waiting(1).claimed(in_seconds(-60), NOW + MOMENT);
    assert_eq!(decided(&queue_with(a_queue(), 1, [active, waiting(2).ended(ExpiryReason::Left)])), None);
    assert_eq!(decided(&queue_with(a_queue(), 0, [])), None);
    assert_eq!(found(&Fixture { queues: Vec::new(), ..queue_with(a_queue(), 0, [waiting(1)]) }), None, "without a queue");
}

#[test]
fn tokens_of_another_queue_are_ignored() {
    let elsewhere = [waiting(1), lapsed(2)].map(|token| token.with(|token| token.with_queue(OTHER_QUEUE)));
    assert_eq!(decided(&queue_with(a_queue(), 1, elsewhere)), None);
}
