//! Runs many seeds without violations, and checks that runs are deterministic and that broken stores are detected.

#![expect(clippy::expect_used, reason = "a failed expectation fails the test")]

use simulator::{Ended, Fault, FaultKind, Plan, Statistics, run, shrink};

/// Number of seeds; `make soak` runs ten times as many.
const SEEDS: u64 = 300;
/// Kinds of faults of calls, crashes, restarts, missing instances and clock jumps.
const KINDS_OF_FAULTS: usize = 19;

#[test]
fn runs_with_injected_faults_violate_no_promise() {
    let seeds = SEEDS * u64::from(testbed::soak());
    let mut all = Statistics::default();
    for seed in 0..seeds {
        let Ended { violation, statistics, .. } = run(&Plan::of(seed), false);
        assert_eq!(violation, None, "`cargo run -p simulator -- --from {seed}` prints the story");
        all += statistics;
    }
    // Runs in which nothing happens violate nothing either.
    assert!(all.payments > 5 * seeds, "{all:?}");
    assert!(all.faults.len() >= KINDS_OF_FAULTS && all.faults.values().all(|count| *count > 20), "{:?}", all.faults);
}

#[test]
fn runs_of_the_same_seed_are_equal() {
    for seed in 1_000..1_025 {
        let [first, second] = [true, true].map(|story| run(&Plan::of(seed), story));
        let difference = first.story.iter().zip(&second.story).find(|(one, other)| one != other);
        assert_eq!(difference, None, "seed {seed}");
        assert_eq!(first, second, "seed {seed}");
        assert!(first.statistics.commits > 1, "seed {seed} should commit changes");
    }
}

#[test]
fn recording_the_story_does_not_change_the_run() {
    for seed in 1_025..1_030 {
        let [recorded, silent] = [true, false].map(|story| run(&Plan::of(seed), story));
        assert_eq!((recorded.fingerprint, recorded.statistics), (silent.fingerprint, silent.statistics), "seed {seed}");
    }
}

/// Returns the first failing plan and its violation when the store breaks its contract by faults of one kind.
fn first_failing_plan(kind: FaultKind) -> (Plan, simulator::Violation) {
    let plans = (0..60).map(|seed| {
        let mut plan = Plan::of(seed);
        plan.faults = vec![Fault::Calls { kind, from: 5_000, until: 3_600_000, per_mille: 100 }];
        plan
    });
    let failing = plans.filter_map(|plan| run(&plan, false).violation.map(|violation| (plan, violation)));
    failing.into_iter().next().expect("one of the seeds should fail")
}

#[test]
fn acknowledged_commits_that_are_not_written_are_detected() {
    let (plan, violation) = first_failing_plan(FaultKind::AcknowledgedLost);
    let shrunk = shrink(&plan, &violation);
    assert!(shrunk.users.len() <= 3, "the shrunk plan should have at most 3 users, and has {}", shrunk.users.len());
    let ended = run(&shrunk, true);
    assert_eq!(ended.violation.map(|violation| violation.how), Some(violation.how));
    assert!(ended.story.last().is_some_and(|line| line.contains("!!")), "{:#?}", ended.story);
}

#[test]
fn rows_missing_from_the_log_are_detected() {
    let (_, violation) = first_failing_plan(FaultKind::RowsMissing);
    assert_eq!(violation.rule, "readers", "{violation}");
}
