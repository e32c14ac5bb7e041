use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::decide::{Decision, Refused};
use domain::testing::{NOW, rules};
use domain::{Change, Need, Refusal, Rows, Rules, User, UserId, Verdict, Write};
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use uuid::Uuid;

use super::*;
use crate::ports::{CommitError, Committed, MockObserver, MockStore, ReadError, Store};
use crate::testing::MockedLanes;

/// A command that writes the user with this number; two with the same number collide.
#[derive(Clone, Copy)]
pub(super) struct Touch(pub(super) u128);

impl Command for Touch {
    type Outcome = u128;
    type Needs = ();

    fn needs(&self) {}

    fn decide(&self, now: OffsetDateTime, (): (), _: &Rules) -> Verdict<u128> {
        let user = User { id: UserId(Uuid::from_u128(self.0)), name: None, created_at: now };
        Ok(Decision::commit(self.0, Change::default().writing(Write::insert(user)), now))
    }
}

/// A command that is refused, but has a claim to commit.
struct RefusedButClaims;

impl Command for RefusedButClaims {
    type Outcome = ();
    type Needs = ();

    fn needs(&self) {}

    fn decide(&self, now: OffsetDateTime, (): (), _: &Rules) -> Verdict<()> {
        let change = Touch(1).decide(now, (), &rules()).map(|decision| decision.change);
        Err(Refused { refusal: Refusal::QueueFull, claim: change?.map(Box::new) })
    }
}

/// A store whose commits each wait for a permit, and which counts the changes.
struct GatedStore {
    gate: Semaphore,
    begun: Semaphore,
    written: AtomicUsize,
}

impl GatedStore {
    fn closed() -> Arc<Self> {
        Arc::new(Self { gate: Semaphore::new(0), begun: Semaphore::new(0), written: AtomicUsize::new(0) })
    }

    async fn commit_has_begun(&self) {
        let begun = timeout(Duration::from_secs(10), self.begun.acquire());
        begun.await.expect("a commit should begin").unwrap().forget();
    }
}

#[async_trait]
impl Store for GatedStore {
    async fn load(&self, _: &[Need]) -> Result<Rows, ReadError> {
        Ok(Rows::at(NOW))
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        self.begun.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        self.written.fetch_add(changes.len(), Ordering::SeqCst);
        changes.iter().map(|_| Ok(Committed::default())).collect()
    }
}

pub(super) fn limits() -> Limits {
    Limits { kind: "users", lanes: 1, queue: 8, batch: 8, deadline: Duration::from_secs(2) }
}

fn start(store: Arc<dyn Store>, limits: Limits) -> Arc<GroupCommit> {
    Arc::new(GroupCommit::start(Arc::new(Committer::new(store, Vec::new())), Arc::new(rules()), limits))
}

pub(super) fn loading_store() -> MockStore {
    let mut store = MockStore::new();
    store.expect_load().returning(|_| Ok(Rows::at(NOW)));
    store
}

pub(super) fn all_committed(changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
    changes.iter().map(|_| Ok(Committed::default())).collect()
}

#[tokio::test]
async fn commands_queued_while_a_lane_is_busy_are_committed_together() {
    let store = GatedStore::closed();
    let commits = start(store.clone(), limits());
    let first = tokio::spawn({
        let commits = commits.clone();
        async move { commits.run(Touch(1)).await }
    });
    store.commit_has_begun().await;
    let others: Vec<_> = (2..6)
        .map(|id| {
            tokio::spawn({
                let commits = commits.clone();
                async move { commits.run(Touch(id)).await }
            })
        })
        .collect();
    while commits.queue.capacity() > limits().queue - others.len() {
        tokio::task::yield_now().await;
    }
    store.gate.add_permits(2);
    assert_eq!(first.await.unwrap().unwrap().outcome, 1);
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(
        (store.written.load(Ordering::SeqCst), store.gate.available_permits()),
        (5, 0),
        "five changes should be written in two commits"
    );
}

