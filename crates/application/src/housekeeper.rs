//! The housekeeper: deletes rows after their retention, in a separate task, so that no request waits for it. Any instance may run it.

use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Histogram};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::WaitingRoom;
use crate::measure::{self, timed};
use crate::ports::{Housekeeping, Prunable, Pruned};

/// The maximum number of rows that a round deletes: few enough to hold their locks only for milliseconds.
const MAX_ROWS: u32 = 1_000;

/// Retention periods, and the interval at which old rows are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The interval between two passes.
    pub period: Duration,
    /// How long an event stays in the log.
    pub events: Duration,
    /// How long an event stays in the log for a reader that hasn't read it.
    pub unread_events: Duration,
    /// How long an ended token is kept if no row refers to it.
    pub tokens: Duration,
}

/// The task that deletes rows after their retention.
pub struct Housekeeper {
    housekeeping: Arc<dyn Housekeeping>,
    room: Arc<WaitingRoom>,
    retention: Retention,
    duration: Histogram,
    measures: [Measures; 3],
}

/// The metrics of one kind of rows.
struct Measures {
    rows: Counter,
    failures: Counter,
}

impl Housekeeper {
    /// Creates a housekeeper that prunes by `housekeeping` and tidies the read model `room`.
    pub fn new(housekeeping: Arc<dyn Housekeeping>, room: Arc<WaitingRoom>, retention: Retention) -> Self {
        let duration = measure::seconds(
            "frontrow_housekeeping_round_duration_seconds",
            "Duration of a round of pruning: at most 1,000 rows of one kind.",
        );
        Self { housekeeping, room, retention, duration, measures: ["keys", "log", "tokens"].map(Measures::of) }
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
    /// others. A kind that fails is left to the next pass.
    pub async fn prune(&self) {
        let now = self.room.now();
        let kinds = [
            Prunable::Keys,
            Prunable::Log { before: now - self.retention.events, unread_before: now - self.retention.unread_events },
            Prunable::Tokens { before: now - self.retention.tokens },
        ];
        let mut left: Vec<_> = kinds.into_iter().zip(&self.measures).collect();
        while !left.is_empty() {
            let began = Instant::now();
            let mut again = Vec::new();
            for (what, measures) in left {
                if self.round(what, measures).await {
                    again.push((what, measures));
                }
            }
            left = again;
            if !left.is_empty() {
                // Pruning uses at most half of one connection's time, so that the sale continues meanwhile.
                sleep(began.elapsed()).await;
            }
        }
    }

    /// Prunes one round, and returns whether there may be more rows to prune.
    async fn round(&self, what: Prunable, measures: &Measures) -> bool {
        match timed(&self.duration, self.housekeeping.prune(what, MAX_ROWS)).await {
            Ok(Pruned { rows, more }) => {
                measures.rows.increment(rows);
                more
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, ?what, "old rows can't be deleted");
                measures.failures.increment(1);
                false
            }
        }
    }
}

impl Measures {
    fn of(rows: &'static str) -> Self {
        Self {
            rows: measure::counter_of("frontrow_housekeeping_rows_total", "Rows deleted after their retention.", "rows", rows),
            failures: measure::counter_of("frontrow_housekeeping_failures_total", "Failed rounds of pruning.", "rows", rows),
        }
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use mockall::Sequence;

    use super::*;
    use crate::ports::{MockHousekeeping, MockTokens, ReadError};
    use crate::testing::{StoppedClock, a_waiting_room, an_empty_catalogue};

    const HOUR: Duration = Duration::from_hours(1);

    fn housekeeper(housekeeping: MockHousekeeping) -> Housekeeper {
        let room = a_waiting_room(Arc::new(MockTokens::new()), Arc::new(an_empty_catalogue()), Arc::new(StoppedClock::default()));
        let retention = Retention { period: HOUR, events: HOUR, unread_events: 3 * HOUR, tokens: 2 * HOUR };
        Housekeeper::new(Arc::new(housekeeping), Arc::new(room), retention)
    }

    fn name(what: Prunable) -> &'static str {
        match what {
            Prunable::Keys => "keys",
            Prunable::Log { .. } => "log",
            Prunable::Tokens { .. } => "tokens",
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_kind_is_pruned_until_no_more_is_reported() {
        let rounds = Arc::new(Mutex::new(BTreeMap::new()));
        let mut housekeeping = MockHousekeeping::new();
        let counted = rounds.clone();
        housekeeping.expect_prune().returning(move |what, at_most| {
            let mut rounds = counted.lock().unwrap();
            let round = rounds.entry(name(what)).or_insert(0);
            *round += 1;
            let more = *round < if what == Prunable::Keys { 4 } else { 2 };
            Ok(Pruned { rows: u64::from(at_most), more })
        });
        housekeeper(housekeeping).prune().await;
        assert_eq!(*rounds.lock().unwrap(), BTreeMap::from([("keys", 4), ("log", 2), ("tokens", 2)]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_kind_that_fails_does_not_prevent_pruning_of_the_others() {
        let mut housekeeping = MockHousekeeping::new();
        let mut order = Sequence::new();
        for failing in [true, false, true] {
            housekeeping
                .expect_prune()
                .times(1)
                .in_sequence(&mut order)
                .returning(move |_, _| if failing { Err(ReadError::Unavailable("no connection".into())) } else { Ok(Pruned::default()) });
        }
        let housekeeper = housekeeper(housekeeping);
        housekeeper.prune().await;
        // The mock is checked here, on the test's own thread.
        drop(housekeeper);
    }

    #[tokio::test(start_paused = true)]
    async fn a_backlog_of_one_kind_does_not_delay_the_others() {
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut housekeeping = MockHousekeeping::new();
        let seen = order.clone();
        housekeeping.expect_prune().returning(move |what, _| {
            let mut seen = seen.lock().unwrap();
            seen.push(name(what));
            Ok(Pruned { rows: 1, more: what == Prunable::Keys && seen.len() < 20 })
        });
        housekeeper(housekeeping).prune().await;
        assert_eq!(order.lock().unwrap()[..4], ["keys", "log", "tokens", "keys"]);
    }

    #[tokio::test(start_paused = true)]
    async fn housekeeping_stops_during_an_endless_backlog() {
        let mut housekeeping = MockHousekeeping::new();
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let mut rounds = 0;
        housekeeping.expect_prune().returning(move |_, _| {
            rounds += 1;
            if rounds == 50 {
                stopped.cancel();
            }
            Ok(Pruned { rows: 1, more: true })
        });
        housekeeper(housekeeping).run(stop).await;
    }
}
