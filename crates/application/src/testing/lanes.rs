//! Lanes over mocks, whose expectations are checked.
//!
//! A mock checks how often it was called when it is dropped. Lanes share their store and their observers with their own tasks, and a task
//! swallows its panics: a mock that is dropped there, or called there too often, fails no test. Therefore the lanes are closed first, and
//! then the mocks are checked on the test's own thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::testing::rules;
use domain::{Change, Need, NewToken, Rows, Rules};

use super::RecordingObserver;
use crate::GroupCommit;
use crate::committer::Committer;
use crate::group_commit::Limits;
use crate::ports::{CommitError, Committed, MockObserver, MockStore, Observer, ReadError, Store};

/// The environment of commands in a test: a mock of the store, and mocks of its observers.
///
/// ```
/// use application::testing::{CountingIds, MockedLanes};
/// use application::use_cases::RegisterUser;
/// use domain::testing::on_sale;
/// use domain::{User, UserName};
/// # use std::sync::Arc;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let name = UserName::new("Ada").unwrap();
/// let (registered, changes) = MockedLanes::with_rows(on_sale())
///     .run_and_record(async |commits| RegisterUser::new(commits, Arc::new(CountingIds::default())).execute(name, None).await)
///     .await;
///
/// assert!(registered.is_ok());
/// assert_eq!(changes[0].rows::<User>().count(), 1);
/// # }
/// ```
///
/// For other responses of the store and for the number of its calls, use a mock: [`MockedLanes::over`].
pub struct MockedLanes {
    store: MockStore,
    observers: Vec<MockObserver>,
    rules: Rules,
    limits: Limits,
}

impl MockedLanes {
    /// Creates one lane over a store that returns `rows` for every load and commits every change; joins get the number 1.
    #[must_use]
    pub fn with_rows(rows: Rows) -> Self {
        let mut store = MockStore::new();
        store.expect_load().returning(move |_| Ok(rows.clone()));
        store.expect_commit().returning(|changes| changes.iter().map(|change| Ok(committed(change))).collect());
        Self::over(store)
    }

    /// Creates one lane over `store`, with the default rules and no observers.
    #[must_use]
    pub fn over(store: MockStore) -> Self {
        let limits = Limits { kind: "users", lanes: 1, queue: 8, batch: 8, deadline: Duration::from_secs(2) };
        Self { store, observers: Vec::new(), rules: rules(), limits }
    }

    /// Adds an observer.
    #[must_use]
    pub fn observed_by(mut self, observer: MockObserver) -> Self {
        self.observers.push(observer);
        self
    }

    /// Replaces the rules.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// Replaces the limits.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Runs `use_case` over the lanes, closes them, checks the mocks, and returns the result of the use case.
    ///
    /// # Panics
    /// If the calls of a mock differ from its expectations, or if it panicked in a lane or is still in use afterwards.
    pub async fn run<T>(self, use_case: impl AsyncFnOnce(Arc<GroupCommit>) -> T) -> T {
        self.run_and_record(use_case).await.0
    }

    /// Like [`Self::run`], but also returns the committed changes.
    ///
    /// # Panics
    /// As [`Self::run`].
    pub async fn run_and_record<T>(self, use_case: impl AsyncFnOnce(Arc<GroupCommit>) -> T) -> (T, Vec<Change>) {
        let store = Arc::new(Guarded::new(self.store));
        let observers: Vec<_> = self.observers.into_iter().map(|observer| Arc::new(Guarded::new(observer))).collect();
        let recorder = Arc::new(RecordingObserver::default());
        let mut observing: Vec<Arc<dyn Observer>> = vec![recorder.clone()];
        observing.extend(observers.iter().map(|observer| observer.clone() as Arc<dyn Observer>));
        let commits = Arc::new(GroupCommit::start(Arc::new(Committer::new(store.clone(), observing)), Arc::new(self.rules), self.limits));

        let outcome = use_case(commits.clone()).await;

        commits.close().await;
        store.check("the store's mock", MockStore::checkpoint);
        for observer in observers {
            observer.check("an observer's mock", MockObserver::checkpoint);
        }
        (outcome, recorder.committed())
    }
}

/// Returns what the store adds to `change`.
fn committed(change: &Change) -> Committed {
    Committed { number: change.row::<NewToken>().map(|_| 1) }
}

/// A mock that is called in tasks, and a record of its panics.
struct Guarded<M> {
    mock: M,
    panicked: AtomicBool,
}

impl<M> Guarded<M> {
    const fn new(mock: M) -> Self {
        Self { mock, panicked: AtomicBool::new(false) }
    }

    /// Returns a guard that records a panic until it is dropped.
    const fn guard(&self) -> PanicGuard<'_> {
        PanicGuard(&self.panicked)
    }

    fn check(self: Arc<Self>, name: &str, checkpoint: fn(&mut M)) {
        let Ok(mut guarded) = Arc::try_unwrap(self) else { panic!("{name} is still in use: its calls can't be checked") };
        assert!(!guarded.panicked.load(Ordering::Acquire), "{name} panicked in a lane: see the panic's message above");
        checkpoint(&mut guarded.mock);
    }
}

struct PanicGuard<'a>(&'a AtomicBool);

impl Drop for PanicGuard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Release);
        }
    }
}

#[async_trait]
impl Store for Guarded<MockStore> {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        let _guard = self.guard();
        self.mock.load(needs).await
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let _guard = self.guard();
        self.mock.commit(changes).await
    }
}

impl Observer for Guarded<MockObserver> {
    fn committed(&self, change: &Change, committed: &Committed) {
        let _guard = self.guard();
        self.mock.committed(change, committed);
    }

    fn doubtful(&self, change: &Change) {
        let _guard = self.guard();
        self.mock.doubtful(change);
    }
}

#[cfg(test)]
mod tests;
