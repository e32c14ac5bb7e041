//! The metrics of commands: their outcomes, and their processing in the lanes.

use metrics::{Counter, Gauge, Histogram};

use super::answer::Answer;
use crate::Error;
use crate::measure::{self, number};

const COMMANDS: (&str, &str) = ("frontrow_commands_total", "Commands completed, by outcome.");
const CONFLICTS: (&str, &str) =
    ("frontrow_commit_conflicts_total", "Decisions that conflicted: with an earlier one in their group, or in the store.");

/// The metrics of incoming commands.
pub(super) struct Counters {
    done: Counter,
    replayed: Counter,
    refused: Counter,
    overloaded: Counter,
    unavailable: Counter,
    internal: Counter,
    waiting: Gauge,
}

impl Counters {
    pub(super) fn new(kind: &'static str) -> Self {
        let of = |outcome: &'static str| measure::counter_of(COMMANDS.0, COMMANDS.1, "outcome", outcome);
        Self {
            done: of("done"),
            replayed: of("replayed"),
            refused: of("refused"),
            overloaded: of("overloaded"),
            unavailable: of("unavailable"),
            internal: of("internal"),
            waiting: measure::gauge_of("frontrow_commands_waiting", "Commands waiting for a lane.", "kind", kind),
        }
    }

    /// Counts the outcome of a command.
    pub(super) fn count<T>(&self, answer: &Result<Answer<T>, Error>) {
        let counter = match answer {
            Ok(Answer { replayed: true, .. }) => &self.replayed,
            Ok(Answer { replayed: false, .. }) => &self.done,
            Err(Error::Refused(_)) => &self.refused,
            Err(Error::Overloaded) => &self.overloaded,
            Err(Error::Unavailable) => &self.unavailable,
            Err(Error::Internal) => &self.internal,
        };
        counter.increment(1);
    }

    pub(super) fn set_waiting(&self, commands: usize) {
        self.waiting.set(number(commands));
    }
}

/// The metrics of the lanes.
pub(super) struct Measures {
    /// The number of commands in a batch.
    pub(super) batch: Histogram,
    /// The duration of its load.
    pub(super) load: Histogram,
    /// The number of changes in a group.
    pub(super) group: Histogram,
    /// The duration of its commit.
    pub(super) commit: Histogram,
    /// Commands that are loaded and decided again.
    pub(super) retries: Counter,
    /// Decisions that collide with an earlier one of their group.
    pub(super) collisions: Counter,
    /// Changes whose guards failed in the store.
    pub(super) conflicts: Counter,
}

impl Measures {
    pub(super) fn new() -> Self {
        let conflicts = |place: &'static str| measure::counter_of(CONFLICTS.0, CONFLICTS.1, "place", place);
        Self {
            batch: measure::sizes("frontrow_batch_commands", "Commands loaded together."),
            load: measure::seconds("frontrow_load_duration_seconds", "Duration of the load of a batch."),
            group: measure::sizes("frontrow_group_changes", "Changes committed together."),
            commit: measure::seconds("frontrow_commit_duration_seconds", "Duration of the commit of a group, until it is durable."),
            retries: measure::counter(
                "frontrow_command_retries_total",
                "Commands loaded and decided again: after a conflict, or because the store was unreachable.",
            ),
            collisions: conflicts("group"),
            conflicts: conflicts("store"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use domain::decide::Decision;
    use domain::testing::{NOW, rules};
    use domain::{Change, Command, Refusal, Rows, Rules, User, UserId, Verdict, Write};
    use metrics_exporter_prometheus::PrometheusBuilder;
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::super::{GroupCommit, Limits};
    use crate::Error;
    use crate::committer::Committer;
    use crate::ports::{CommitError, Committed, MockStore};

    /// A command that writes a user, or is refused.
    struct Register(bool);

    impl Command for Register {
        type Outcome = ();
        type Needs = ();

        fn needs(&self) {}

        fn decide(&self, now: OffsetDateTime, (): (), _: &Rules) -> Verdict<()> {
            let user = User { id: UserId(Uuid::nil()), name: None, created_at: now };
            let change = Change::default().writing(Write::insert(user));
            if self.0 { Ok(Decision::commit((), change, now)) } else { Err(Refusal::QueueFull.into()) }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn outcomes_of_commands_and_of_their_changes_are_counted() {
        let mut store = MockStore::new();
        store.expect_load().returning(|_| Ok(Rows::at(NOW)));
        let had_conflict = AtomicBool::new(false);
        store.expect_commit().returning(move |changes| {
            let is_retry = had_conflict.swap(true, Ordering::Relaxed);
            changes.iter().map(|_| if is_retry { Ok(Committed::default()) } else { Err(CommitError::Conflict) }).collect()
        });
        let limits = Limits { kind: "users", lanes: 1, queue: 1, batch: 8, deadline: Duration::from_secs(2) };
        let recorder = PrometheusBuilder::new().build_recorder();
        let start = || GroupCommit::start(Arc::new(Committer::new(Arc::new(store), Vec::new())), Arc::new(rules()), limits);
        let commits = metrics::with_local_recorder(&recorder, start);

        commits.run(Register(true)).await.unwrap();
        assert!(matches!(commits.run(Register(false)).await, Err(Error::Refused(Refusal::QueueFull))));
        // The lane doesn't run before both commands are sent, and only one may wait.
        let (one, other) = tokio::join!(commits.run(Register(true)), commits.run(Register(true)));
        assert!(one.is_ok() && matches!(other, Err(Error::Overloaded)));
        commits.measure();

        let page = recorder.handle().render();
        for line in [
            "frontrow_commands_total{outcome=\"done\"} 2",
            "frontrow_commands_total{outcome=\"refused\"} 1",
            "frontrow_commands_total{outcome=\"overloaded\"} 1",
            "frontrow_commands_total{outcome=\"unavailable\"} 0",
            "frontrow_commands_total{outcome=\"internal\"} 0",
            "frontrow_commit_failures_total{kind=\"rejected\"} 0",
            "frontrow_commit_failures_total{kind=\"unavailable\"} 0",
            "frontrow_commit_failures_total{kind=\"unknown\"} 0",
            "frontrow_commands_waiting{kind=\"users\"} 0",
            "frontrow_commit_conflicts_total{place=\"store\"} 1",
            "frontrow_commit_conflicts_total{place=\"group\"} 0",
            "frontrow_command_retries_total 1",
            "frontrow_batch_commands_count 4",
            "frontrow_group_changes_sum 3",
            "frontrow_commit_duration_seconds_count 3",
            "frontrow_load_duration_seconds_count 4",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is not in:\n{page}");
        }
    }
}
