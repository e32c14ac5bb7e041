//! The world of a clause: a fresh store, a stopped clock, and helpers to use them.

mod catalogue;
mod commands;
mod everything;
mod found;
mod log;
mod people;
mod race;
mod recorder;
mod rows;
mod written;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use application::Answer;
use application::ports::{CommitError, Committed, Ports, Prunable, Pruned};
use application::testing::{CountingIds, StoppedClock};
use domain::change::RowKey;
use domain::decide::admit::{self, Ticked};
use domain::decide::lapse;
use domain::loaded::LoadedReservation;
use domain::need::{LapsedHolds, QueueHead, Unreadable};
use domain::testing::rules;
use domain::{Change, Command, Need, Needs, NewToken, QueueId, Refusal, Rows, Rules};
use time::{Duration, OffsetDateTime};

use crate::Adapter;

pub(crate) use catalogue::{
    CONCERT, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, a_catalogue,
    a_small_catalogue, seat_price,
};
pub(crate) use domain::testing::{idempotency, seat_number, seats, won};
pub(crate) use found::Found;
pub(crate) use log::{assert_progress, read};
pub(crate) use people::{ADA, BEN, CYD, DAN, entry_in, guest, payment_in, reservation_in};
pub(crate) use race::{CommitOrder, Winner};
pub(crate) use recorder::{Recorded, Recorder};

pub(crate) use application::ports::{Clock, Ids};

/// The smallest time difference that stores distinguish.
pub(crate) const MOMENT: Duration = Duration::MICROSECOND;
/// The maximum number of attempts of a command that meets conflicts.
const MAX_ATTEMPTS: usize = 200;
/// A limit that includes all rows of any test.
pub(crate) const ALL: u32 = 10_000;

/// A fresh store with its clock, rules and ids.
pub(crate) struct World {
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<StoppedClock>,
    pub(crate) rules: Rules,
    ids: Arc<CountingIds>,
    /// The rows that changes tried to write.
    seen: Mutex<BTreeSet<RowKey>>,
}

impl World {
    /// Creates a store with an empty catalogue.
    pub(crate) async fn empty(adapter: &dyn Adapter) -> Self {
        let clock = Arc::new(StoppedClock::default());
        Self::over(adapter.fresh(clock.clone()).await, clock)
    }

    /// Creates a store with [`a_catalogue`] of halls with `seats` seats each.
    pub(crate) async fn with_halls(adapter: &dyn Adapter, seats: u32) -> Self {
        Self::empty(adapter).await.with_a_catalogue(seats).await
    }

    /// Creates a store as [`Self::with_halls`] does, for tests that crash it.
    pub(crate) async fn to_crash(adapter: &dyn Adapter, seats: u32) -> Self {
        let clock = Arc::new(StoppedClock::default());
        Self::over(adapter.fresh_to_crash(clock.clone()).await, clock).with_a_catalogue(seats).await
    }

    async fn with_a_catalogue(self, seats: u32) -> Self {
        a_catalogue(seats, self.now()).insert_into(&*self.ports.store).await;
        self
    }

    /// Creates a world for an existing store.
    pub(crate) fn over(ports: Ports, clock: Arc<StoppedClock>) -> Self {
        Self { ports, clock, rules: rules(), ids: Arc::default(), seen: Mutex::default() }
    }

    /// Opens this world's store in a second process, if the adapter supports it.
    pub(crate) async fn beside(&self, adapter: &dyn Adapter) -> Option<Self> {
        let ports = adapter.beside(self.clock.clone()).await?;
        Some(Self { ids: self.ids.clone(), rules: self.rules.clone(), ..Self::over(ports, self.clock.clone()) })
    }

    /// Returns the same world after a restart of its process.
    pub(crate) async fn reopened(self, adapter: &dyn Adapter) -> Self {
        let Self { ports, clock, rules, ids, seen } = self;
        drop(ports);
        Self { ports: adapter.reopened(clock.clone()).await, clock, rules, ids, seen }
    }

