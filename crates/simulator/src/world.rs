//! The state shared by all tasks of a run: the store and its clock, the model, the instances, and the recorded faults and violations.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use adapters_memory::MemoryStore;
use application::ports::{Clock, CommitError, Committed, Ports, ReadError};
use domain::{Change, Need, Rows};
use tokio_util::sync::CancellationToken;

use crate::clock::StoreClock;
use crate::ids::CountingIds;
use crate::instance::Instance;
use crate::model::Model;
use crate::plan::{Fault, FaultKind, Plan};
use crate::row_log::RowLog;
use crate::statistics::Statistics;
use crate::violation::{Check, Violation, ensure};

/// Maximum number of calls and requests in one simulated millisecond; more indicate a loop without a pause.
const MAX_STEPS_PER_MILLISECOND: u32 = 20_000;

/// Maximum rate of ticks that meet only conflicts: three instances with five attempts each, for ticks and for lapsed tokens.
const TICK_CONFLICTS_PER_SECOND: u64 = 100;

/// The shared state of a run.
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) clock: Arc<StoreClock>,
    pub(crate) ids: Arc<CountingIds>,
    pub(crate) ports: Ports,
    model: Mutex<Model>,
    rows: Mutex<RowLog>,
    pub(crate) instances: Mutex<Vec<Option<Arc<Instance>>>>,
    /// Cancelled when the run has failed.
    pub(crate) failed: CancellationToken,
    state: Mutex<State>,
}

/// The results and bookkeeping of a run.
#[derive(Default)]
struct State {
    violation: Option<Violation>,
    /// The log of the run, if requested.
    story: Option<Vec<String>>,
    /// The time of the last fault, in milliseconds.
    faulted_at: Option<u64>,
    /// The time of the last stalled call, in milliseconds.
    stalled_at: Option<u64>,
    /// Whether fault injection has ended.
    faults_ended: bool,
    /// The time of the last injected panic in a load, in milliseconds.
    panicked_at: Option<u64>,
    /// The time of the last commit, in milliseconds.
    committed_at: u64,
    /// The number of ticks since then that met only conflicts.
    tick_conflicts: u64,
    /// The current millisecond and the number of steps in it.
    steps_now: (u64, u32),
    statistics: Statistics,
    fingerprint: DefaultHasher,
}

impl World {
    /// The state at the start of a run: an empty store and no instances.
    pub(crate) fn new(plan: Plan, with_story: bool) -> Arc<Self> {
        let clock = Arc::new(StoreClock::new());
        let ports = MemoryStore::new(clock.clone()).ports();
        let model = Mutex::new(Model::new(&plan.numbers, clock.now()));
        let instances = Mutex::new((0..plan.instances).map(|_| None).collect());
        let state = State { story: with_story.then(Vec::new), ..State::default() };
        Arc::new(Self {
            plan,
            clock,
            ids: Arc::default(),
            ports,
            model,
            rows: Mutex::default(),
            instances,
            failed: CancellationToken::new(),
            state: Mutex::new(state),
        })
    }

