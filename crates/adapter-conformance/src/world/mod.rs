//! The world of a clause: a fresh store, a clock that stands still, and the words in which tests speak of them.

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
use domain::need::{LapsedHolds, Line, Unreadable};
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
pub(crate) use log::{assert_goes_on, read};
pub(crate) use people::{ADA, BEN, CYD, DAN, entry_in, guest, payment_in, reservation_in};
pub(crate) use race::{Meeting, Won};
pub(crate) use recorder::{Recorded, Recorder};

pub(crate) use application::ports::{Clock, Ids};

/// The shortest time there is.
pub(crate) const MOMENT: Duration = Duration::MICROSECOND;
/// How often a command that meets conflicts is tried.
const TRIES: usize = 200;
/// As many as there are.
pub(crate) const ALL: u32 = 10_000;

/// A fresh store and what surrounds it.
pub(crate) struct World {
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<StoppedClock>,
    pub(crate) rules: Rules,
    ids: Arc<CountingIds>,
    /// The rows that anybody tried to write.
    seen: Mutex<BTreeSet<RowKey>>,
}

impl World {
    /// A fresh store in which nothing is on.
    pub(crate) async fn empty(adapter: &dyn Adapter) -> Self {
        let clock = Arc::new(StoppedClock::default());
        Self::over(adapter.fresh(clock.clone()).await, clock)
    }

    /// A fresh store with [`a_catalogue`] of halls with `seats` seats each.
    pub(crate) async fn with_halls(adapter: &dyn Adapter, seats: u32) -> Self {
        Self::empty(adapter).await.with_a_catalogue(seats).await
    }

    /// As [`Self::with_halls`], in a store that a crash may befall.
    pub(crate) async fn to_crash(adapter: &dyn Adapter, seats: u32) -> Self {
        let clock = Arc::new(StoppedClock::default());
        Self::over(adapter.fresh_to_crash(clock.clone()).await, clock).with_a_catalogue(seats).await
    }

    async fn with_a_catalogue(self, seats: u32) -> Self {
        a_catalogue(seats, self.now()).put_on(&*self.ports.store).await;
        self
    }

    /// The world around a store that is there already.
    pub(crate) fn over(ports: Ports, clock: Arc<StoppedClock>) -> Self {
        Self { ports, clock, rules: rules(), ids: Arc::default(), seen: Mutex::default() }
    }

    /// A second process on this world's store, if several may serve it.
    pub(crate) async fn beside(&self, adapter: &dyn Adapter) -> Option<Self> {
        let ports = adapter.beside(self.clock.clone()).await?;
        Some(Self { ids: self.ids.clone(), rules: self.rules.clone(), ..Self::over(ports, self.clock.clone()) })
    }

    /// The same world after its process has ended.
    pub(crate) async fn reopened(self, adapter: &dyn Adapter) -> Self {
        let Self { ports, clock, rules, ids, seen } = self;
        drop(ports);
        Self { ports: adapter.reopened(clock.clone()).await, clock, rules, ids, seen }
    }

    /// The same world after a crash, up to which the store was open.
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

    /// The rows for all of `needs`, in one load.
    pub(crate) async fn load(&self, needs: &[Need]) -> Rows {
        self.ports.store.load(needs).await.unwrap()
    }

    /// What `need` finds.
    pub(crate) async fn find<N: Needs>(&self, need: N) -> N::Found {
        let rows = self.load(&asked(&need)).await;
        need.find(&rows).unwrap()
    }

    /// What each of `needs` finds, all of them in one load.
    pub(crate) async fn find_each(&self, needs: &[Need]) -> Vec<Found> {
        let rows = self.load(needs).await;
        needs.iter().map(|need| Found::by(need, &rows)).collect()
    }

    /// What a sweep has to see, at most so many holds.
    pub(crate) fn lapsed_holds(&self, at_most: u32) -> LapsedHolds {
        LapsedHolds { at_most, longest: self.rules.hold }
    }

    /// Commits `change` alone.
    pub(crate) async fn commit(&self, change: &Change) -> Result<Committed, CommitError> {
        let mut results = self.commit_group(std::slice::from_ref(change)).await;
        assert_eq!(results.len(), 1, "one change has one answer");
        results.remove(0)
    }

    /// Commits `changes` as one group.
    pub(crate) async fn commit_group(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        self.note(changes);
        let results = self.ports.store.commit(changes).await;
        assert_eq!(results.len(), changes.len(), "every change of a group has its answer");
        results
    }