    /// Returns the same world after a crash of the store, which stays open until the crash.
    pub(crate) async fn crashed(self, adapter: &dyn Adapter) -> Self {
        let Self { ports: crashed, clock, rules, ids, seen } = self;
        let ports = adapter.after_crash(clock.clone()).await;
        drop(crashed);
        Self { ports, clock, rules, ids, seen }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.clock.advance(Duration::seconds(seconds));
    }

    /// Loads the rows for all of `needs`, in one load.
    pub(crate) async fn load(&self, needs: &[Need]) -> Rows {
        self.ports.store.load(needs).await.unwrap()
    }

    /// Loads `need` and returns its result.
    pub(crate) async fn find<N: Needs>(&self, need: N) -> N::Found {
        let rows = self.load(&needs_of(&need)).await;
        need.find(&rows).unwrap()
    }

    /// Returns the result of each of `needs`, all of them in one load.
    pub(crate) async fn find_each(&self, needs: &[Need]) -> Vec<Found> {
        let rows = self.load(needs).await;
        needs.iter().map(|need| Found::by(need, &rows)).collect()
    }

    /// Returns the need of a sweep of up to `at_most` holds.
    pub(crate) fn lapsed_holds(&self, at_most: u32) -> LapsedHolds {
        LapsedHolds { at_most, longest: self.rules.hold }
    }

    /// Commits `change` alone.
    pub(crate) async fn commit(&self, change: &Change) -> Result<Committed, CommitError> {
        let mut results = self.commit_group(std::slice::from_ref(change)).await;
        assert_eq!(results.len(), 1, "one change must have one result");
        results.remove(0)
    }

    /// Commits `changes` as one group.
    pub(crate) async fn commit_group(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        self.track(changes);
        let results = self.ports.store.commit(changes).await;
        assert_eq!(results.len(), changes.len(), "every change of a group must have its result");
        results
    }

    /// Loads, decides and commits `command`, and retries on a conflict.
    pub(crate) async fn run<C: Command>(&self, command: &C) -> Result<Answer<C::Outcome>, Refusal> {
        for _ in 0..MAX_ATTEMPTS {
            let rows = self.load(&needs_of(&command.needs())).await;
            let (verdict, change) = match command.decide_by(&rows, &self.rules).unwrap() {
                Ok(mut decision) => {
                    let change = decision.change.take();
                    (Ok(decision), change)
                }
                Err(refused) => (Err(refused.refusal), refused.claim.map(|claim| *claim)),
            };
            let committed = match change {
                None => Ok(Committed::default()),
                Some(change) => self.commit(&change).await,
            };
            match committed {
                Ok(Committed { number }) => {
                    return verdict.map(|decided| Answer { outcome: decided.outcome, at: decided.at, replayed: decided.replayed, number });
                }
                Err(CommitError::Conflict) => {}
                Err(error @ (CommitError::Rejected(_) | CommitError::Unavailable(_) | CommitError::Unknown(_))) => {
                    panic!("the store failed to commit: {error:?}")
                }
            }
        }
        panic!("a command met conflicts {MAX_ATTEMPTS} times")
    }

    /// Returns the change of `command`, decided now and not committed.
    pub(crate) async fn change_of<C: Command>(&self, command: &C) -> Change {
        let rows = self.load(&needs_of(&command.needs())).await;
        let decision = command.decide_by(&rows, &self.rules).unwrap().unwrap_or_else(|refused| panic!("refused: {refused:?}"));
        decision.change.expect("a change")
    }

    /// Returns the change of a tick of `queue`, not committed.
    pub(crate) async fn change_of_tick(&self, queue: QueueId) -> Option<(Change, Ticked)> {
        let line = self.find(QueueHead { queue, at_most: ALL }).await?;
        admit::decide(&line, self.now(), &self.rules)
    }

    /// Returns the changes of a sweep, not committed.
    pub(crate) async fn changes_of_sweep(&self) -> Vec<Change> {
        let holds = readable(self.find(self.lapsed_holds(ALL)).await);
        lapse::decide(&holds, self.now()).into_iter().map(|change| change.expect("a hold with all of its seats")).collect()
    }

