//! The changes that the scheduler commits, and the notifications of observers.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::change::Admission;
use domain::need::{Lookup, QueueCounts};
use domain::testing::{ADA, BEN, NOW, QUEUE, a_hold, a_queue, a_schedule, a_seat, a_token, on_sale, rules};
use domain::{Need, QueueToken, Reservation, Rows, TokenStatus, UserId, Version, Versioned};

use super::*;
use crate::ports::{Committed, MockTokens, ReadError, Store};
use crate::testing::{RecordingObserver, StoppedClock, a_waiting_room, an_empty_catalogue};

/// Returns the counts of a queue with one waiting user.
fn one_waiting(queue: QueueId) -> QueueCounts {
    QueueCounts { admission: Versioned::new(Version::FIRST, Admission::new(queue)), waiting: 1, active: Some(0) }
}

/// A store that has `rows` and commits everything; the first commit panics if `panics` is set.
struct Scripted {
    rows: Rows,
    panics: AtomicBool,
}

#[async_trait]
impl Store for Scripted {
    async fn load(&self, _: &[Need]) -> Result<Rows, ReadError> {
        Ok(self.rows.clone())
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        assert!(!self.panics.swap(false, Ordering::SeqCst), "the store panics");
        changes.iter().map(|_| Ok(Committed::default())).collect()
    }
}

fn scheduler(rows: Rows, panics: bool) -> (Scheduler, Arc<RecordingObserver>) {
    let observer = Arc::new(RecordingObserver::default());
    let room = a_waiting_room(Arc::new(MockTokens::new()), Arc::new(an_empty_catalogue()), Arc::new(StoppedClock::default()));
    let day = Duration::from_hours(24);
    let dependencies = Dependencies {
        committer: Arc::new(Committer::new(Arc::new(Scripted { rows, panics: AtomicBool::new(panics) }), vec![observer.clone()])),
        room: Arc::new(room),
        rules: Arc::new(rules()),
        capacity_freed: Arc::default(),
    };
    let intervals = Intervals { tick: day, sweep: day };
    (Scheduler::new(dependencies, intervals), observer)
}

/// Returns rows with one waiting user and free capacity.
fn one_waiting_user() -> Rows {
    let mut rows = on_sale().with(a_token(ADA));
    rows.add_queue_counts(QUEUE, one_waiting(QUEUE));
    rows
}

/// Counts the users that `changes` admit.
fn count_admitted(changes: &[Change]) -> usize {
    changes.iter().flat_map(Change::rows::<QueueToken>).filter(|token| token.row.status(NOW) == TokenStatus::Active).count()
}

#[tokio::test]
async fn observers_are_notified_of_the_users_that_a_tick_admits() {
    let (scheduler, observer) = scheduler(one_waiting_user(), false);
    let ticked = scheduler.tick(&[QUEUE]).await.unwrap();
    assert_eq!((ticked.admitted, count_admitted(&observer.committed()), observer.doubtful().len()), (1, 1, 0));
}

#[tokio::test]
async fn a_tick_is_doubtful_after_a_panic_of_the_store_and_the_next_one_succeeds() {
    let (scheduler, observer) = scheduler(one_waiting_user(), true);
    let lost = scheduler.tick(&[QUEUE]).await;
    assert!(matches!(lost, Err(Error::Unavailable)), "{lost:?}");
    assert_eq!((observer.committed().len(), count_admitted(&observer.doubtful())), (0, 1));
    assert_eq!(scheduler.tick(&[QUEUE]).await.unwrap().admitted, 1);
}

/// A hold whose deadline has passed.
fn a_lapsed_hold(user: UserId, seats: &[u32]) -> Versioned<Reservation> {
    a_hold(user, seats).until(NOW)
}

#[tokio::test]
async fn a_sweep_ends_lapsed_holds_except_one_whose_seats_are_missing() {
    let (incomplete, complete) = (a_lapsed_hold(ADA, &[1, 2]), a_lapsed_hold(BEN, &[3]));
    let mut rows = Rows::at(NOW).with(a_schedule());
    rows.add_all([a_seat(1).held_under(&incomplete), a_seat(3).held_under(&complete)]);
    rows.add_all([incomplete, complete.clone()]);
    let (scheduler, observer) = scheduler(rows, false);
    assert_eq!(scheduler.sweep().await.unwrap(), 1);
    let ended: Vec<_> = observer.committed().iter().flat_map(Change::rows::<Reservation>).map(|write| write.row.id()).collect();
    assert_eq!(ended, [complete.id()]);
}

