//! The housekeeper: deletes rows after their retention, in a separate task, so that no request waits for it. Any instance may run it.

mod pace;

use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram};
use time::OffsetDateTime;
use tokio::task::yield_now;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use self::pace::{RoundSize, pause};
use crate::WaitingRoom;
use crate::measure;
use crate::ports::{Housekeeping, Prunable, Pruned};

/// The kinds of rows, in the order in which they are pruned: reservations keep tokens, and both keep users, as do
/// sessions.
const KINDS: [&str; 6] = ["keys", "log", "reservations", "tokens", "sessions", "users"];

/// Retention periods, and the interval at which old rows are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The interval between two passes.
    pub period: Duration,
    /// How long an event stays in the log.
    pub events: Duration,
    /// How long an event stays in the log for a reader that hasn't read it.
    pub unread_events: Duration,
    /// How long a reservation that was never paid is kept after its deadline.
    pub reservations: Duration,
    /// How long an ended token is kept if no row refers to it.
    pub tokens: Duration,
    /// How long a session is kept after its end: at least as long as an access token that it issued may be valid.
    pub sessions: Duration,
    /// How long a registration that is never used is kept.
    pub unused_users: Duration,
}

/// The task that deletes rows after their retention.
pub struct Housekeeper {
    housekeeping: Arc<dyn Housekeeping>,
    room: Arc<WaitingRoom>,
    retention: Retention,
    duration: Histogram,
    measures: [Measures; 6],
}

/// The metrics of one kind of rows.
struct Measures {
    rows: Counter,
    failures: Counter,
    backlog: Gauge,
}

/// A kind of rows with rows left to prune.
struct Left {
    /// The index of the kind.
    kind: usize,
    what: Prunable,
    size: RoundSize,
}

impl Retention {
    /// Returns what is past its retention at `now`, in the order of [`KINDS`].
    fn prunable(&self, now: OffsetDateTime) -> [Prunable; 6] {
        [
            Prunable::Keys,
            Prunable::Log { before: now - self.events, unread_before: now - self.unread_events },
            Prunable::Reservations { before: now - self.reservations },
            Prunable::Tokens { before: now - self.tokens },
            Prunable::Sessions { before: now - self.sessions },
            Prunable::Users { before: now - self.unused_users },
        ]
    }
}

impl Housekeeper {
    /// Creates a housekeeper that prunes by `housekeeping` and tidies the read model `room`.
    pub fn new(housekeeping: Arc<dyn Housekeeping>, room: Arc<WaitingRoom>, retention: Retention) -> Self {
        let duration = measure::seconds(
            "frontrow_housekeeping_round_duration_seconds",
            "Duration of a round of pruning: at most 8,000 rows of one kind.",
        );
        Self { housekeeping, room, retention, duration, measures: KINDS.map(Measures::of) }
    }

    /// Runs until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let tidy = async {
            let mut ticks = every(self.retention.period);
            loop {
                ticks.tick().await;
                self.room.tidy();
            }
        };
        let prune = async {
            let mut ticks = every(self.retention.period);
            loop {
                ticks.tick().await;
                self.prune().await;
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = tidy => {}
            () = prune => {}
        }
    }

    /// Runs one pass: prunes each kind until nothing is left, one round of each in turn, so that a backlog of one kind doesn't delay the
    /// others. A kind that fails is left to the next pass, and so is a backlog that takes longer than the interval between two passes:
    /// the next one begins with all kinds again.
    pub async fn prune(&self) {
        let kinds = self.retention.prunable(self.room.now()).into_iter().enumerate();
        let mut left: Vec<_> = kinds.map(|(kind, what)| Left { kind, what, size: RoundSize::FIRST }).collect();
        let pass_began = Instant::now();
        while !left.is_empty() && pass_began.elapsed() < self.retention.period {
            let began = Instant::now();
            let (mut again, mut longest) = (Vec::new(), Duration::ZERO);
            for Left { kind, what, size } in left {
                if let Some(size) = self.round(kind, what, size).await {
                    again.push(Left { kind, what, size });
                }
                longest = longest.max(self.measure_backlog(kind).await);
            }
            left = again;
            if !left.is_empty() {
                match pause(began.elapsed(), longest) {
                    Duration::ZERO => yield_now().await,
                    pause => sleep(pause).await,
                }
            }
        }
    }

    /// Prunes one round, and returns the size of the next one if there may be more rows to prune.
    async fn round(&self, kind: usize, what: Prunable, size: RoundSize) -> Option<RoundSize> {
        let began = Instant::now();
        let pruned = self.housekeeping.prune(what, size.rows()).await;
        let took = began.elapsed();
        self.duration.record(took);
        match pruned {
            Ok(Pruned { rows, more }) => {
                self.measures[kind].rows.increment(rows);
                more.then(|| size.after(took))
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, ?what, "old rows can't be deleted");
                self.measures[kind].failures.increment(1);
                None
            }
        }
    }

    /// Measures and returns how long the oldest row of a kind is past its retention now.
    async fn measure_backlog(&self, kind: usize) -> Duration {
        let what = self.retention.prunable(self.room.now())[kind];
        match self.housekeeping.backlog(what).await {
            Ok(backlog) => {
                self.measures[kind].backlog.set(backlog.as_secs_f64());
                backlog
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, ?what, "the backlog of old rows can't be measured");
                self.measures[kind].failures.increment(1);
                Duration::ZERO
            }
        }
    }
}

impl Measures {
    fn of(rows: &'static str) -> Self {
        Self {
            rows: measure::counter_of("frontrow_housekeeping_rows_total", "Rows deleted after their retention.", "rows", rows),
            failures: measure::counter_of(
                "frontrow_housekeeping_failures_total",
                "Failed rounds of pruning and measurements of the backlog.",
                "rows",
                rows,
            ),
            backlog: measure::gauge_of(
                "frontrow_housekeeping_backlog_seconds",
                "How long the oldest row is past its retention, after the last round.",
                "rows",
                rows,
            ),
        }
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

#[cfg(test)]
mod tests;
