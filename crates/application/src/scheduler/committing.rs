//! What the scheduler commits, and who gets to know of it.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use domain::reservation::Claim;
use domain::{
    ConcertId, Context, Money, NewToken, Reservation, ReservationId, ReservedSeat, Schedule, ScheduleId, Seat, SeatNumber, SeatState,
    TokenId, TokenStatus, UserId, Version, Versioned, Zone,
};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::ports::{MockHousekeeping, MockTokens, ReadError};
use crate::testing::{RecordingObserver, StoppedClock, a_queue, a_waiting_room, an_empty_programme, the_rules};

const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
const DATE: ScheduleId = ScheduleId(Uuid::from_u128(7));

/// A store that loads `context` and commits everything; the first commit panics if it is to.
struct Scripted {
    context: Context,
    panics: AtomicBool,
}

#[async_trait]
impl Store for Scripted {
    async fn load(&self, _: &[Load]) -> Vec<Result<Context, ReadError>> {
        vec![Ok(self.context.clone())]
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        assert!(!self.panics.swap(false, Ordering::SeqCst), "the store panics");
        changes.iter().map(|_| Ok(Committed::default())).collect()
    }
}

fn scheduler(context: Context, panics: bool) -> (Scheduler, Arc<RecordingObserver>) {
    let observer = Arc::new(RecordingObserver::default());
    let catalogue: Arc<dyn Catalogue> = Arc::new(an_empty_programme());
    let room = a_waiting_room(Arc::new(MockTokens::new()), catalogue.clone(), Arc::new(StoppedClock::default()));
    let day = Duration::from_hours(24);
    let tools = Tools {
        store: Arc::new(Scripted { context, panics: AtomicBool::new(panics) }),
        catalogue,
        housekeeping: Arc::new(MockHousekeeping::new()),
        room: Arc::new(room),
        observers: vec![observer.clone()],
        rules: Arc::new(the_rules()),
        place_free: Arc::default(),
    };
    let rhythm = Rhythm { tick: day, sweep: day, housekeeping: day, keep_events: day, keep_tokens: day };
    (Scheduler::new(tools, rhythm), observer)
}

/// One user waits, and there are places.
fn somebody_waits() -> Context {
    let id = Uuid::from_u128(1);
    let token = NewToken { id: TokenId(id), queue: Queue::DEFAULT, user: UserId(id), concert: None, joined_at: NOW }.numbered(1);
    let tokens = vec![Versioned::new(Version::FIRST, token)];
    Context { queue: Some(a_queue()), admission: Some(Version::FIRST), waiting: 1, tokens, ..Context::at(NOW) }
}

/// Those whom these changes let in.
fn let_in(changes: &[Change]) -> usize {
    changes.iter().flat_map(|change| &change.tokens).filter(|token| token.row.status(NOW) == TokenStatus::Active).count()
}

#[tokio::test]
async fn observers_are_notified_of_those_whom_a_tick_lets_in() {
    let (scheduler, observer) = scheduler(somebody_waits(), false);
    let ticked = scheduler.tick(&a_queue()).await.unwrap();
    assert_eq!((ticked.admitted, let_in(&observer.committed()), observer.in_doubt().len()), (1, 1, 0));
}

#[tokio::test]
async fn a_tick_that_is_lost_to_a_panic_is_in_doubt_and_the_next_one_goes_on() {
    let (scheduler, observer) = scheduler(somebody_waits(), true);
    let lost = scheduler.tick(&a_queue()).await;
    assert!(matches!(lost, Err(Error::Unavailable)), "{lost:?}");
    assert_eq!((observer.committed().len(), let_in(&observer.in_doubt())), (0, 1));
    assert_eq!(scheduler.tick(&a_queue()).await.unwrap().admitted, 1);
}

/// A hold of `seats` whose deadline has passed.
fn a_lapsed_hold(id: u128, seats: &[u32]) -> Versioned<Reservation> {
    let seat = |number: &u32| ReservedSeat { number: SeatNumber::new(*number).unwrap(), label: String::new(), price: Money::ZERO };
    let (user, token, concert) = (UserId(Uuid::nil()), TokenId(Uuid::nil()), ConcertId(Uuid::nil()));
    let claim = Claim { id: ReservationId(Uuid::from_u128(id)), user, token, concert, schedule: DATE };
    Versioned::new(Version::FIRST, Reservation::hold(claim, seats.iter().map(seat).collect(), Money::ZERO, NOW, NOW))
}

fn a_date() -> Schedule {
    let (concert, zone) = (ConcertId(Uuid::nil()), Zone::new("UTC").unwrap());
    Schedule { id: DATE, concert, starts_at: NOW, zone, sale_opens_at: NOW, sale_closes_at: NOW, cancellation: None }
}

fn a_seat_of(hold: &Versioned<Reservation>, number: u32) -> Versioned<Seat> {
    let state = SeatState::Held { reservation: hold.id, until: NOW };
    Versioned::new(Version::FIRST, Seat::restore(DATE, SeatNumber::new(number).unwrap(), String::new(), Money::ZERO, state))
}

#[tokio::test]
async fn a_sweep_ends_what_has_lapsed_but_for_a_hold_whose_seats_are_missing() {
    let (torn, whole) = (a_lapsed_hold(1, &[1, 2]), a_lapsed_hold(2, &[3]));
    let seats = vec![a_seat_of(&torn, 1), a_seat_of(&whole, 3)];
    let schedules = vec![Versioned::new(Version::FIRST, a_date())];
    let context = Context { reservations: vec![torn, whole.clone()], seats, schedules, ..Context::at(NOW) };
    let (scheduler, observer) = scheduler(context, false);
    assert_eq!(scheduler.sweep().await.unwrap(), 1);
    let ended: Vec<_> = observer.committed().iter().flat_map(|change| &change.reservations).map(|write| write.row.id).collect();
    assert_eq!(ended, [whole.id]);
}
