//! What holds after any sequence of commands, however they interleave and whatever the clock does.

mod operators;
mod play;
mod promises;
mod step;

use domain::Fact;
use domain::testing::Action;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

use play::{Play, SalesMetrics};
use step::Step;

/// A fifth of what proptest itself would run (`PROPTEST_CASES`): each case is up to a hundred steps.
fn config() -> Config {
    let default = Config::default();
    Config { cases: default.cases.div_ceil(5), failure_persistence: None, ..default }
}

proptest::proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_promises_hold_after_any_sequence(steps in proptest::collection::vec(step::any_step(), 1..100)) {
        Play::opened().all(&steps);
    }
}

/// The same fifty sequences every time, and what came of them.
fn many_sequences() -> SalesMetrics {
    let mut runner = TestRunner::deterministic();
    let sequences = proptest::collection::vec(step::any_step(), 100);
    let mut sales_metrics = SalesMetrics::default();
    for _ in 0..50 {
        let steps = sequences.new_tree(&mut runner).unwrap_or_else(|why| panic!("{why}")).current();
        let mut play = Play::opened();
        play.all(&steps);
        sales_metrics.add(&play.sales_metrics);
    }
    sales_metrics
}

#[test]
fn the_sequences_are_rich_enough_to_mean_something() {
    let sales_metrics = many_sequences();
    let done = ["Register", "Join", "Tick", "Leave", "Claim", "Hold", "Exchange", "Release", "Charge", "Pay", "Refund", "Sweep"];
    let turns = [
        "replay",
        "same seats again",
        "exchange for the same seats",
        "exchange of some",
        "exchange of the schedule",
        "live token again",
        "takeover",
        "first write",
        "claim by a refusal",
        "guard lost",
        "too late",
    ];
    let refusals = [
        "KeyReused",
        "NotFound",
        "TokenRequired",
        "TokenMismatch",
        "TokenWaiting",
        "TokenExpired",
        "QueueClosed",
        "QueueFull",
        "SaleNotOpen",
        "ScheduleCancelled",
        "UnknownSeats",
        "HoldExists",
        "SeatLimitExceeded",
        "SeatsUnavailable",
        "ReservationExpired",
        "ReservationNotPayable",
        "NotReleasable",
        "NotRefundable",
        "AmountMismatch",
        "ChargeOutOfRange",
        "Wallet",
    ];
    let never: Vec<_> =
        done.into_iter().chain(turns).chain(refusals).chain(Fact::NAMES).filter(|name| sales_metrics.of(name) == 0).collect();
    assert!(never.is_empty(), "never seen: {never:?} in {sales_metrics:?}");
    for name in done {
        assert!(sales_metrics.of(name) >= 10, "{name} too seldom: {sales_metrics:?}");
    }
}

#[test]
fn of_two_who_want_a_seat_at_once_one_gets_it() {
    let mut play = Play::default();
    let admitted = |who| [Step::One(Action::Join { who, concert: 0 }), Step::One(Action::Tick { queue: 0 })];
    play.all(&[admitted(0), admitted(1)].concat());
    let wants = |who| Action::Hold { who, schedule: 0, from: 2, count: 2, variation: 99 };
    play.all(&[Step::Race { first: wants(0), second: wants(1), pause: 0 }]);
    assert_eq!((play.sales_metrics.of("Hold"), play.sales_metrics.of("guard lost")), (1, 1));
}

#[test]
fn of_two_who_exchange_for_a_seat_at_once_one_gets_it_and_the_other_keeps_their_own() {
    let mut play = Play::default();
    let admitted = |who| [Step::One(Action::Join { who, concert: 0 }), Step::One(Action::Tick { queue: 0 })];
    let holds = |who, from| Step::One(Action::Hold { who, schedule: 0, from, count: 1, variation: 35 });
    play.all(&[&admitted(0)[..], &admitted(1), &[holds(0, 1), holds(1, 2)]].concat());
    let wants = |who| Action::Exchange { who, schedule: 0, from: 3, count: 1, variation: 35 };
    play.all(&[Step::Race { first: wants(0), second: wants(1), pause: 0 }]);
    assert_eq!((play.sales_metrics.of("Exchange"), play.sales_metrics.of("guard lost")), (1, 1));
    play.all(&[Step::One(wants(0)), Step::One(wants(1))]);
    assert_eq!((play.sales_metrics.of("exchange for the same seats"), play.sales_metrics.of("SeatsUnavailable")), (1, 1));
}
