//! The state of a simulated sale: one queue, one concert, one schedule, and all users.

use std::collections::HashMap;

use domain::change::Admission;
use domain::decide::admit;
use domain::loaded::LoadedQueueHead;
use domain::queue::PolicyOverrides;
use domain::{
    Concert, ConcertId, Currency, Money, Offer, Queue, QueueId, QueueToken, Reservation, ReservationId, Rules, Schedule, ScheduleId,
    TokenId, User, UserId, Version, Versioned, Wallet, Zone,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::crowd::{Crowd, Think, UserTraits};
use super::event_queue::{Event, EventQueue, START, UserIndex, as_index};
use super::policy::Policy;
use super::queue_state::QueueState;
use super::seat_map::SeatMap;
use super::statistics::Statistics;

/// A period longer than any simulated sale.
const SALE_PERIOD: Duration = Duration::weeks(5_200);

/// A user with the user's rows.
#[derive(Debug)]
pub(super) struct SimulatedUser {
    pub(super) traits: UserTraits,
    pub(super) user: Option<User>,
    pub(super) wallet: Option<Versioned<Wallet>>,
    pub(super) token: Option<Versioned<QueueToken>>,
    /// The seats of the next hold.
    pub(super) chosen: Vec<domain::SeatNumber>,
    /// The newest reservation.
    pub(super) hold: Option<ReservationId>,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) now: OffsetDateTime,
    pub(super) rules: Rules,
    pub(super) queue: Versioned<Queue>,
    pub(super) admission: Versioned<Admission>,
    pub(super) concert: Versioned<Concert>,
    pub(super) schedule: Versioned<Schedule>,
    pub(super) choose: Think,
    pub(super) users: Vec<SimulatedUser>,
    pub(super) queue_state: QueueState,
    pub(super) seat_map: SeatMap,
    pub(super) reservations: HashMap<ReservationId, Versioned<Reservation>>,
    pub(super) event_queue: EventQueue,
    pub(super) statistics: Statistics,
    tick: Duration,
}

impl World {
    pub(super) fn new(crowd: &Crowd, policy: &Policy) -> Self {
        let mut event_queue = EventQueue::default();
        for (user, at) in (0..crowd.users).zip(crowd.arrival_times()) {
            event_queue.push(START + Duration::seconds_f64(at), Event::Join(user));
        }
        let new_user = |traits| SimulatedUser { traits, user: None, wallet: None, token: None, chosen: Vec::new(), hold: None };
        let users = (0..crowd.users).map(|user| new_user(crowd.draw_traits(user))).collect();
        let (queue, concert, schedule) = catalogue();
        Self {
            now: START,
            rules: rules(crowd, policy),
            seat_map: SeatMap::new(schedule.id(), crowd.seats),
            admission: Versioned::new(Version::FIRST, Admission::new(queue.id())),
            queue: Versioned::new(Version::FIRST, queue),
            concert: Versioned::new(Version::FIRST, concert),
            schedule: Versioned::new(Version::FIRST, schedule),
            choose: crowd.choose,
            users,
            queue_state: QueueState::default(),
            reservations: HashMap::new(),
            event_queue,
            statistics: Statistics::default(),
            tick: policy.tick,
        }
    }

    /// Runs the next event or tick, and returns false if there is none. Events come before a tick at the same time.
    pub(super) fn step(&mut self) -> bool {
        // A tick admits no users when everything is sold.
        let open = !self.seat_map.is_sold_out();
        let tick = self.queue_state.next_tick(self.now, self.tick, &self.rules.queue).filter(|_| open);
        match (self.event_queue.next_at(), tick) {
            (event, Some(tick)) if event.is_none_or(|event| tick < event) => {
                self.now = tick;
                self.admit();
                true
            }
            (Some(_), Some(_) | None) => {
                if let Some((at, event)) = self.event_queue.pop() {
                    self.now = at;
                    self.run_event(event);
                }
                true
            }
            (None, Some(_) | None) => false,
        }
    }

    /// Runs a tick of the scheduler.
    fn admit(&mut self) {
        self.queue_state.record_tick(self.now);
        let lapsed: Vec<UserIndex> = self.queue_state.lapsed(self.now).collect();
        let still_active = self.queue_state.active() - u32::try_from(lapsed.len()).unwrap_or(u32::MAX);
        let places = admit::admissible(still_active, self.rules.queue.capacity, self.rules.queue.batch);
        let token = |user: UserIndex| self.users[as_index(user)].token.clone();
        let queue = LoadedQueueHead {
            queue: self.queue.clone(),
            admission: self.admission.clone(),
            waiting: u32::try_from(self.queue_state.waiting.len()).unwrap_or(u32::MAX),
            active: self.queue_state.active(),
            offers: Some(vec![Offer { schedule: self.schedule.row.clone(), has_seats: !self.seat_map.is_sold_out() }]),
            lapsed: lapsed.into_iter().filter_map(token).collect(),
            first_waiting: self.queue_state.waiting.iter().copied().take(as_index(places)).filter_map(token).collect(),
        };
        let Some((change, ticked)) = admit::decide(&queue, self.now, &self.rules) else { return };
        self.commit([change]);
        for user in self.queue_state.waiting.drain(..as_index(ticked.admitted)).collect::<Vec<_>>() {
            let state = &self.users[as_index(user)];
            if let Some(token) = &state.token {
                self.statistics.record_admission(token.joined_at(), self.now);
            }
            if state.traits.claims {
                self.event_queue.push(self.now + state.traits.notice, Event::Look(user));
            }
        }
    }
}

/// Returns the id of the user's token: the user's index in the crowd.
pub(super) fn token_id(user: UserIndex) -> TokenId {
    TokenId(Uuid::from_u128(user.into()))
}

/// Returns the id of the user: the user's index in the crowd.
pub(super) fn user_id(user: UserIndex) -> UserId {
    UserId(Uuid::from_u128(user.into()))
}

fn rules(crowd: &Crowd, policy: &Policy) -> Rules {
    Rules {
        hold: policy.hold,
        max_seats_per_user: u32::try_from(crowd.seats_wanted.len()).unwrap_or(u32::MAX),
        currency: a_currency(),
        charging: domain::Charging::Open,
        max_charge: Money::ZERO,
        max_balance: Money::ZERO,
        queue: policy.queue,
        key_retention: Duration::DAY,
        sessions: domain::SessionRules::default(),
    }
}

/// Returns the queue, the concert and the schedule.
fn catalogue() -> (Queue, Concert, Schedule) {
    let (queue, concert, schedule) = (QueueId(Uuid::from_u128(1)), ConcertId(Uuid::from_u128(1)), ScheduleId(Uuid::from_u128(1)));
    let end = START + SALE_PERIOD;
    (
        Queue::new(queue, String::new(), PolicyOverrides::default(), None),
        Concert::new(concert, String::new(), String::new(), queue),
        Schedule::new(schedule, concert, end, a_zone(), START..end),
    )
}

#[expect(clippy::expect_used, reason = "a constant")]
fn a_currency() -> Currency {
    "XXX".parse().expect("three capital letters")
}

#[expect(clippy::expect_used, reason = "a constant")]
fn a_zone() -> Zone {
    Zone::new("UTC").expect("a valid time zone")
}
