//! Lookups of rows.

use domain::{
    Concert, ConcertId, Payment, PaymentId, Queue, QueueId, QueueToken, Reservation, ReservationId, Schedule, ScheduleId, TokenId, User,
    UserId, Versioned, Wallet,
};
use time::OffsetDateTime;

use crate::engine::Order::Ascending;
use crate::fault::Fault;
use crate::key::{self, Key, Kind};
use crate::queue_counters::QueueCounters;
use crate::view::View;

type Found<T> = Result<Option<Versioned<T>>, Fault>;
type All<T> = Result<Vec<Versioned<T>>, Fault>;

impl View<'_> {
    pub(crate) fn queue(self, id: QueueId) -> Found<Queue> {
        self.get::<Queue>(&key::queue(id))
    }

    pub(crate) fn queue_counters(self, queue: QueueId) -> Result<Option<QueueCounters>, Fault> {
        self.value(&key::queue_counters(queue))
    }

    pub(crate) fn concert(self, id: ConcertId) -> Found<Concert> {
        self.get::<Concert>(&key::concert(id))
    }

    pub(crate) fn concerts_of(self, queue: QueueId) -> All<Concert> {
        self.led::<Concert>(Key::of(Kind::ConcertOfQueue).id(queue.0).all(), Ascending)?.collect()
    }

    pub(crate) fn schedule(self, id: ScheduleId) -> Found<Schedule> {
        self.get::<Schedule>(&key::schedule(id))
    }

    /// Returns the schedules of a concert, by start and then id.
    pub(crate) fn schedules_of(self, concert: ConcertId) -> All<Schedule> {
        self.led::<Schedule>(Key::of(Kind::ScheduleOfConcert).id(concert.0).all(), Ascending)?.collect()
    }

    pub(crate) fn has_seats_left(self, schedule: ScheduleId) -> Result<bool, Fault> {
        self.has_any(Key::of(Kind::SeatLeft).id(schedule.0).all())
    }

    pub(crate) fn token(self, id: TokenId) -> Found<QueueToken> {
        self.get::<QueueToken>(&key::token(id))
    }

    pub(crate) fn live_token(self, queue: QueueId, user: UserId) -> Found<QueueToken> {
        self.led::<QueueToken>(Key::of(Kind::LiveTokenOfUser).id(queue.0).id(user.0).all(), Ascending)?.next().transpose()
    }

    pub(crate) fn reservation(self, id: ReservationId) -> Found<Reservation> {
        self.get::<Reservation>(&key::reservation(id))
    }

    pub(crate) fn payment(self, id: PaymentId) -> Found<Payment> {
        self.get::<Payment>(&key::payment(id))
    }

    pub(crate) fn user(self, id: UserId) -> Result<Option<User>, Fault> {
        self.get::<User>(&key::user(id))
    }

    pub(crate) fn wallet(self, user: UserId) -> Found<Wallet> {
        self.get::<Wallet>(&key::wallet(user))
    }

    /// Whether seats of the concert are held at `now`, for a schedule that isn't cancelled.
    pub(crate) fn is_held(self, concert: ConcertId, now: OffsetDateTime) -> Result<bool, Fault> {
        let of_concert = Key::of(Kind::HoldOfConcert).id(concert.0);
        // A hold ends at its deadline.
        let later = of_concert.clone().at(now).after_all()..of_concert.after_all();
        for hold in self.led::<Reservation>(later, Ascending)? {
            if self.schedule(hold?.schedule())?.is_some_and(|schedule| !schedule.is_cancelled()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a token of the queue that names the concert is WAITING, or ACTIVE and within its deadline at `now`.
    pub(crate) fn is_awaited(self, queue: QueueId, concert: ConcertId, now: OffsetDateTime) -> Result<bool, Fault> {
        for token in self.led::<QueueToken>(Key::of(Kind::LiveTokenForConcert).id(queue.0).id(concert.0).all(), Ascending)? {
            if !token?.has_lapsed(now) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
