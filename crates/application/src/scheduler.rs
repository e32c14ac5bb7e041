//! The scheduler: admits, and tidies what has lapsed. Any instance may run it: the admission version of a queue lets one tick
//! through at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::decide::admit::{self, Ticked};
use domain::decide::lapse;
use domain::{Change, Queue, QueueId, Rules, TokenState};
use metrics::{Counter, Histogram};
use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::measure::{self, timed};
use crate::ports::{Catalogue, CommitError, Committed, Housekeeping, Load, Observer, Old, ReadError, Store};
use crate::{Error, WaitingRoom};

/// How many holds a sweep looks at, and how many rows of a sort a round of housekeeping forgets.
const AT_MOST: u32 = 1_000;
const AT_MOST_HOLDS: usize = 1_000;
/// Between two ticks for places that fell free.
const BETWEEN_WAKES: Duration = Duration::from_millis(20);
/// So long after a deadline its queue is ticked: the store's clock may be a little behind the one that is looked at here.
const AFTER_A_LAPSE: Duration = Duration::from_millis(5);
/// How often a tick is tried that loses to another.
const TRIES: u32 = 5;

/// How often the scheduler does what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// Between two admissions, unless a place falls free.
    pub tick: Duration,
    /// Between two sweeps of lapsed holds.
    pub sweep: Duration,
    /// Between two rounds of housekeeping.
    pub housekeeping: Duration,
    /// How long an event stays in the outbox.
    pub keep_events: Duration,
    /// How long an ended token is kept that nothing refers to.
    pub keep_tokens: Duration,
}

/// Admits, and tidies what has lapsed.
pub struct Scheduler {
    store: Arc<dyn Store>,
    catalogue: Arc<dyn Catalogue>,
    housekeeping: Arc<dyn Housekeeping>,
    room: Arc<WaitingRoom>,
    observers: Vec<Arc<dyn Observer>>,
    rules: Arc<Rules>,
    rhythm: Rhythm,
    place_free: Arc<PlaceFree>,
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

/// Wakes the scheduler when a commit frees a place, so that nobody waits for the next tick.
#[derive(Default)]
pub struct PlaceFree {
    queues: Mutex<BTreeSet<QueueId>>,
    wake: Notify,
}

impl PlaceFree {
    fn add(&self, queues: impl IntoIterator<Item = QueueId>) {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).extend(queues);
        self.wake.notify_one();
    }

