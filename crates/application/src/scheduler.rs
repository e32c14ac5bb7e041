//! The scheduler: admits waiting users and ends lapsed tokens and holds. Any instance may run it: the admission version of a queue allows
//! one tick to commit at a time.

mod capacity_freed;
mod tick;

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::decide::admit::Ticked;
use domain::decide::lapse;
use domain::need::{LapsedHolds, Unreadable};
use domain::{Change, Needs, QueueId, Rules};
use metrics::{Counter, Histogram};
use time::OffsetDateTime;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::catch::caught;
use crate::committer::Committer;
use crate::measure::{self, timed};
use crate::ports::{CommitError, ReadError};
use crate::{Error, WaitingRoom};

pub use capacity_freed::CapacityFreed;

/// The maximum number of holds in a sweep.
const MAX_HOLDS: u32 = 1_000;
/// The minimum interval between two ticks for freed capacity.
const MIN_WAKE_INTERVAL: Duration = Duration::from_millis(20);
/// The delay of a tick after a deadline: the store's clock may be slightly behind this process's clock.
const DEADLINE_MARGIN: Duration = Duration::from_millis(5);

/// The intervals of the scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intervals {
    /// The interval between two ticks, unless capacity is freed.
    pub tick: Duration,
    /// The interval between two sweeps of lapsed holds.
    pub sweep: Duration,
}

/// The task that admits waiting users and ends lapsed tokens and holds.
pub struct Scheduler {
    committer: Arc<Committer>,
    room: Arc<WaitingRoom>,
    rules: Arc<Rules>,
    intervals: Intervals,
    capacity_freed: Arc<CapacityFreed>,
    /// The opening times of sales that users wait for, by queue.
    openings: Mutex<BTreeMap<QueueId, OffsetDateTime>>,
    measures: Measures,
}

/// The metrics of the scheduler.
struct Measures {
    tick: Histogram,
    sweep: Histogram,
    failures: Counter,
}

/// The dependencies of the scheduler.
pub struct Dependencies {
    /// Loads and commits.
    pub committer: Arc<Committer>,
    /// The waiting users, as far as they are known in memory.
    pub room: Arc<WaitingRoom>,
    /// The parameters of the rules.
    pub rules: Arc<Rules>,
    /// Wakes the scheduler.
    pub capacity_freed: Arc<CapacityFreed>,
}

impl Scheduler {
    /// Creates a scheduler.
    #[must_use]
    pub fn new(dependencies: Dependencies, intervals: Intervals) -> Self {
        let Dependencies { committer, room, rules, capacity_freed } = dependencies;
        let (openings, measures) = (Mutex::default(), Measures::new());
        Self { committer, room, rules, intervals, capacity_freed, openings, measures }
    }

