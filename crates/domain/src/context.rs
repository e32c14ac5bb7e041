//! Contexts: what was loaded for a decision.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::{
    Concert, KeyRecord, Moment, Offer, Payment, PaymentId, Queue, QueueToken, Reservation, ReservationId, Schedule, ScheduleId, Seat,
    SeatNumber, TokenId, User, Version, Versioned, Wallet,
};

/// The rows that a decision needs, each with its version, and the store's clock at the reading. What the store
/// didn't find, and what the decision doesn't need, is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The record of the request's idempotency key.
    pub key: Option<Versioned<KeyRecord>>,
    /// The user who asks.
    pub user: Option<User>,
    /// The queue in question.
    pub queue: Option<Versioned<Queue>>,
    /// The version under which that queue admits.
    pub admission: Option<Version>,
    /// How many tokens of that queue have a row that says ACTIVE, lapsed or not.
    pub active: u32,
    /// How many tokens of that queue are WAITING.
    pub waiting: u32,
    /// All dates of the concerts that this queue alone admits to. None if the queue is no concert's own.
    pub offers: Option<Vec<Offer>>,
    /// Tokens, in the order of their numbers.
    pub tokens: Vec<Versioned<QueueToken>>,
    /// The concert in question.
    pub concert: Option<Versioned<Concert>>,
    /// The date in question.
    pub schedule: Option<Versioned<Schedule>>,
    /// All dates of that concert, and others that are asked for.
    pub schedules: Vec<Versioned<Schedule>>,
    /// Whether a reservation of that concert is HELD, within its deadline, and its date isn't cancelled.
    pub held: bool,
    /// Whether a token of that concert's queue that names the concert is WAITING, or ACTIVE and within its deadline.
    pub awaited: bool,
    /// Seats that are asked for or that a loaded reservation names.
    pub seats: Vec<Versioned<Seat>>,
    /// Reservations in question.
    pub reservations: Vec<Versioned<Reservation>>,
    /// The payment in question.
    pub payment: Option<Versioned<Payment>>,
    /// The wallet in question.
    pub wallet: Option<Versioned<Wallet>>,
}

impl Context {
    /// A context in which nothing was found at `now`.
    #[must_use]
    pub const fn at(now: OffsetDateTime) -> Self {
        Self {
            now,
            key: None,
            user: None,
            queue: None,
            admission: None,
            active: 0,
            waiting: 0,
            offers: None,
            tokens: Vec::new(),
            concert: None,
            schedule: None,
            schedules: Vec::new(),
            held: false,
            awaited: false,
            seats: Vec::new(),
            reservations: Vec::new(),
            payment: None,
            wallet: None,
        }
    }

    /// The token `id`, if it was found.
    #[must_use]
    pub fn token(&self, id: TokenId) -> Option<&Versioned<QueueToken>> {
        self.tokens.iter().find(|token| token.id == id)
    }

    /// The reservation `id`, if it was found.
    #[must_use]
    pub fn reservation(&self, id: ReservationId) -> Option<&Versioned<Reservation>> {
        self.reservations.iter().find(|reservation| reservation.id == id)
    }

    /// The payment `id`, if it was found.
    #[must_use]
    pub fn payment(&self, id: PaymentId) -> Option<&Versioned<Payment>> {
        self.payment.as_ref().filter(|payment| payment.id == id)
    }

    /// The date `id`, if it was found.
    #[must_use]
    pub fn date(&self, id: ScheduleId) -> Option<&Versioned<Schedule>> {
        self.schedule.iter().chain(&self.schedules).find(|date| date.id == id)
    }

    /// The context's instant at the date `id`, if that was found.
    #[must_use]
    pub fn moment(&self, id: ScheduleId) -> Option<Moment> {
        self.date(id).map(|date| date.at(self.now))
    }

    /// The seat `number` of the date in question, if it was found.
    #[must_use]
    pub fn seat(&self, number: SeatNumber) -> Option<&Versioned<Seat>> {
        let schedule = self.schedule.as_ref()?.id;
        self.seats.iter().find(|seat| seat.number == number && seat.schedule == schedule)
    }

    /// All seats of the date in question that were found, for who asks for many.
    #[must_use]
    pub fn seats_by_number(&self) -> BTreeMap<SeatNumber, &Versioned<Seat>> {
        let seats = self.seats.iter().filter(|seat| self.schedule.as_ref().is_some_and(|schedule| schedule.id == seat.schedule));
        seats.map(|seat| (seat.number, seat)).collect()
    }

    /// The seats whose rows name `reservation`.
    pub fn seats_of(&self, reservation: ReservationId) -> impl Iterator<Item = &Versioned<Seat>> {
        self.seats.iter().filter(move |seat| seat.reservation() == Some(reservation))
    }
}
