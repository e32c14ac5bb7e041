//! Invariants after any sequence of commands, with any interleaving and any movement of the clock.

mod invariants;
mod operators;
mod run;
mod step;

use domain::Fact;
use domain::testing::Action;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

use run::{Coverage, Run};
use step::Step;

/// Returns a configuration with a fifth of proptest's number of cases (`PROPTEST_CASES`): each case has up to a hundred steps.
fn config() -> Config {
    let default = Config::default();
    Config { cases: default.cases.div_ceil(5), failure_persistence: None, ..default }
}

proptest::proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_invariants_hold_after_any_sequence(steps in proptest::collection::vec(step::any_step(), 1..100)) {
        Run::opened().execute_all(&steps);
    }
}

/// Runs eighty sequences, the same every time, and returns what they covered.
fn run_fixed_sequences() -> Coverage {
    let mut runner = TestRunner::deterministic();
    let sequences = proptest::collection::vec(step::any_step(), 100);
    let mut coverage = Coverage::default();
    for _ in 0..80 {
        let steps = sequences.new_tree(&mut runner).unwrap_or_else(|error| panic!("{error}")).current();
        let mut run = Run::opened();
        run.execute_all(&steps);
        coverage.add(&run.coverage);
    }
    coverage
}

#[test]
fn the_sequences_cover_all_commands_outcomes_and_refusals() {
    let coverage = run_fixed_sequences();
    let commands =
        ["Register", "Join", "Tick", "Leave", "Claim", "Hold", "Exchange", "Release", "Charge", "Pay", "Refund", "CheckIn", "Sweep"];
    let situations = [
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
        "TicketUsed",
        "TicketNotValid",
        "AmountMismatch",
        "ChargeOutOfRange",
        "Wallet",
    ];
    let missing: Vec<_> =
        commands.into_iter().chain(situations).chain(refusals).chain(Fact::NAMES).filter(|name| coverage.count(name) == 0).collect();
    assert!(missing.is_empty(), "never covered: {missing:?} in {coverage:?}");
    for name in commands {
        assert!(coverage.count(name) >= 10, "{name} is too rare: {coverage:?}");
    }
}

#[test]
fn of_two_concurrent_holds_of_a_seat_one_succeeds() {
    let mut run = Run::default();
    let admit = |who| [Step::One(Action::Join { who, concert: 0 }), Step::One(Action::Tick { queue: 0 })];
    run.execute_all(&[admit(0), admit(1)].concat());
    let request = |who| Action::Hold { who, schedule: 0, from: 2, count: 2, variation: 99 };
    run.execute_all(&[Step::Race { first: request(0), second: request(1), pause: 0 }]);
    assert_eq!((run.coverage.count("Hold"), run.coverage.count("guard lost")), (1, 1));
}

#[test]
fn of_two_concurrent_exchanges_for_a_seat_one_succeeds_and_the_other_user_keeps_the_old_seat() {
    let mut run = Run::default();
    let admit = |who| [Step::One(Action::Join { who, concert: 0 }), Step::One(Action::Tick { queue: 0 })];
    let hold = |who, from| Step::One(Action::Hold { who, schedule: 0, from, count: 1, variation: 35 });
    run.execute_all(&[&admit(0)[..], &admit(1), &[hold(0, 1), hold(1, 2)]].concat());
    let request = |who| Action::Exchange { who, schedule: 0, from: 3, count: 1, variation: 35 };
    run.execute_all(&[Step::Race { first: request(0), second: request(1), pause: 0 }]);
    assert_eq!((run.coverage.count("Exchange"), run.coverage.count("guard lost")), (1, 1));
    run.execute_all(&[Step::One(request(0)), Step::One(request(1))]);
    assert_eq!((run.coverage.count("exchange for the same seats"), run.coverage.count("SeatsUnavailable")), (1, 1));
}