/// A store of many queues with one waiting user each; it counts its round trips. The first commit of the queue `contested` meets a
/// conflict, and the queue `corrupt` can't be read.
struct ManyQueues {
    contested: QueueId,
    corrupt: QueueId,
    loads: AtomicUsize,
    commits: AtomicUsize,
    max_needs: AtomicUsize,
}

fn a_queue_id(number: u128) -> QueueId {
    QueueId(uuid::Uuid::from_u128(number))
}

#[async_trait]
impl Store for ManyQueues {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.max_needs.fetch_max(needs.len(), Ordering::SeqCst);
        let mut rows = Rows::at(NOW);
        for need in needs {
            let Need::QueueHead(line) = need else { panic!("unexpected need: {need:?}") };
            if line.queue == self.corrupt {
                rows.add_unreadable(Lookup::Queue(line.queue), "corrupt");
                continue;
            }
            let user = UserId(line.queue.0);
            rows.add_queue_counts(line.queue, one_waiting(line.queue));
            rows.add(a_queue().with(|queue| queue.with_id(line.queue)));
            rows.add(a_token(user).with(|token| token.with_queue(line.queue)));
        }
        Ok(rows)
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let is_first = self.commits.fetch_add(1, Ordering::SeqCst) == 0;
        let is_contested = |change: &Change| change.row::<Admission>().is_some_and(|admission| admission.row.queue() == self.contested);
        let result = |change| if is_first && is_contested(change) { Err(CommitError::Conflict) } else { Ok(Committed::default()) };
        changes.iter().map(result).collect()
    }
}

fn many_queues() -> (Scheduler, Arc<ManyQueues>, Arc<RecordingObserver>) {
    let (contested, corrupt) = (a_queue_id(7), a_queue_id(8));
    let store = ManyQueues { contested, corrupt, loads: AtomicUsize::new(0), commits: AtomicUsize::new(0), max_needs: AtomicUsize::new(0) };
    let (store, observer) = (Arc::new(store), Arc::new(RecordingObserver::default()));
    let room = a_waiting_room(Arc::new(MockTokens::new()), Arc::new(an_empty_catalogue()), Arc::new(StoppedClock::default()));
    let (rules, day) = (Arc::new(rules()), Duration::from_hours(24));
    let committer = Arc::new(Committer::new(store.clone(), vec![observer.clone()]));
    let dependencies = Dependencies { committer, room: Arc::new(room), rules, capacity_freed: Arc::default() };
    (Scheduler::new(dependencies, Intervals { tick: day, sweep: day }), store, observer)
}

#[tokio::test]
async fn many_queues_are_ticked_together_and_a_failing_one_does_not_delay_the_others() {
    let (scheduler, store, observer) = many_queues();
    let queues: Vec<QueueId> = (1..=10).map(a_queue_id).collect();
    let failed = scheduler.tick(&queues).await;
    assert!(matches!(failed, Err(Error::Internal)), "{failed:?}");
    assert_eq!(count_admitted(&observer.committed()), 9, "all queues except the corrupt one should admit");
    let round_trips = (store.loads.load(Ordering::SeqCst), store.commits.load(Ordering::SeqCst));
    assert_eq!(round_trips, (2, 2), "one round trip for all queues, and one for the contested one again");
}

#[tokio::test]
async fn queues_that_may_admit_up_to_two_thousand_users_are_ticked_together() {
    let (scheduler, store, _) = many_queues();
    let queues: Vec<QueueId> = (101..=200).map(a_queue_id).collect();
    assert_eq!(scheduler.tick(&queues).await.unwrap().admitted, 100);
    let together = (store.loads.load(Ordering::SeqCst), store.max_needs.load(Ordering::SeqCst));
    assert_eq!(together, (3, 40), "each queue may admit fifty users");
}