    pub(crate) fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn rows(&self) -> MutexGuard<'_, RowLog> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Simulated time since the start of the run, in milliseconds; unaffected by clock jumps.
    pub(crate) fn at(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The running instances.
    pub(crate) fn up(&self) -> Vec<Arc<Instance>> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner).iter().flatten().cloned().collect()
    }

    /// Appends a line to the story.
    pub(crate) fn record(&self, line: impl FnOnce() -> String) {
        let at = self.at();
        if let Some(story) = &mut self.state().story {
            story.push(format!("{:>4}.{:03} s  {}", at / 1_000, at % 1_000, line()));
        }
    }

    /// Fails the run if `check` is a violation.
    pub(crate) fn check(&self, check: Check) {
        if let Err(violation) = check {
            self.record(|| format!("!! {violation}"));
            self.state().violation.get_or_insert(violation);
            self.failed.cancel();
        }
    }

    /// Counts a fault and appends a line to the story.
    pub(crate) fn record_fault(&self, kind: impl std::fmt::Display, line: impl FnOnce() -> String) {
        let at = self.at();
        {
            let mut state = self.state();
            state.faulted_at = state.faulted_at.max(Some(at));
            *state.statistics.faults.entry(kind.to_string()).or_default() += 1;
        }
        self.record(line);
    }

    /// Time since the last fault, in milliseconds.
    pub(crate) fn without_faults(&self) -> u64 {
        self.at().saturating_sub(self.state().faulted_at.unwrap_or(0))
    }

    /// Records that a fault lasts for `duration` from now on.
    pub(crate) fn extend_fault(&self, duration: Duration) {
        let until = self.at() + u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2);
        let mut state = self.state();
        state.faulted_at = state.faulted_at.max(Some(until));
    }

    /// Records a tick that met only conflicts. The scheduler retries it a few times, and then waits for the next tick.
    pub(crate) fn tick_conflicted(&self) {
        let at = self.at();
        let (conflicts, seconds) = {
            let mut state = self.state();
            state.tick_conflicts += 1;
            (state.tick_conflicts, (at - state.committed_at) / 1_000)
        };
        let bounded = conflicts <= TICK_CONFLICTS_PER_SECOND * (seconds + 2);
        let how = "unbounded retry: a tick is repeated without a pause";
        self.check(ensure(bounded, "liveness", how, || format!("{conflicts} conflicts in {seconds} s")));
    }

    /// Records that a call stalls.
    pub(crate) fn stalls(&self) {
        self.state().stalled_at = Some(self.at());
    }

    /// Whether a call has stalled recently.
    pub(crate) fn has_stalled(&self) -> bool {
        let longest = 2 * self.plan.numbers.deadline + 40_000;
        self.state().stalled_at.is_some_and(|at| self.at() - at < longest)
    }

    /// Time since the last commit, in milliseconds.
    pub(crate) fn without_commits(&self) -> u64 {
        self.at() - self.state().committed_at
    }

    /// Ends fault injection into calls.
    pub(crate) fn end_faults(&self) {
        self.state().faults_ended = true;
    }

    /// Records an injected panic, which may cause internal errors.
    pub(crate) fn panicked(&self) {
        self.state().panicked_at = Some(self.at());
    }

    /// Whether an internal error at this time may be caused by an injected panic.
    pub(crate) fn may_fail_internally(&self) -> bool {
        let longest = self.plan.numbers.deadline + 1_000;
        self.state().panicked_at.is_some_and(|at| self.at() - at <= longest)
    }

    /// The faults active for calls now, each with its probability per mille.
    pub(crate) fn faults_now(&self) -> Vec<(FaultKind, u64)> {
        if self.state().faults_ended {
            return Vec::new();
        }
        let now = self.at();
        let faults = self.plan.faults.iter().filter_map(|fault| match *fault {
            Fault::Calls { kind, from, until, per_mille } if (from..until).contains(&now) => Some((kind, per_mille)),
            Fault::Calls { .. } | Fault::Crash { .. } | Fault::Restart { .. } | Fault::ClockJump { .. } => None,
        });
        faults.collect()
    }

    /// Counts a step, and fails the run if there are too many at one time.
    fn step(&self) {
        let at = self.at();
        let is_too_many = {
            let mut state = self.state();
            state.statistics.steps += 1;
            state.steps_now = if state.steps_now.0 == at { (at, state.steps_now.1 + 1) } else { (at, 1) };
            state.steps_now.1 > MAX_STEPS_PER_MILLISECOND
        };
        let how = "unbounded retry: the store is called again and again without a pause";
        self.check(if is_too_many { Err(Violation { rule: "liveness", how, what: format!("at {at} ms") }) } else { Ok(()) });
    }

    /// Counts a request.
    pub(crate) fn request(&self) {
        self.step();
        self.state().statistics.requests += 1;
    }

    /// Loads rows from the store.
    pub(crate) async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        self.step();
        self.model().observe_clock(self.clock.now());
        self.ports.store.load(needs).await
    }

    /// Commits changes to the store and applies them to the model.
    pub(crate) async fn commit(&self, instance: u64, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        self.step();
        let results = self.ports.store.commit(changes).await;
        for (change, result) in changes.iter().zip(&results) {
            match result {
                Ok(committed) => self.committed(instance, change, *committed),
                Err(CommitError::Conflict) => self.record(|| format!("instance {instance}: commit conflict")),
                Err(error) => {
                    let what = format!("{error}: {error:?}");
                    self.check(Err(Violation { rule: "P7", how: "the store rejected a change", what }));
                }
            }
        }
        results
    }

    fn committed(&self, instance: u64, change: &Change, committed: Committed) {
        let is_missing = self.faults_now().iter().any(|(kind, _)| *kind == FaultKind::RowsMissing);
        self.rows().push(if is_missing { Vec::new() } else { change.logged(committed.number).collect() });
        {
            let at = self.at();
            let mut state = self.state();
            state.committed_at = at;
            state.tick_conflicts = 0;
            state.statistics.commits += 1;
            state.statistics.payments +=
                u64::try_from(change.rows::<domain::Payment>().filter(|paid| paid.expected.is_none()).count()).unwrap_or(0);
            let keys: Vec<_> = change.keys().collect();
            (self.clock.now(), keys).hash(&mut state.fingerprint);
        }
        self.record(|| format!("instance {instance}: committed {}", summary(change, committed.number)));
        let checked = self.model().commit(change, committed, self.clock.now(), self.at());
        self.check(checked);
    }

    /// Ends the run, and returns its violation, story, statistics and fingerprint.
    pub(crate) fn end(&self) -> (Option<Violation>, Vec<String>, Statistics, u64) {
        let milliseconds = self.at();
        let mut state = self.state();
        state.statistics.milliseconds = milliseconds;
        let fingerprint = state.fingerprint.finish();
        (state.violation.take(), state.story.take().unwrap_or_default(), state.statistics.clone(), fingerprint)
    }
}

/// Maximum number of rows in the summary of a change.
const MAX_SUMMARY_ROWS: usize = 4;

/// A summary of a change in one line: its events, or else its rows.
fn summary(change: &Change, number: Option<u64>) -> String {
    let events: Vec<_> = change.events.iter().map(|event| format!("{} {}", event.fact.name(), event.fact.subject())).collect();
    let rows: Vec<_> = change.keys().take(MAX_SUMMARY_ROWS).map(|key| format!("{key:?}")).collect();
    let number = number.map_or_else(String::new, |number| format!(" number {number}"));
    if events.is_empty() { rows.join(", ") } else { events.join(", ") + &number }
}