    /// Admits the next users of `queue`.
    pub(crate) async fn tick(&self, queue: QueueId) -> Ticked {
        match self.change_of_tick(queue).await {
            Some((change, ticked)) => {
                self.commit(&change).await.expect("a tick without concurrent changes");
                ticked
            }
            None => Ticked::default(),
        }
    }

    /// Ends the lapsed holds in their rows, and returns how many.
    pub(crate) async fn sweep(&self) -> usize {
        let changes = self.changes_of_sweep().await;
        let results = self.commit_group(&changes).await;
        assert!(results.iter().all(Result::is_ok), "a sweep without concurrent changes: {results:?}");
        results.len()
    }

    /// Prunes expired keys, and what is older than `before`, in one round of up to `at_most` rows of each kind.
    pub(crate) async fn prune(&self, before: OffsetDateTime, at_most: u32) -> PrunedRows {
        PrunedRows {
            keys: self.prune_some(Prunable::Keys, at_most).await.rows,
            log: self.prune_log(before, at_most).await.rows,
            reservations: self.prune_some(Prunable::Reservations { before }, at_most).await.rows,
            tokens: self.prune_some(Prunable::Tokens { before }, at_most).await.rows,
            users: self.prune_some(Prunable::Users { before }, at_most).await.rows,
        }
    }

    /// Prunes one round of the log, of events committed before `before`, read or not.
    pub(crate) async fn prune_log(&self, before: OffsetDateTime, at_most: u32) -> Pruned {
        self.prune_some(Prunable::Log { before, unread_before: before }, at_most).await
    }

    /// Prunes one round of `what`.
    pub(crate) async fn prune_some(&self, what: Prunable, at_most: u32) -> Pruned {
        self.ports.housekeeping.prune(what, at_most).await.unwrap()
    }

    /// Asserts that the audit finds no violation.
    pub(crate) async fn assert_audit_is_clean(&self) {
        assert_eq!(self.violations().await, []);
    }

    /// Returns the promise and the name of each violated invariant.
    pub(crate) async fn violations(&self) -> Vec<(&'static str, &'static str)> {
        let findings = self.ports.audit.audit().await.unwrap();
        findings
            .iter()
            .filter(|finding| finding.violations > 0)
            .map(|finding| (finding.invariant.promise(), finding.invariant.name()))
            .collect()
    }

    /// Records which rows `changes` try to write: [`Self::everything`] includes them.
    pub(crate) fn track<'a>(&self, changes: impl IntoIterator<Item = &'a Change>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            seen.extend(change.keys());
            seen.extend(change.rows::<NewToken>().map(|new| RowKey::Token(new.row.id)));
        }
    }
}

/// Returns `needs` as a list to load.
pub(crate) fn needs_of(needs: &impl Needs) -> Vec<Need> {
    let mut needs_of = Vec::new();
    needs.add_to(&mut needs_of);
    needs_of
}

/// Returns the holds that a sweep has found; panics if one of them is unreadable.
pub(crate) fn readable(found: Vec<Result<LoadedReservation, Unreadable>>) -> Vec<LoadedReservation> {
    found.into_iter().map(Result::unwrap).collect()
}

/// The numbers of rows of each kind that were pruned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrunedRows {
    pub(crate) keys: u64,
    /// Complete groups or single events, as the store keeps them.
    pub(crate) log: u64,
    pub(crate) reservations: u64,
    pub(crate) tokens: u64,
    pub(crate) users: u64,
}

impl PrunedRows {
    pub(crate) const NONE: Self = Self { keys: 0, log: 0, reservations: 0, tokens: 0, users: 0 };
}

/// Asserts that the change was not committed because of a conflict.
#[track_caller]
pub(crate) fn assert_conflict(result: &Result<Committed, CommitError>, why: &str) {
    assert!(matches!(result, Err(CommitError::Conflict)), "{why}: {result:?} instead of a conflict");
}

/// Asserts that the change was committed.
#[track_caller]
pub(crate) fn assert_committed(result: &Result<Committed, CommitError>, why: &str) {
    assert!(result.is_ok(), "{why}: {result:?} instead of a commit");
}
