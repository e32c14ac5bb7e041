//! What the scheduler commits, and who gets to know of it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::change::Admission;
use domain::need::{Lookup, Standing};
use domain::reservation::Claim;
use domain::{
    ConcertId, Money, Need, NewToken, Queue, QueueToken, Reservation, ReservationId, ReservedSeat, Rows, Schedule, ScheduleId, Seat,
    SeatNumber, SeatState, TokenId, TokenStatus, UserId, Version, Versioned, Zone,
};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::ports::{Committed, MockTokens, ReadError, Store};
use crate::testing::{RecordingObserver, StoppedClock, a_queue, a_queue_called, a_waiting_room, an_empty_programme, the_rules};

const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
const DATE: ScheduleId = ScheduleId(Uuid::from_u128(7));
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
    let tools = Tools {
        committer: Arc::new(Committer::new(Arc::new(Scripted { rows, panics: AtomicBool::new(panics) }), vec![observer.clone()])),
        room: Arc::new(room),
        rules: Arc::new(the_rules()),
        place_free: Arc::default(),
    };
    let rhythm = Rhythm { tick: day, sweep: day };
    (Scheduler::new(tools, rhythm), observer)
}

/// One user waits, and there are places.
fn somebody_waits() -> Rows {
    let id = Uuid::from_u128(1);
    let token = NewToken { id: TokenId(id), queue: Queue::DEFAULT, user: UserId(id), concert: None, joined_at: NOW }.numbered(1);
    let mut rows = Rows::at(NOW).with(a_queue()).with(Versioned::new(Version::FIRST, token));
    rows.add_standing(Queue::DEFAULT, ONE_WAITS);
    rows
}

/// Those whom these changes let in.
fn let_in(changes: &[Change]) -> usize {
    changes.iter().flat_map(Change::rows::<QueueToken>).filter(|token| token.row.status(NOW) == TokenStatus::Active).count()
}

#[tokio::test]
async fn observers_are_notified_of_those_whom_a_tick_lets_in() {
    let (scheduler, observer) = scheduler(somebody_waits(), false);
    let ticked = scheduler.tick(&[Queue::DEFAULT]).await.unwrap();
    assert_eq!((ticked.admitted, let_in(&observer.committed()), observer.in_doubt().len()), (1, 1, 0));
}

#[tokio::test]
async fn a_tick_that_is_lost_to_a_panic_is_in_doubt_and_the_next_one_goes_on() {
    let (scheduler, observer) = scheduler(somebody_waits(), true);
    let lost = scheduler.tick(&[Queue::DEFAULT]).await;
    assert!(matches!(lost, Err(Error::Unavailable)), "{lost:?}");
    assert_eq!((observer.committed().len(), let_in(&observer.in_doubt())), (0, 1));
    assert_eq!(scheduler.tick(&[Queue::DEFAULT]).await.unwrap().admitted, 1);
}

/// A hold of `seats` whose deadline has passed.
fn a_lapsed_hold(id: u128, seats: &[u32]) -> Versioned<Reservation> {
    let seat = |number: &u32| ReservedSeat { number: SeatNumber::new(*number).unwrap(), label: String::new(), price: Money::ZERO };
    let (user, token, concert) = (UserId(Uuid::nil()), TokenId(Uuid::nil()), ConcertId(Uuid::nil()));
    let claim = Claim { id: ReservationId(Uuid::from_u128(id)), user, token, concert, schedule: DATE };
    Versioned::new(Version::FIRST, Reservation::hold(claim, seats.iter().map(seat).collect(), Money::ZERO, NOW, NOW))
}

fn a_date() -> Schedule {
    Schedule::new(DATE, ConcertId(Uuid::nil()), NOW, Zone::new("UTC").unwrap(), NOW..NOW)
}

fn a_seat_of(hold: &Versioned<Reservation>, number: u32) -> Versioned<Seat> {
    let state = SeatState::Held { reservation: hold.id, until: NOW };
    Versioned::new(Version::FIRST, Seat::restore(DATE, SeatNumber::new(number).unwrap(), String::new(), Money::ZERO, state))
}

#[tokio::test]
async fn a_sweep_ends_what_has_lapsed_but_for_a_hold_whose_seats_are_missing() {
    let (torn, whole) = (a_lapsed_hold(1, &[1, 2]), a_lapsed_hold(2, &[3]));
    let mut rows = Rows::at(NOW).with(Versioned::new(Version::FIRST, a_date()));
    rows.add_all([a_seat_of(&torn, 1), a_seat_of(&whole, 3)]);
    rows.add_all([torn, whole.clone()]);
    let (scheduler, observer) = scheduler(rows, false);
    assert_eq!(scheduler.sweep().await.unwrap(), 1);
    let ended: Vec<_> = observer.committed().iter().flat_map(Change::rows::<Reservation>).map(|write| write.row.id).collect();
    assert_eq!(ended, [whole.id]);
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
    QueueId(Uuid::from_u128(number))
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
            let queue = a_queue_called(line.queue);
            let token = NewToken { id: TokenId(queue.id.0), queue: queue.id, user: UserId(queue.id.0), concert: None, joined_at: NOW };
            rows.add_standing(queue.id, ONE_WAITS);
            rows.add(queue);
            rows.add(Versioned::new(Version::FIRST, token.numbered(1)));
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
    let (rules, day) = (Arc::new(the_rules()), Duration::from_hours(24));
    let committer = Arc::new(Committer::new(store.clone(), vec![observer.clone()]));
    let tools = Tools { committer, room: Arc::new(room), rules, place_free: Arc::default() };
    (Scheduler::new(tools, Rhythm { tick: day, sweep: day }), store, observer)
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
