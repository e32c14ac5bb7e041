//! Faults during the execution of commands, and the answers and notifications that follow.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::need::{self, Lookup};
use domain::testing::{NOW, rules};
use domain::{Change, Decision, Fault, Need, Needs, Refusal, ReservationId, Rows, Rules, User, UserId, Verdict};
use rstest::rstest;
use time::OffsetDateTime;

use super::tests::{Touch, all_committed, limits, loading_store};
use super::*;
use crate::ports::{CommitError, Committed, MockObserver, MockStore, ReadError, Store};
use crate::testing::{MockedLanes, RecordingObserver};

/// A command that panics at the given step.
enum Panicking {
    InNeeds,
    InDecide,
}

impl Command for Panicking {
    type Outcome = ();

    type Needs = ();

    fn needs(&self) {
        assert!(matches!(self, Self::InDecide), "a panic in the needs");
    }

    fn decide(&self, _: OffsetDateTime, (): (), _: &Rules) -> Verdict<()> {
        panic!("a panic in the decision")
    }
}

/// A command that finds that the loaded rows contradict each other.
struct Finds(Fault);

impl Command for Finds {
    type Outcome = ();

    type Needs = ();

    fn needs(&self) {}

    fn decide(&self, _: OffsetDateTime, (): (), _: &Rules) -> Verdict<()> {
        Err(Refusal::from(self.0.clone()).into())
    }
}

/// Returns an observer that expects exactly these numbers of committed and doubtful changes.
fn an_observer(committed: usize, doubtful: usize) -> MockObserver {
    let mut observer = MockObserver::new();
    observer.expect_committed().times(committed).return_const(());
    observer.expect_doubtful().times(doubtful).return_const(());
    observer
}

async fn touch(store: MockStore, observer: MockObserver) -> Result<Answer<u128>, Error> {
    MockedLanes::over(store).observed_by(observer).run(async |commits| commits.run(Touch(1)).await).await
}

/// Returns a function that fails `failures` times, then succeeds.
fn after<T>(failures: usize, fail: impl Fn() -> T + Send + Sync, succeed: impl Fn() -> T + Send + Sync) -> impl Fn() -> T + Send + Sync {
    let attempts = AtomicUsize::new(0);
    move || if attempts.fetch_add(1, Ordering::SeqCst) < failures { fail() } else { succeed() }
}

fn unavailable() -> CommitError {
    CommitError::Unavailable("no connection".into())
}

#[tokio::test(start_paused = true)]
async fn an_unwritten_command_is_loaded_decided_and_committed_again() {
    let mut store = MockStore::new();
    store.expect_load().times(3).returning(|_| Ok(Rows::at(NOW)));
    let commit = after(2, || Err(unavailable()), || Ok(Committed::default()));
    store.expect_commit().times(3).returning(move |_| vec![commit()]);
    assert_eq!(touch(store, an_observer(1, 0)).await.unwrap().outcome, 1);
}

#[tokio::test(start_paused = true)]
async fn an_unavailable_store_leaves_nothing_changed_and_nothing_doubtful() {
    let mut store = loading_store();
    // Pauses of 20 to 80 ms within 2 s.
    store.expect_commit().times(20..=102).returning(|_| vec![Err(unavailable())]);
    let answer = touch(store, an_observer(0, 0)).await;
    assert!(matches!(answer, Err(Error::Overloaded)), "{answer:?}");
}