#[tokio::test]
async fn a_command_beyond_the_limit_of_the_queue_is_refused_and_changes_nothing() {
    let store = GatedStore::closed();
    let commits = start(store.clone(), Limits { queue: 1, ..limits() });
    let spawn = |id| {
        tokio::spawn({
            let commits = commits.clone();
            async move { commits.run(Touch(id)).await }
        })
    };
    let first = spawn(1);
    store.commit_has_begun().await;
    let second = spawn(2);
    while commits.queue.capacity() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(matches!(commits.run(Touch(3)).await, Err(Error::Overloaded)));
    store.gate.add_permits(2);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(store.written.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_client_that_disconnects_does_not_interrupt_its_commit() {
    let store = GatedStore::closed();
    let commits = start(store.clone(), limits());
    let client = tokio::spawn({
        let commits = commits.clone();
        async move { commits.run(Touch(1)).await }
    });
    store.commit_has_begun().await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    store.gate.add_permits(1);
    commits.close().await;
    assert_eq!(store.written.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline_a_waiting_command_is_withdrawn_and_a_commit_in_progress_has_an_unknown_outcome() {
    let store = GatedStore::closed();
    let commits = start(store.clone(), limits());
    let committing = tokio::spawn({
        let commits = commits.clone();
        async move { commits.run(Touch(1)).await }
    });
    store.commit_has_begun().await;
    assert!(matches!(commits.run(Touch(2)).await, Err(Error::Overloaded)));
    assert!(matches!(committing.await.unwrap(), Err(Error::Unavailable)));
    store.gate.add_permits(2);
    commits.close().await;
    assert_eq!(store.written.load(Ordering::SeqCst), 1, "the withdrawn command should not be committed");
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_retried_until_the_deadline_and_changes_nothing() {
    let mut store = loading_store();
    store.expect_commit().times(2..).returning(|changes| changes.iter().map(|_| Err(CommitError::Conflict)).collect());
    let answer = MockedLanes::over(store).run(async |commits| commits.run(Touch(1)).await).await;
    assert!(matches!(answer, Err(Error::Overloaded)), "{answer:?}");
}

#[tokio::test]
async fn a_conflict_is_loaded_and_decided_again() {
    let mut store = MockStore::new();
    store.expect_load().times(2).returning(|_| Ok(Rows::at(NOW)));
    let attempts = AtomicUsize::new(0);
    store.expect_commit().times(2).returning(move |changes| {
        let first = attempts.fetch_add(1, Ordering::SeqCst) == 0;
        changes.iter().map(|_| if first { Err(CommitError::Conflict) } else { Ok(Committed::default()) }).collect()
    });
    let answer = MockedLanes::over(store).run(async |commits| commits.run(Touch(1)).await).await;
    assert_eq!(answer.unwrap().outcome, 1);
}

#[tokio::test]
async fn changes_to_one_row_never_share_a_group() {
    let store = GatedStore::closed();
    let commits = start(store.clone(), limits());
    let spawn = |id| {
        tokio::spawn({
            let commits = commits.clone();
            async move { commits.run(Touch(id)).await }
        })
    };
    let first = spawn(1);
    store.commit_has_begun().await;
    let same = [spawn(7), spawn(7)];
    while commits.queue.capacity() > limits().queue - same.len() {
        tokio::task::yield_now().await;
    }
    store.gate.add_permits(2);
    first.await.unwrap().unwrap();
    store.commit_has_begun().await;
    store.commit_has_begun().await;
    assert_eq!(store.written.load(Ordering::SeqCst), 2, "the second change of the same row should wait for another commit");
    store.gate.add_permits(1);
    for client in same {
        client.await.unwrap().unwrap();
    }
    assert_eq!(store.written.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn observers_are_notified_of_each_commit_before_its_client_is_answered() {
    let mut store = loading_store();
    store.expect_commit().times(1).returning(all_committed);
    let mut observer = MockObserver::new();
    let notified = Arc::new(AtomicUsize::new(0));
    let count = notified.clone();
    observer.expect_committed().times(1).withf(|change, _| change.row::<User>().is_some()).returning(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let touch = |commits: Arc<GroupCommit>| async move {
        let answer = commits.run(Touch(1)).await;
        (answer, notified.load(Ordering::SeqCst))
    };
    let (answer, notified) = MockedLanes::over(store).observed_by(observer).run(touch).await;
    assert_eq!((answer.unwrap().outcome, notified), (1, 1));
}

#[tokio::test]
async fn a_refusal_with_a_claim_is_answered_after_the_claim_is_committed_and_observed() {
    let mut store = loading_store();
    store.expect_commit().times(1).withf(|changes| changes[0].row::<User>().is_some()).returning(all_committed);
    let mut observer = MockObserver::new();
    observer.expect_committed().times(1).return_const(());
    let lanes = MockedLanes::over(store).observed_by(observer);
    let answer = lanes.run(async |commits| commits.run(RefusedButClaims).await).await;
    assert!(matches!(answer, Err(Error::Refused(Refusal::QueueFull))), "{answer:?}");
}

#[tokio::test]
async fn closing_answers_accepted_commands_and_accepts_no_more() {
    let store = GatedStore::closed();
    let commits = start(store.clone(), limits());
    let accepted = tokio::spawn({
        let commits = commits.clone();
        async move { commits.run(Touch(1)).await }
    });
    store.commit_has_begun().await;
    store.gate.add_permits(1);
    commits.close().await;
    assert_eq!(accepted.await.unwrap().unwrap().outcome, 1);
    assert!(matches!(commits.run(Touch(2)).await, Err(Error::Overloaded)));
}

/// Returns a store in which the changes of the users below ten always conflict.
fn contended_store(max_group: Arc<AtomicUsize>) -> MockStore {
    let mut store = loading_store();
    store.expect_commit().returning(move |changes| {
        max_group.fetch_max(changes.len(), Ordering::SeqCst);
        let is_contended = |change: &Change| change.rows::<User>().any(|user| user.row.id.0.as_u128() < 10);
        changes.iter().map(|change| if is_contended(change) { Err(CommitError::Conflict) } else { Ok(Committed::default()) }).collect()
    });
    store
}

#[tokio::test(start_paused = true)]
async fn commands_that_conflict_delay_no_other_commands_and_fill_at_most_half_of_a_batch() {
    let max_group = Arc::new(AtomicUsize::new(0));
    let lanes = MockedLanes::over(contended_store(max_group.clone())).within(Limits { queue: 64, ..limits() });
    let (contended, others) = lanes
        .run(async |commits| {
            let contended = tokio::spawn({
                let commits = commits.clone();
                async move { futures_util::future::join_all((0..40).map(|number| commits.run(Touch(number % 10)))).await }
            });
            // By now, all of them wait for retries, or for a batch.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let mut others = Vec::new();
            for number in 10..20 {
                let begin = Instant::now();
                commits.run(Touch(number)).await.unwrap();
                others.push(begin.elapsed());
            }
            (contended.await.unwrap(), others)
        })
        .await;
    assert!(contended.iter().all(|answer| matches!(answer, Err(Error::Overloaded))), "{contended:?}");
    assert!(others.iter().all(Duration::is_zero), "each should be in the next batch: {others:?}");
    assert!(max_group.load(Ordering::SeqCst) <= limits().batch);
}

/// A store whose commits of users below ten take half a second and conflict.
struct SlowlyContended;

#[async_trait]
impl Store for SlowlyContended {
    async fn load(&self, _: &[Need]) -> Result<Rows, ReadError> {
        Ok(Rows::at(NOW))
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        if changes.iter().flat_map(Change::rows::<User>).all(|user| user.row.id.0.as_u128() >= 10) {
            return all_committed(changes);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        changes.iter().map(|_| Err(CommitError::Conflict)).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_lane_of_single_commands_takes_new_commands_between_retries() {
    let deadline = Duration::from_secs(30);
    let commits = start(Arc::new(SlowlyContended), Limits { batch: 1, deadline, ..limits() });
    let contended: Vec<_> = (0..3)
        .map(|number| {
            let commits = commits.clone();
            tokio::spawn(async move { commits.run(Touch(number)).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let begin = Instant::now();
    commits.run(Touch(10)).await.unwrap();
    assert!(begin.elapsed() <= Duration::from_secs(1), "{:?}", begin.elapsed());
    for contended in contended {
        assert!(contended.await.unwrap().is_err(), "withdrawn, or unknown if its commit is in progress");
    }
}
