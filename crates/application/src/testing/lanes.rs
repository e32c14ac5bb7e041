//! Lanes over mocks, whose expectations are checked.
//!
//! A mock checks how often it was called when it is dropped. Lanes share their store and their observers with tasks of their own, and a task
//! swallows its panics: a mock that is dropped there, or called there once too often, fails no test. So the mocks come back here: the
//! lanes are closed, and the mocks are checked on the test's own thread.

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

/// What commands meet in a test: a store's mock, and mocks of those who observe its commits.
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
/// What else a store may answer, and how often it is called, a mock says: [`MockedLanes::over`].
pub struct MockedLanes {
    store: MockStore,
    observers: Vec<MockObserver>,
    rules: Rules,
    limits: Limits,
}

impl MockedLanes {
    /// One lane over a store that has `rows` at every load and makes every commit; joins are given the number 1.
    #[must_use]
    pub fn with_rows(rows: Rows) -> Self {
        let mut store = MockStore::new();
        store.expect_load().returning(move |_| Ok(rows.clone()));
        store.expect_commit().returning(|changes| changes.iter().map(|change| Ok(committed(change))).collect());
        Self::over(store)
    }

    /// One lane over `store`, with the default rules and nobody who observes.
    #[must_use]
    pub fn over(store: MockStore) -> Self {
        let limits = Limits { kind: "crowd", lanes: 1, queue: 8, batch: 8, deadline: Duration::from_secs(2) };
        Self { store, observers: Vec::new(), rules: rules(), limits }
    }

    /// The same, with one more observer.
    #[must_use]
    pub fn observed_by(mut self, observer: MockObserver) -> Self {
        self.observers.push(observer);
        self
    }

    /// The same, by other rules.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// The same, within other limits.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Runs `use_case` over the lanes, closes them, and checks the mocks; what the use case came to.
    ///
    /// # Panics
    /// If a mock was called otherwise than expected, or panicked in a lane, or is still in use afterwards.
    pub async fn run<T>(self, use_case: impl AsyncFnOnce(Arc<GroupCommit>) -> T) -> T {
        self.run_and_record(use_case).await.0
    }

    /// As [`Self::run`]: what the use case came to, and the changes that were committed.
    ///
    /// # Panics
    /// As [`Self::run`].
    pub async fn run_and_record<T>(self, use_case: impl AsyncFnOnce(Arc<GroupCommit>) -> T) -> (T, Vec<Change>) {
        let store = Arc::new(Watched::new(self.store));
        let observers: Vec<_> = self.observers.into_iter().map(|observer| Arc::new(Watched::new(observer))).collect();
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

/// What a store adds to `change`.
fn committed(change: &Change) -> Committed {
    Committed { number: change.row::<NewToken>().map(|_| 1) }
}

/// A mock that is called in tasks.
struct Watched<M> {
    mock: M,
    panicked: AtomicBool,
}

impl<M> Watched<M> {
    const fn new(mock: M) -> Self {
        Self { mock, panicked: AtomicBool::new(false) }
    }

    /// Notes a panic between now and its drop.
    const fn watch(&self) -> Watch<'_> {
        Watch(&self.panicked)
    }

    fn check(self: Arc<Self>, name: &str, checkpoint: fn(&mut M)) {
        let Ok(mut watched) = Arc::try_unwrap(self) else { panic!("{name} is still in use: its calls can't be checked") };
        assert!(!watched.panicked.load(Ordering::Acquire), "{name} panicked in a lane: see the panic's message above");
        checkpoint(&mut watched.mock);
    }
}

struct Watch<'a>(&'a AtomicBool);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Release);
        }
    }
}

#[async_trait]
impl Store for Watched<MockStore> {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        let _watch = self.watch();
        self.mock.load(needs).await
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let _watch = self.watch();
        self.mock.commit(changes).await
    }
}

impl Observer for Watched<MockObserver> {
    fn committed(&self, change: &Change, committed: &Committed) {
        let _watch = self.watch();
        self.mock.committed(change, committed);
    }

    fn doubtful(&self, change: &Change) {
        let _watch = self.watch();
        self.mock.doubtful(change);
    }
}

#[cfg(test)]
mod tests;
