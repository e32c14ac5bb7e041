//! What is measured of the commands: how they end, and what the lanes do with them.

use metrics::{Counter, Gauge, Histogram};

use super::Answer;
use crate::Error;
use crate::measure::{self, number};

const COMMANDS: (&str, &str) = ("frontrow_commands_total", "Commands answered, by outcome.");
const CONFLICTS: (&str, &str) =
    ("frontrow_commit_conflicts_total", "Decisions that met a conflict: with another of their group, or in the store.");

/// What is measured where commands come in.
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
            waiting: measure::gauge_of("frontrow_commands_waiting", "Commands that wait for a lane.", "kind", kind),
        }
    }

    /// Counts how a command ended.
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

/// What is measured in the lanes.
pub(super) struct Measures {
    /// Commands in a batch.
    pub(super) batch: Histogram,
    /// How long its load took.
    pub(super) load: Histogram,
    /// Changes in a group.
    pub(super) group: Histogram,
    /// How long its commit took.
    pub(super) commit: Histogram,
    /// Commands that are loaded and decided again.
    pub(super) retries: Counter,
    /// Decisions that collide with another of their group.
    pub(super) collisions: Counter,
    /// Changes whose guards failed in the store.
    pub(super) conflicts: Counter,
}

impl Measures {
    pub(super) fn new() -> Self {
        let conflicts = |place: &'static str| measure::counter_of(CONFLICTS.0, CONFLICTS.1, "place", place);
        Self {
            batch: measure::sizes("frontrow_batch_commands", "Commands that are loaded together."),
            load: measure::seconds("frontrow_load_duration_seconds", "How long the load of a batch takes."),
            group: measure::sizes("frontrow_group_changes", "Changes that are committed together."),
            commit: measure::seconds("frontrow_commit_duration_seconds", "How long the commit of a group takes."),
            retries: measure::counter(
                "frontrow_command_retries_total",
                "Commands that are loaded and decided again: after a conflict, or because the store could not be reached.",
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

    /// Writes a user, or is refused.
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
    async fn what_becomes_of_commands_and_of_their_changes_is_counted() {
        let mut store = MockStore::new();
        store.expect_load().returning(|_| Ok(Rows::at(NOW)));
        let met_one = AtomicBool::new(false);
        store.expect_commit().returning(move |changes| {
            let met = met_one.swap(true, Ordering::Relaxed);
            changes.iter().map(|_| if met { Ok(Committed::default()) } else { Err(CommitError::Conflict) }).collect()
        });
        let limits = Limits { kind: "crowd", lanes: 1, queue: 1, batch: 8, deadline: Duration::from_secs(2) };
        let recorder = PrometheusBuilder::new().build_recorder();
        let start = || GroupCommit::start(Arc::new(Committer::new(Arc::new(store), Vec::new())), Arc::new(rules()), limits);
        let commits = metrics::with_local_recorder(&recorder, start);

        commits.run(Register(true)).await.unwrap();
        assert!(matches!(commits.run(Register(false)).await, Err(Error::Refused(Refusal::QueueFull))));
        // The lane has no turn before both have asked, and one may wait.
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
            "frontrow_commands_waiting{kind=\"crowd\"} 0",
            "frontrow_commit_conflicts_total{place=\"store\"} 1",
            "frontrow_commit_conflicts_total{place=\"group\"} 0",
            "frontrow_command_retries_total 1",
            "frontrow_batch_commands_count 4",
            "frontrow_group_changes_sum 3",
            "frontrow_commit_duration_seconds_count 3",
            "frontrow_load_duration_seconds_count 4",
        ] {
            assert!(page.lines().any(|there| there == line), "{line} is not in:\n{page}");
        }
    }
}