    /// The queues in which places fell free since the last time.
    fn take(&self) -> BTreeSet<QueueId> {
        std::mem::take(&mut self.queues.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Observer for PlaceFree {
    fn committed(&self, change: &Change, _: &Committed) {
        let ended = |state| matches!(state, TokenState::Expired { activated_at: Some(_), .. });
        let freed = change.tokens.iter().filter(|token| ended(token.row.state())).map(|token| token.row.queue);
        // A queue that an operator has changed may have more places, too.
        let freed: Vec<QueueId> = freed.chain(change.queues.iter().map(|queue| queue.row.id)).collect();
        if !freed.is_empty() {
            self.add(freed);
        }
    }

    /// The next tick finds out.
    fn doubtful(&self, _: &Change) {}
}

/// What the scheduler works with.
pub struct Tools {
    /// Load and commit.
    pub store: Arc<dyn Store>,
    /// Which queues there are.
    pub catalogue: Arc<dyn Catalogue>,
    /// Forgetting.
    pub housekeeping: Arc<dyn Housekeeping>,
    /// The read model to be tidied.
    pub room: Arc<WaitingRoom>,
    /// Who is told of its commits.
    pub observers: Vec<Arc<dyn Observer>>,
    /// The rules' numbers.
    pub rules: Arc<Rules>,
    /// What wakes it.
    pub place_free: Arc<PlaceFree>,
}

impl Scheduler {
    /// A scheduler with `tools`, in `rhythm`.
    #[must_use]
    pub fn new(tools: Tools, rhythm: Rhythm) -> Self {
        let Tools { store, catalogue, housekeeping, room, observers, rules, place_free } = tools;
        let (openings, measures) = (Mutex::default(), Measures::new());
        Self { store, catalogue, housekeeping, room, observers, rules, rhythm, place_free, openings, measures }
    }

    /// Works until it is told to stop; a commit that is under way is finished first.
    pub async fn run(self, stop: CancellationToken) {
        let (mut tick, mut sweep, mut tidy) = (every(self.rhythm.tick), every(self.rhythm.sweep), every(self.rhythm.housekeeping));
        let mut next_wake = Instant::now();
        loop {
            let done = tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => self.tick_all().await,
                () = self.place_free_after(next_wake) => {
                    next_wake = Instant::now() + BETWEEN_WAKES;
                    self.tick_freed().await
                }
                () = self.next_lapse() => Ok(()),
                () = self.next_opening() => Ok(()),
                _ = sweep.tick() => self.sweep().await.map(|swept| {
                    // There may be more, as when a date is cancelled: they come one step after the other, and ticks between them.
                    if swept == AT_MOST_HOLDS {
                        sweep.reset_immediately();
                    }
                }),
                _ = tidy.tick() => self.tidy().await,
            };
            if let Err(error) = done {
                self.measures.failures.increment(1);
                tracing::error!(error = &error as &dyn std::error::Error, "the scheduler could not do its work");
            }
        }
    }

    /// Returns when a place is free, but not before `instant`: a storm of payments makes a tick now and then, not one each.
    async fn place_free_after(&self, instant: Instant) {
        sleep_until(instant).await;
        self.place_free.wake.notified().await;
    }

    /// Returns when an admission has ended by its deadline in a queue where somebody waits: its place is free.
    async fn next_lapse(&self) {
        let Some((at, queue)) = self.room.next_lapse() else { return pending().await };
        sleep(Duration::try_from(at - self.room.now()).unwrap_or_default() + AFTER_A_LAPSE).await;
        self.place_free.add([queue]);
    }

    /// Returns when a sale opens for which somebody waits.
    async fn next_opening(&self) {
        let next = self.openings().iter().map(|(queue, at)| (*at, *queue)).min();
        let Some((at, queue)) = next else { return pending().await };
        sleep(Duration::try_from(at - self.room.now()).unwrap_or_default() + AFTER_A_LAPSE).await;
        self.openings().remove(&queue);
        self.place_free.add([queue]);
    }

    fn openings(&self) -> MutexGuard<'_, BTreeMap<QueueId, OffsetDateTime>> {
        self.openings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ticks the queues in which places fell free, if anybody waits there as far as is known here.
    async fn tick_freed(&self) -> Result<(), Error> {
        for id in self.place_free.take() {
            if self.room.waiting(id) > 0
                && let Some(queue) = self.catalogue.queue(id).await?
            {
                self.tick(&queue).await?;
            }
        }
        Ok(())
    }

    async fn tick_all(&self) -> Result<(), Error> {
        for queue in self.catalogue.queues().await? {
            // What is wrong with one line must not hold the others up.
            let Ok(Ticked { admitted, lapsed }) = self.tick(&queue).await else {
                self.measures.failures.increment(1);
                continue;
            };
            if admitted + lapsed > 0 {
                tracing::debug!(queue = %queue.id, admitted, lapsed, "ticked");
            }
        }
        Ok(())
    }

    /// Ends what has lapsed in `queue` and admits into the free places, once. It looks at no more tokens than it may admit: what has
    /// lapsed beyond that is left to the next tick.
    pub async fn tick(&self, queue: &Queue) -> Result<Ticked, Error> {
        timed(&self.measures.tick, self.try_tick(queue)).await
    }

    async fn try_tick(&self, queue: &Queue) -> Result<Ticked, Error> {
        let load = Load::Tick { queue: queue.id, at_most: queue.policy(&self.rules.queue).batch };
        for _ in 0..TRIES {
            let Some(context) = self.store.load(std::slice::from_ref(&load)).await.pop().transpose()? else { break };
            match admit::opening(&context) {
                Some(at) => self.openings().insert(queue.id, at),
                None => self.openings().remove(&queue.id),
            };
            let Some((change, ticked)) = admit::decide(&context, &self.rules) else { break };
            match self.commit(&[change]).await? {
                0 => {}
                _ => return Ok(ticked),
            }
        }
        Ok(Ticked::default())
    }

    /// Writes down which holds have ended, by their deadlines or by their dates' cancellation; how many were.
    pub async fn sweep(&self) -> Result<usize, Error> {
        timed(&self.measures.sweep, self.try_sweep()).await
    }

    async fn try_sweep(&self) -> Result<usize, Error> {
        let context = self.store.load(&[Load::LapsedHolds { at_most: AT_MOST, hold: self.rules.hold }]).await.pop();
        let changes = context.transpose()?.map(|context| lapse::decide(&context)).unwrap_or_default();
        if changes.is_empty() { Ok(0) } else { self.commit(&changes).await }
    }

    async fn tidy(&self) -> Result<(), Error> {
        self.room.tidy();
        let now = self.room.now();
        let old = Old { events: now - self.rhythm.keep_events, tokens: now - self.rhythm.keep_tokens };
        self.housekeeping.prune(old, AT_MOST).await?;
        Ok(())
    }

    /// Commits, tells the observers; how many changes were committed. Those that met a conflict are left to the next round.
    async fn commit(&self, changes: &[Change]) -> Result<usize, Error> {
        let results = self.store.commit(changes).await;
        let (mut done, mut failed) = (0, None);
        for (change, result) in changes.iter().zip(results) {
            match result {
                Ok(committed) => {
                    self.observers.iter().for_each(|observer| observer.committed(change, &committed));
                    done += 1;
                }
                Err(CommitError::Conflict) => {}
                Err(error @ (CommitError::Rejected(_) | CommitError::Unavailable(_) | CommitError::Unknown(_))) => {
                    if matches!(error, CommitError::Unknown(_)) {
                        self.observers.iter().for_each(|observer| observer.doubtful(change));
                    }
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(done), |error| Err(ReadError::Unavailable(Box::new(error)).into()))
    }
}

impl Measures {
    fn new() -> Self {
        Self {
            tick: measure::seconds("frontrow_scheduler_tick_duration_seconds", "How long a tick of one queue takes."),
            sweep: measure::seconds("frontrow_scheduler_sweep_duration_seconds", "How long a sweep of lapsed holds takes."),
            failures: measure::counter("frontrow_scheduler_failures_total", "Ticks, sweeps and rounds of housekeeping that failed."),
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