    /// Load, decide, commit; again if there is a conflict.
    pub(crate) async fn run<C: Command>(&self, command: &C) -> Result<Answer<C::Outcome>, Refusal> {
        for _ in 0..TRIES {
            let rows = self.load(&asked(&command.needs())).await;
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
                    return verdict.map(|told| Answer { outcome: told.outcome, at: told.at, replayed: told.replayed, number });
                }
                Err(CommitError::Conflict) => {}
                Err(error @ (CommitError::Rejected(_) | CommitError::Unavailable(_) | CommitError::Unknown(_))) => {
                    panic!("the store can't commit: {error:?}")
                }
            }
        }
        panic!("a command met conflicts {TRIES} times")
    }

    /// What `command` would change, decided now and not committed.
    pub(crate) async fn change_of<C: Command>(&self, command: &C) -> Change {
        let rows = self.load(&asked(&command.needs())).await;
        let decision = command.decide_by(&rows, &self.rules).unwrap().unwrap_or_else(|refused| panic!("refused: {refused:?}"));
        decision.change.expect("a change")
    }

    /// What a tick of `queue` would change.
    pub(crate) async fn change_of_tick(&self, queue: QueueId) -> Option<(Change, Ticked)> {
        let line = self.find(Line { queue, at_most: ALL }).await?;
        admit::decide(&line, self.now(), &self.rules)
    }

    /// What a sweep would change.
    pub(crate) async fn changes_of_sweep(&self) -> Vec<Change> {
        let holds = readable(self.find(self.lapsed_holds(ALL)).await);
        lapse::decide(&holds, self.now()).into_iter().map(|change| change.expect("all seats of a hold")).collect()
    }

    /// Lets the next users of `queue` in.
    pub(crate) async fn tick(&self, queue: QueueId) -> Ticked {
        match self.change_of_tick(queue).await {
            Some((change, ticked)) => {
                self.commit(&change).await.expect("a tick that nobody disturbs");
                ticked
            }
            None => Ticked::default(),
        }
    }

    /// Writes down which holds have lapsed; how many.
    pub(crate) async fn sweep(&self) -> usize {
        let changes = self.changes_of_sweep().await;
        let results = self.commit_group(&changes).await;
        assert!(results.iter().all(Result::is_ok), "a sweep that nobody disturbs: {results:?}");
        results.len()
    }

    /// Forgets what is older than `before`, in one round of at most so many of each sort.
    pub(crate) async fn prune(&self, before: OffsetDateTime, at_most: u32) -> Forgotten {
        Forgotten {
            keys: self.prune_some(Prunable::Keys, at_most).await.rows,
            log: self.prune_log(before, at_most).await.rows,
            tokens: self.prune_some(Prunable::Tokens { before }, at_most).await.rows,
        }
    }

    /// A round of pruning the log, of what was committed before `before`, read or not.
    pub(crate) async fn prune_log(&self, before: OffsetDateTime, at_most: u32) -> Pruned {
        self.prune_some(Prunable::Log { before, unread_before: before }, at_most).await
    }

    /// A round of pruning.
    pub(crate) async fn prune_some(&self, what: Prunable, at_most: u32) -> Pruned {
        self.ports.housekeeping.prune(what, at_most).await.unwrap()
    }

    /// No promise is broken.
    pub(crate) async fn assert_audit_is_clean(&self) {
        assert_eq!(self.broken_promises().await, []);
    }

    /// The invariants that don't hold.
    pub(crate) async fn broken_promises(&self) -> Vec<(&'static str, &'static str)> {
        let findings = self.ports.audit.audit().await.unwrap();
        findings
            .iter()
            .filter(|finding| finding.violations > 0)
            .map(|finding| (finding.invariant.promise(), finding.invariant.name()))
            .collect()
    }

    /// Remembers which rows `changes` try to write: [`Self::everything`] tells of them.
    pub(crate) fn note<'a>(&self, changes: impl IntoIterator<Item = &'a Change>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            seen.extend(change.keys());
            seen.extend(change.rows::<NewToken>().map(|new| RowKey::Token(new.row.id)));
        }
    }
}

/// What a store is asked for, that `needs` may find it.
pub(crate) fn asked(needs: &impl Needs) -> Vec<Need> {
    let mut asked = Vec::new();
    needs.ask(&mut asked);
    asked
}

/// The holds that a sweep has found, which all make sense.
pub(crate) fn readable(found: Vec<Result<LoadedReservation, Unreadable>>) -> Vec<LoadedReservation> {
    found.into_iter().map(Result::unwrap).collect()
}

/// How many rows of each sort were forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forgotten {
    pub(crate) keys: u64,
    /// Whole groups or single events, as the store keeps them.
    pub(crate) log: u64,
    pub(crate) tokens: u64,
}

/// The change was not committed because something had changed.
#[track_caller]
pub(crate) fn assert_conflict(result: &Result<Committed, CommitError>, why: &str) {
    assert!(matches!(result, Err(CommitError::Conflict)), "{why}: {result:?} instead of a conflict");
}

/// The change was committed.
#[track_caller]
pub(crate) fn assert_committed(result: &Result<Committed, CommitError>, why: &str) {
    assert!(result.is_ok(), "{why}: {result:?} instead of a commit");
}
