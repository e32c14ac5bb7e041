//! The world of a simulated sale: one queue, one concert, one date, and everybody who comes.

use std::collections::HashMap;

use domain::decide::admit;
use domain::loaded::LoadedLine;
use domain::queue::PolicyOverrides;
use domain::{
    Concert, ConcertId, Currency, Money, Offer, Queue, QueueId, QueueToken, Reservation, ReservationId, Rules, Schedule, ScheduleId,
    TokenId, User, UserId, Version, Versioned, Wallet, Zone,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::commit::place;
use super::crowd::{Crowd, Think, UserTraits};
use super::diary::Diary;
use super::event_queue::{Event, EventQueue, UserIndex};
use super::hall::Hall;
use super::line::Line;
use super::policy::Policy;

/// When every simulated sale begins.
pub(super) const BEGINNING: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// Longer than any simulated sale.
const EVER: Duration = Duration::weeks(5_200);

/// Somebody who comes, with the rows that are theirs.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) intents: UserTraits,
    pub(super) user: Option<User>,
    pub(super) wallet: Option<Versioned<Wallet>>,
    pub(super) token: Option<Versioned<QueueToken>>,
    /// The seats that they are about to ask for.
    pub(super) chosen: Vec<domain::SeatNumber>,
    /// Their newest reservation.
    pub(super) hold: Option<ReservationId>,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) now: OffsetDateTime,
    pub(super) rules: Rules,
    pub(super) queue: Versioned<Queue>,
    pub(super) admission: Version,
    pub(super) concert: Versioned<Concert>,
    pub(super) schedule: Versioned<Schedule>,
    pub(super) choose: Think,
    pub(super) people: Vec<Person>,
    pub(super) line: Line,
    pub(super) hall: Hall,
    pub(super) reservations: HashMap<ReservationId, Versioned<Reservation>>,
    pub(super) event_queue: EventQueue,
    pub(super) diary: Diary,
    tick: Duration,
}

impl World {
    pub(super) fn new(crowd: &Crowd, policy: &Policy) -> Self {
        let mut event_queue = EventQueue::default();
        for (who, at) in (0..crowd.users).zip(crowd.come_at()) {
            event_queue.put(BEGINNING + Duration::seconds_f64(at), Event::Join(who));
        }
        let someone = |intents| Person { intents, user: None, wallet: None, token: None, chosen: Vec::new(), hold: None };
        let people = (0..crowd.users).map(|who| someone(crowd.intents(who))).collect();
        let (queue, concert, schedule) = catalogue();
        Self {
            now: BEGINNING,
            rules: rules(crowd, policy),
            hall: Hall::new(schedule.id(), crowd.seats),
            queue: Versioned::new(Version::FIRST, queue),
            admission: Version::FIRST,
            concert: Versioned::new(Version::FIRST, concert),
            schedule: Versioned::new(Version::FIRST, schedule),
            choose: crowd.choose,
            people,
            line: Line::default(),
            reservations: HashMap::new(),
            event_queue,
            diary: Diary::default(),
            tick: policy.tick,
        }
    }

    /// Lets the next thing happen, a deed or a tick; false if nothing is left that could. Of one moment the deeds come first.
    pub(super) fn step(&mut self) -> bool {
        // Where nothing is left to be sold a tick lets nobody in.
        let open = !self.hall.is_sold_out();
        let tick = self.line.next_tick(self.now, self.tick, &self.rules.queue).filter(|_| open);
        match (self.event_queue.next_at(), tick) {
            (event, Some(tick)) if event.is_none_or(|event| tick < event) => {
                self.now = tick;
                self.admit();
                true
            }
            (Some(_), Some(_) | None) => {
                if let Some((at, event)) = self.event_queue.take() {
                    self.now = at;
                    self.carry_out(event);
                }
                true
            }
            (None, Some(_) | None) => false,
        }
    }

    /// A tick of the scheduler.
    fn admit(&mut self) {
        self.line.ticked(self.now);
        let lapsed: Vec<UserIndex> = self.line.lapsed(self.now).collect();
        let still_active = self.line.active() - u32::try_from(lapsed.len()).unwrap_or(u32::MAX);
        let places = admit::places(still_active, self.rules.queue.capacity, self.rules.queue.batch);
        let token = |who: UserIndex| self.people[place(who)].token.clone();
        let line = LoadedLine {
            queue: self.queue.clone(),
            admission: self.admission,
            waiting: u32::try_from(self.line.waiting.len()).unwrap_or(u32::MAX),
            active: self.line.active(),
            offers: Some(vec![Offer { schedule: self.schedule.row.clone(), has_seats: !self.hall.is_sold_out() }]),
            lapsed: lapsed.into_iter().filter_map(token).collect(),
            foremost: self.line.waiting.iter().copied().take(place(places)).filter_map(token).collect(),
        };
        let Some((change, ticked)) = admit::decide(&line, self.now, &self.rules) else { return };
        self.commit([change]);
        for who in self.line.waiting.drain(..place(ticked.admitted)).collect::<Vec<_>>() {
            let person = &self.people[place(who)];
            if let Some(token) = &person.token {
                self.diary.admitted(token.joined_at(), self.now);
            }
            if person.intents.claims {
                self.event_queue.put(self.now + person.intents.notice, Event::Look(who));
            }
        }
    }
}

/// The id of `who`'s token: their place in the crowd.
pub(super) fn token_of(who: UserIndex) -> TokenId {
    TokenId(Uuid::from_u128(who.into()))
}

/// The id of `who`: their place in the crowd.
pub(super) fn user_of(who: UserIndex) -> UserId {
    UserId(Uuid::from_u128(who.into()))
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
    }
}

/// What is sold, and the line before it.
fn catalogue() -> (Queue, Concert, Schedule) {
    let (queue, concert, schedule) = (QueueId(Uuid::from_u128(1)), ConcertId(Uuid::from_u128(1)), ScheduleId(Uuid::from_u128(1)));
    let over = BEGINNING + EVER;
    (
        Queue::new(queue, String::new(), PolicyOverrides::default(), None),
        Concert::new(concert, String::new(), String::new(), queue),
        Schedule::new(schedule, concert, over, a_zone(), BEGINNING..over),
    )
}

#[expect(clippy::expect_used, reason = "a constant")]
fn a_currency() -> Currency {
    "XXX".parse().expect("three capital letters")
}

#[expect(clippy::expect_used, reason = "a constant")]
fn a_zone() -> Zone {
    Zone::new("UTC").expect("the name of a zone")
}