#[rstest]
#[case::unavailable(|| ReadError::Unavailable("no connection".into()))]
#[case::standby(|| ReadError::ReadOnly)]
#[tokio::test(start_paused = true)]
async fn a_failed_load_is_retried(#[case] error: fn() -> ReadError) {
    let mut store = MockStore::new();
    let load = after(2, move || Err(error()), || Ok(Rows::at(NOW)));
    store.expect_load().times(3).returning(move |_| load());
    store.expect_commit().times(1).returning(all_committed);
    assert_eq!(touch(store, an_observer(1, 0)).await.unwrap().outcome, 1);
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_store_leaves_nothing_changed_at_the_deadline() {
    let mut store = MockStore::new();
    store.expect_load().times(20..=102).returning(|_| Err(ReadError::Unavailable("no connection".into())));
    let answer = touch(store, an_observer(0, 0)).await;
    assert!(matches!(answer, Err(Error::Overloaded)), "{answer:?}");
}

#[tokio::test]
async fn a_rejected_change_is_an_internal_fault_and_is_not_retried() {
    let mut store = loading_store();
    store.expect_commit().times(1).returning(|_| vec![Err(CommitError::Rejected("a constraint".into()))]);
    let answer = touch(store, an_observer(0, 0)).await;
    assert!(matches!(answer, Err(Error::Internal)), "{answer:?}");
}

#[rstest]
#[case::corrupt(|| ReadError::Corrupt("an unknown state".into()))]
#[case::fault(|| ReadError::Fault("no such table".into()))]
#[tokio::test]
async fn a_permanently_unreadable_store_is_an_internal_fault_and_is_not_retried(#[case] error: fn() -> ReadError) {
    let mut store = MockStore::new();
    store.expect_load().times(1).returning(move |_| Err(error()));
    let answer = touch(store, an_observer(0, 0)).await;
    assert!(matches!(answer, Err(Error::Internal)), "{answer:?}");
}

#[tokio::test]
async fn an_unknown_outcome_is_doubtful_and_is_not_retried() {
    let mut store = loading_store();
    store.expect_commit().times(1).returning(|_| vec![Err(CommitError::Unknown("the connection broke".into()))]);
    let answer = touch(store, an_observer(0, 1)).await;
    assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
}

#[rstest]
#[case::too_few(0)]
#[case::too_many(2)]
#[tokio::test]
async fn a_commit_with_a_wrong_number_of_results_has_an_unknown_outcome(#[case] results: usize) {
    let mut store = loading_store();
    store.expect_commit().times(1).returning(move |_| (0..results).map(|_| Ok(Committed::default())).collect());
    let answer = touch(store, an_observer(0, 1)).await;
    assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
}

/// A command that needs the row of a user.
struct NeedsUser(UserId);

impl Command for NeedsUser {
    type Outcome = ();
    type Needs = need::Account;

    fn needs(&self) -> need::Account {
        need::Account(self.0)
    }

    fn decide(&self, now: OffsetDateTime, _: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<()> {
        Ok(Decision::unchanged((), now))
    }
}

#[tokio::test]
async fn a_corrupt_row_fails_only_the_command_that_needs_it() {
    let [ada, ben] = [1, 2].map(|number| UserId(uuid::Uuid::from_u128(number)));
    let mut store = MockStore::new();
    store.expect_load().times(1).returning(move |needs| {
        assert_eq!(needs, [Need::from(need::Account(ada)), need::Account(ben).into()], "both commands should be in one batch");
        let mut rows = Rows::at(NOW);
        rows.add_unreadable(Lookup::User(ada), "users.name");
        Ok(rows)
    });
    let both = |commits: Arc<GroupCommit>| async move { tokio::join!(commits.run(NeedsUser(ada)), commits.run(NeedsUser(ben))) };
    let (failed, succeeded) = MockedLanes::over(store).run(both).await;
    assert!(matches!(failed, Err(Error::Internal)) && succeeded.is_ok(), "{failed:?} {succeeded:?}");
}

#[tokio::test]
async fn contradictory_rows_are_an_internal_fault_and_not_a_refusal() {
    let fault = Fault::SeatsMissing { reservation: ReservationId(uuid::Uuid::nil()), seats: Vec::new() };
    let answer = MockedLanes::over(loading_store()).run(async |commits| commits.run(Finds(fault)).await).await;
    assert!(matches!(answer, Err(Error::Internal)), "{answer:?}");
}

/// A store that panics once, in its load or in its commit.
struct Panics {
    in_load: bool,
    calls: AtomicUsize,
}

impl Panics {
    fn in_load(in_load: bool) -> Arc<Self> {
        Arc::new(Self { in_load, calls: AtomicUsize::new(0) })
    }

    fn step(&self, is_load: bool) {
        let first = is_load == self.in_load && self.calls.fetch_add(1, Ordering::SeqCst) == 0;
        assert!(!first, "the store panics");
    }
}

#[async_trait::async_trait]
impl Store for Panics {
    async fn load(&self, _: &[Need]) -> Result<Rows, ReadError> {
        self.step(true);
        Ok(Rows::at(NOW))
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        self.step(false);
        all_committed(changes)
    }
}

fn loading_store_that_commits() -> MockStore {
    let mut store = loading_store();
    store.expect_commit().returning(all_committed);
    store
}

fn start(store: Arc<dyn Store>, observer: &Arc<RecordingObserver>) -> Arc<GroupCommit> {
    Arc::new(GroupCommit::start(Arc::new(Committer::new(store, vec![observer.clone()])), Arc::new(rules()), limits()))
}

fn users(changes: Vec<Change>) -> Vec<u128> {
    changes.iter().flat_map(Change::rows::<User>).map(|user| user.row.id.0.as_u128()).collect()
}

#[tokio::test]
async fn a_panic_of_a_load_fails_the_batch_and_not_the_lane() {
    let observer = Arc::new(RecordingObserver::default());
    let commits = start(Panics::in_load(true), &observer);
    let lost = commits.run(Touch(1)).await;
    assert!(matches!(lost, Err(Error::Internal)), "{lost:?}");
    assert_eq!(commits.run(Touch(2)).await.unwrap().outcome, 2);
    assert_eq!(
        (users(observer.committed()), users(observer.doubtful())),
        (vec![2], vec![]),
        "no change of the lost batch should be doubtful"
    );
}

#[tokio::test]
async fn a_panic_of_a_commit_is_an_unknown_outcome_and_makes_its_changes_doubtful() {
    let observer = Arc::new(RecordingObserver::default());
    let commits = start(Panics::in_load(false), &observer);
    let lost = commits.run(Touch(1)).await;
    assert!(matches!(lost, Err(Error::Unavailable)), "{lost:?}");
    assert_eq!(users(observer.doubtful()), [1], "the observer should be notified before the client is answered");
    assert_eq!(commits.run(Touch(2)).await.unwrap().outcome, 2);
    assert_eq!((users(observer.committed()), users(observer.doubtful())), (vec![2], vec![1]));
}

#[tokio::test]
async fn a_panic_of_a_decision_fails_only_its_command() {
    let mut store = MockStore::new();
    // Once: both commands are in one batch.
    store.expect_load().times(1).returning(|_| Ok(Rows::at(NOW)));
    store.expect_commit().times(1).withf(|changes| changes.len() == 1).returning(all_committed);
    // The lane doesn't run before both commands are queued.
    let both = |commits: Arc<GroupCommit>| async move { tokio::join!(commits.run(Panicking::InDecide), commits.run(Touch(2))) };
    let (panicked, touched) = MockedLanes::over(store).observed_by(an_observer(1, 0)).run(both).await;
    assert!(matches!(panicked, Err(Error::Internal)), "{panicked:?}");
    assert_eq!(touched.unwrap().outcome, 2);
}

#[tokio::test]
async fn a_panic_of_the_lane_fails_the_batch_as_an_internal_fault_and_the_lane_continues() {
    let observer = Arc::new(RecordingObserver::default());
    let commits = start(Arc::new(loading_store_that_commits()), &observer);
    let lost = commits.run(Panicking::InNeeds).await;
    assert!(matches!(lost, Err(Error::Internal)), "{lost:?}");
    assert_eq!(commits.run(Touch(2)).await.unwrap().outcome, 2);
}