    /// Runs until `stop` is cancelled; a commit in progress is finished first.
    pub async fn run(self, stop: CancellationToken) {
        let (mut tick, mut sweep) = (every(self.intervals.tick), every(self.intervals.sweep));
        let mut next_wake = Instant::now();
        loop {
            // Biased, so that simulations are deterministic. No branch starves another: each waits for its period or at least for a pause.
            let done = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = tick.tick() => {
                    self.tick_all().await;
                    Ok(())
                }
                () = self.capacity_freed_after(next_wake) => {
                    next_wake = Instant::now() + MIN_WAKE_INTERVAL;
                    self.tick_freed().await;
                    Ok(())
                }
                () = self.next_lapse() => Ok(()),
                () = self.next_opening() => Ok(()),
                _ = sweep.tick() => self.sweep().await.map(|swept| {
                    // There may be more, as after the cancellation of a schedule: the next sweep follows, with ticks in between.
                    if u32::try_from(swept) == Ok(MAX_HOLDS) {
                        sweep.reset_immediately();
                    }
                }),
            };
            if let Err(error) = done {
                self.measures.failures.increment(1);
                tracing::error!(error = &error as &dyn std::error::Error, "a run of the scheduler failed");
            }
        }
    }

    /// Returns when capacity is freed, but not before `instant`: many payments in a short time cause few ticks, not one each.
    async fn capacity_freed_after(&self, instant: Instant) {
        sleep_until(instant).await;
        self.capacity_freed.wake.notified().await;
    }

    /// Returns when an active token reaches its deadline in a queue with waiting users, and so frees capacity.
    async fn next_lapse(&self) {
        let Some((at, queue)) = self.room.next_lapse() else { return pending().await };
        sleep(Duration::try_from(at - self.room.now()).unwrap_or_default() + DEADLINE_MARGIN).await;
        self.capacity_freed.add([queue]);
    }

    /// Returns when a sale opens that users wait for.
    async fn next_opening(&self) {
        let next = self.openings().iter().map(|(queue, at)| (*at, *queue)).min();
        let Some((at, queue)) = next else { return pending().await };
        sleep(Duration::try_from(at - self.room.now()).unwrap_or_default() + DEADLINE_MARGIN).await;
        self.openings().remove(&queue);
        self.capacity_freed.add([queue]);
    }

    fn openings(&self) -> MutexGuard<'_, BTreeMap<QueueId, OffsetDateTime>> {
        self.openings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ticks the queues in which capacity was freed and users wait, as far as is known in memory.
    async fn tick_freed(&self) {
        let freed: Vec<QueueId> = self.capacity_freed.take().into_iter().filter(|queue| self.room.waiting(*queue) > 0).collect();
        // A failure is already logged and counted.
        let _ = self.tick(&freed).await;
    }

    /// Ticks the queues that may need a tick; the others cost nothing.
    async fn tick_all(&self) {
        if let Ok(Ticked { admitted, lapsed }) = self.tick(&self.room.due()).await
            && admitted + lapsed > 0
        {
            tracing::debug!(admitted, lapsed, "ticked");
        }
    }

    /// Writes the end of holds that have passed their deadlines or whose schedules are cancelled, and returns their number.
    pub async fn sweep(&self) -> Result<usize, Error> {
        timed(&self.measures.sweep, self.try_sweep()).await
    }

    async fn try_sweep(&self) -> Result<usize, Error> {
        let lapsed = LapsedHolds { at_most: MAX_HOLDS, longest: self.rules.hold };
        let rows = self.committer.load(&[lapsed.clone().into()]).await?;
        let decide = || -> Result<_, Unreadable> {
            let (holds, unreadable): (Vec<_>, Vec<_>) = lapsed.find(&rows)?.into_iter().partition(Result::is_ok);
            let holds: Vec<_> = holds.into_iter().flatten().collect();
            Ok((lapse::decide(&holds, rows.now), unreadable.into_iter().filter_map(Result::err).collect::<Vec<_>>()))
        };
        let decided = caught(decide).map_err(|panicked| Error::internal(&panicked, "the decision of a sweep panicked"))?;
        let (decided, unreadable) = decided.map_err(ReadError::from)?;
        for unreadable in &unreadable {
            self.report_hold(unreadable);
        }
        let mut changes = Vec::with_capacity(decided.len());
        for lapsed in decided {
            match lapsed {
                Ok(change) => changes.push(change),
                Err(fault) => self.report_hold(&fault),
            }
        }
        if changes.is_empty() { Ok(0) } else { self.commit(&changes).await }
    }

    fn report_hold(&self, error: &(dyn std::error::Error + 'static)) {
        self.measures.failures.increment(1);
        tracing::error!(error, "a lapsed hold can't be ended");
    }

    /// Commits `changes`, and returns how many were committed. Changes that met a conflict are left to the next sweep.
    async fn commit(&self, changes: &[Change]) -> Result<usize, Error> {
        let (mut done, mut failed) = (0, None);
        for result in self.committer.commit(changes).await {
            match result {
                Ok(_) => done += 1,
                Err(CommitError::Conflict) => {}
                Err(CommitError::Rejected(_)) => failed = Some(Error::Internal),
                Err(CommitError::Unavailable(_) | CommitError::Unknown(_)) => failed = failed.or(Some(Error::Unavailable)),
            }
        }
        failed.map_or(Ok(done), Err)
    }
}

impl Measures {
    fn new() -> Self {
        Self {
            tick: measure::seconds("frontrow_scheduler_tick_duration_seconds", "Duration of a tick of all queues that may have work."),
            sweep: measure::seconds("frontrow_scheduler_sweep_duration_seconds", "Duration of a sweep of lapsed holds."),
            failures: measure::counter("frontrow_scheduler_failures_total", "Failed ticks and sweeps."),
        }
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

#[cfg(test)]
mod committing;
#[cfg(test)]
mod tests;
