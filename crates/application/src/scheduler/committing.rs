//! What the scheduler commits, and who gets to know of it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::change::Admission;
use domain::need::{Lookup, Standing};
use domain::testing::{ADA, BEN, NOW, QUEUE, a_hold, a_queue, a_schedule, a_seat, a_token, on_sale, rules};
use domain::{Need, QueueToken, Reservation, Rows, TokenStatus, UserId, Version, Versioned};

use super::*;
use crate::ports::{Committed, MockTokens, ReadError, Store};
use crate::testing::{RecordingObserver, StoppedClock, a_waiting_room, an_empty_programme};

const ONE_WAITS: Standing = Standing { admission: Version::FIRST, waiting: 1, active: Some(0) };

/// A store that has `rows` and commits everything; the first commit panics if it is to.
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
    let room = a_waiting_room(Arc::new(MockTokens::new()), Arc::new(an_empty_programme()), Arc::new(StoppedClock::default()));
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

/// One user waits, and there are places.
fn somebody_waits() -> Rows {
    let mut rows = on_sale().with(a_token(ADA));
    rows.add_standing(QUEUE, ONE_WAITS);
    rows
}

/// Those whom these changes let in.
fn let_in(changes: &[Change]) -> usize {
    changes.iter().flat_map(Change::rows::<QueueToken>).filter(|token| token.row.status(NOW) == TokenStatus::Active).count()
}

#[tokio::test]
async fn observers_are_notified_of_those_whom_a_tick_lets_in() {
    let (scheduler, observer) = scheduler(somebody_waits(), false);
    let ticked = scheduler.tick(&[QUEUE]).await.unwrap();
    assert_eq!((ticked.admitted, let_in(&observer.committed()), observer.in_doubt().len()), (1, 1, 0));
}

#[tokio::test]
async fn a_tick_that_is_lost_to_a_panic_is_in_doubt_and_the_next_one_goes_on() {
    let (scheduler, observer) = scheduler(somebody_waits(), true);
    let lost = scheduler.tick(&[QUEUE]).await;
    assert!(matches!(lost, Err(Error::Unavailable)), "{lost:?}");
    assert_eq!((observer.committed().len(), let_in(&observer.in_doubt())), (0, 1));
    assert_eq!(scheduler.tick(&[QUEUE]).await.unwrap().admitted, 1);
}

/// A hold whose deadline has passed.
fn a_lapsed_hold(user: UserId, seats: &[u32]) -> Versioned<Reservation> {
    a_hold(user, seats).until(NOW)
}

#[tokio::test]
async fn a_sweep_ends_what_has_lapsed_but_for_a_hold_whose_seats_are_missing() {
    let (torn, whole) = (a_lapsed_hold(ADA, &[1, 2]), a_lapsed_hold(BEN, &[3]));
    let mut rows = Rows::at(NOW).with(a_schedule());
    rows.add_all([a_seat(1).held_under(&torn), a_seat(3).held_under(&whole)]);
    rows.add_all([torn, whole.clone()]);
    let (scheduler, observer) = scheduler(rows, false);
    assert_eq!(scheduler.sweep().await.unwrap(), 1);
    let ended: Vec<_> = observer.committed().iter().flat_map(Change::rows::<Reservation>).map(|write| write.row.id()).collect();
    assert_eq!(ended, [whole.id()]);
}

/// A store of many queues, in each of which one user waits; it counts its round trips. The first commit of the queue `contested` meets
/// a conflict, and the queue `torn` can't be read.
struct ManyQueues {
    contested: QueueId,
    torn: QueueId,
    loads: AtomicUsize,
    commits: AtomicUsize,
    most: AtomicUsize,
}

fn a_line(number: u128) -> QueueId {
    QueueId(uuid::Uuid::from_u128(number))
}

#[async_trait]
impl Store for ManyQueues {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.most.fetch_max(needs.len(), Ordering::SeqCst);
        let mut rows = Rows::at(NOW);
        for need in needs {
            let Need::Line(line) = need else { panic!("{need:?} is no line") };
            if line.queue == self.torn {
                rows.add_unreadable(Lookup::Queue(line.queue), "torn");
                continue;
            }
            let user = UserId(line.queue.0);
            rows.add_standing(line.queue, ONE_WAITS);
            rows.add(a_queue().with(|queue| queue.with_id(line.queue)));
            rows.add(a_token(user).with(|token| token.with_queue(line.queue)));
        }
        Ok(rows)
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let is_first = self.commits.fetch_add(1, Ordering::SeqCst) == 0;
        let is_contested = |change: &Change| change.row::<Admission>().is_some_and(|admission| admission.row.0 == self.contested);
        let result = |change| if is_first && is_contested(change) { Err(CommitError::Conflict) } else { Ok(Committed::default()) };
        changes.iter().map(result).collect()
    }
}

fn many_queues() -> (Scheduler, Arc<ManyQueues>, Arc<RecordingObserver>) {
    let (contested, torn) = (a_line(7), a_line(8));
    let store = ManyQueues { contested, torn, loads: AtomicUsize::new(0), commits: AtomicUsize::new(0), most: AtomicUsize::new(0) };
    let (store, observer) = (Arc::new(store), Arc::new(RecordingObserver::default()));
    let room = a_waiting_room(Arc::new(MockTokens::new()), Arc::new(an_empty_programme()), Arc::new(StoppedClock::default()));
    let (rules, day) = (Arc::new(rules()), Duration::from_hours(24));
    let committer = Arc::new(Committer::new(store.clone(), vec![observer.clone()]));
    let dependencies = Dependencies { committer, room: Arc::new(room), rules, capacity_freed: Arc::default() };
    (Scheduler::new(dependencies, Intervals { tick: day, sweep: day }), store, observer)
}

#[tokio::test]
async fn many_queues_are_ticked_in_one_load_and_one_group_and_one_that_fails_holds_no_other_up() {
    let (scheduler, store, observer) = many_queues();
    let queues: Vec<QueueId> = (1..=10).map(a_line).collect();
    let failed = scheduler.tick(&queues).await;
    assert!(matches!(failed, Err(Error::Internal)), "{failed:?}");
    assert_eq!(let_in(&observer.committed()), 9, "all but the one that is torn");
    let round_trips = (store.loads.load(Ordering::SeqCst), store.commits.load(Ordering::SeqCst));
    assert_eq!(round_trips, (2, 2), "all together, and then the contested one again");
}

#[tokio::test]
async fn no_more_queues_are_ticked_together_than_may_admit_two_thousand() {
    let (scheduler, store, _) = many_queues();
    let queues: Vec<QueueId> = (101..=200).map(a_line).collect();
    assert_eq!(scheduler.tick(&queues).await.unwrap().admitted, 100);
    let together = (store.loads.load(Ordering::SeqCst), store.most.load(Ordering::SeqCst));
    assert_eq!(together, (3, 40), "each may admit fifty");
}
