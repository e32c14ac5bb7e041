//! The scheduler: admits, and tidies what has lapsed. Any instance may run it: the admission version of a queue lets one tick
//! through at a time.

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

/// How many holds a sweep looks at.
const AT_MOST: u32 = 1_000;
/// Between two ticks for places that fell free.
const BETWEEN_WAKES: Duration = Duration::from_millis(20);
/// So long after a deadline its queue is ticked: the store's clock may be a little behind the one that is looked at here.
const AFTER_A_LAPSE: Duration = Duration::from_millis(5);

/// How often the scheduler does what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intervals {
    /// Between two admissions, unless a place falls free.
    pub tick: Duration,
    /// Between two sweeps of lapsed holds.
    pub sweep: Duration,
}

/// Admits, and tidies what has lapsed.
pub struct Scheduler {
    committer: Arc<Committer>,
    room: Arc<WaitingRoom>,
    rules: Arc<Rules>,
    intervals: Intervals,
    capacity_freed: Arc<CapacityFreed>,
    /// When sales open for which users wait, by their queue.
    openings: Mutex<BTreeMap<QueueId, OffsetDateTime>>,
    measures: Measures,
}

/// What is measured of its work.
struct Measures {
    tick: Histogram,
    sweep: Histogram,
    failures: Counter,
}

/// What the scheduler works with.
pub struct Dependencies {
    /// Load and commit.
    pub committer: Arc<Committer>,
    /// Who waits, as far as is known here.
    pub room: Arc<WaitingRoom>,
    /// The rules' numbers.
    pub rules: Arc<Rules>,
    /// What wakes it.
    pub capacity_freed: Arc<CapacityFreed>,
}

impl Scheduler {
    /// A scheduler with `dependencies`, in `intervals`.
    #[must_use]
    pub fn new(dependencies: Dependencies, intervals: Intervals) -> Self {
        let Dependencies { committer, room, rules, capacity_freed } = dependencies;
        let (openings, measures) = (Mutex::default(), Measures::new());
        Self { committer, room, rules, intervals, capacity_freed, openings, measures }
    }

    /// Works until it is told to stop; a commit that is under way is finished first.
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
                    next_wake = Instant::now() + BETWEEN_WAKES;
                    self.tick_freed().await;
                    Ok(())
                }
                () = self.next_lapse() => Ok(()),
                () = self.next_opening() => Ok(()),
                _ = sweep.tick() => self.sweep().await.map(|swept| {
                    // There may be more, as when a date is cancelled: they come one step after the other, and ticks between them.
                    if u32::try_from(swept) == Ok(AT_MOST) {
                        sweep.reset_immediately();
                    }
                }),
            };
            if let Err(error) = done {
                self.measures.failures.increment(1);
                tracing::error!(error = &error as &dyn std::error::Error, "the scheduler could not do its work");
            }
        }
    }

    /// Returns when a place is free, but not before `instant`: a storm of payments makes a tick now and then, not one each.
    async fn capacity_freed_after(&self, instant: Instant) {
        sleep_until(instant).await;
        self.capacity_freed.wake.notified().await;
    }

    /// Returns when an admission has ended by its deadline in a queue where somebody waits: its place is free.
    async fn next_lapse(&self) {
        let Some((at, queue)) = self.room.next_lapse() else { return pending().await };
        sleep(Duration::try_from(at - self.room.now()).unwrap_or_default() + AFTER_A_LAPSE).await;
        self.capacity_freed.add([queue]);
    }

    /// Returns when a sale opens for which somebody waits.
    async fn next_opening(&self) {
        let next = self.openings().iter().map(|(queue, at)| (*at, *queue)).min();
        let Some((at, queue)) = next else { return pending().await };
        sleep(Duration::try_from(at - self.room.now()).unwrap_or_default() + AFTER_A_LAPSE).await;
        self.openings().remove(&queue);
        self.capacity_freed.add([queue]);
    }

    fn openings(&self) -> MutexGuard<'_, BTreeMap<QueueId, OffsetDateTime>> {
        self.openings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ticks the queues in which places fell free, if anybody waits there as far as is known here.
    async fn tick_freed(&self) {
        let freed: Vec<QueueId> = self.capacity_freed.take().into_iter().filter(|queue| self.room.waiting(*queue) > 0).collect();
        // What failed is logged and counted.
        let _ = self.tick(&freed).await;
    }

    /// Ticks the queues in which there may be something to do; the others cost nothing.
    async fn tick_all(&self) {
        if let Ok(Ticked { admitted, lapsed }) = self.tick(&self.room.due()).await
            && admitted + lapsed > 0
        {
            tracing::debug!(admitted, lapsed, "ticked");
        }
    }

    /// Writes down which holds have ended, by their deadlines or by their dates' cancellation; how many were.
    pub async fn sweep(&self) -> Result<usize, Error> {
        timed(&self.measures.sweep, self.try_sweep()).await
    }

    async fn try_sweep(&self) -> Result<usize, Error> {
        let lapsed = LapsedHolds { at_most: AT_MOST, longest: self.rules.hold };
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
        tracing::error!(error, "a hold that has lapsed can't be ended");
    }

    /// Commits; how many changes were committed. Those that met a conflict are left to the next round.
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
            tick: measure::seconds(
                "frontrow_scheduler_tick_duration_seconds",
                "How long a tick takes, of all queues in which there may be something to do.",
            ),
            sweep: measure::seconds("frontrow_scheduler_sweep_duration_seconds", "How long a sweep of lapsed holds takes."),
            failures: measure::counter("frontrow_scheduler_failures_total", "Ticks and sweeps that failed."),
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
