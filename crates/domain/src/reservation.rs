//! Reservations: seats of one schedule, held for or sold to one user.
//!
//! ```text
//!         confirm               refund
//!   HELD ─────────► CONFIRMED ─────────► CANCELLED (REFUNDED)
//!    └──── release, lapse ─────────────► CANCELLED (RELEASED, EXPIRED)
//! ```
//!
//! A HELD reservation whose deadline has passed, or whose schedule is cancelled, *is* cancelled (EXPIRED), whatever its row says: every
//! step takes a [`Moment`] of its schedule.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{ConcertId, Moment, Money, PaymentId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId};

/// A reservation of one or more seats of one schedule for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    id: ReservationId,
    user: UserId,
    token: TokenId,
    concert: ConcertId,
    schedule: ScheduleId,
    seats: Vec<ReservedSeat>,
    amount: Money,
    held_at: OffsetDateTime,
    expires_at: OffsetDateTime,
    state: ReservationState,
}

/// A seat of a reservation, as it was at the time of the hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservedSeat {
    /// Its number within the schedule.
    pub number: SeatNumber,
    /// Its label.
    pub label: String,
    /// Its price at the time of the hold; later changes of the price don't matter.
    pub price: Money,
    /// When its [ticket](crate::ticket) was used; none: it wasn't.
    pub used_at: Option<OffsetDateTime>,
}

impl ReservedSeat {
    /// Creates a seat whose ticket wasn't used.
    #[must_use]
    pub const fn new(number: SeatNumber, label: String, price: Money) -> Self {
        Self { number, label, price, used_at: None }
    }
}

/// The state of a reservation's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationState {
    /// The seats are held until the deadline.
    Held,
    /// The seats are sold.
    Confirmed {
        /// The payment of the reservation.
        payment: PaymentId,
    },
    /// The reservation has ended.
    Cancelled {
        /// The reason.
        reason: CancelReason,
        /// The payment that was refunded, if one was.
        payment: Option<PaymentId>,
    },
}

/// The reason why a reservation has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CancelReason {
    /// It was not paid before its deadline or the cancellation of its schedule.
    Expired,
    /// It was released before it was paid.
    Released,
    /// Its payment was refunded.
    Refunded,
}

/// The status of a reservation at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReservationStatus {
    /// The seats are held.
    Held,
    /// The seats are sold.
    Confirmed,
    /// The reservation has ended for this reason.
    Cancelled(CancelReason),
}

/// The error for a step that the status of the reservation doesn't allow; the reservation is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the reservation is {status:?}: the step `{step}` is not possible")]
pub struct ReservationError {
    /// The status of the reservation.
    pub status: ReservationStatus,
    /// The requested step.
    pub step: &'static str,
}

impl Reservation {
    /// Returns the reservation as stored: `self` with the state of its row.
    #[must_use]
    pub fn restore(self, state: ReservationState) -> Self {
        Self { state, ..self }
    }

    /// Creates a hold of `seats` from `held_at` until `expires_at`.
    #[must_use]
    pub fn hold(ids: ReservationIds, seats: Vec<ReservedSeat>, amount: Money, held_at: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        let ReservationIds { id, user, token, concert, schedule } = ids;
        Self { id, user, token, concert, schedule, seats, amount, held_at, expires_at, state: ReservationState::Held }
    }

    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> ReservationId {
        self.id
    }

    /// Returns the user.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Returns the token that it was made under: a token has at most one live hold.
    #[must_use]
    pub const fn token(&self) -> TokenId {
        self.token
    }

    /// Returns the concert, whose seat limit it counts toward.
    #[must_use]
    pub const fn concert(&self) -> ConcertId {
        self.concert
    }

    /// Returns the schedule.
    #[must_use]
    pub const fn schedule(&self) -> ScheduleId {
        self.schedule
    }

    /// Returns the seats by ascending number, with their prices at the time of the hold.
    #[must_use]
    pub const fn seats(&self) -> &[ReservedSeat] {
        self.seats.as_slice()
    }

    /// Returns the sum of the prices.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// Returns the time of the hold.
    #[must_use]
    pub const fn held_at(&self) -> OffsetDateTime {
        self.held_at
    }

    /// Returns the deadline: the first instant at which the hold has expired.
    #[must_use]
    pub const fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }

    /// Returns the ids that identify its owner and its seats' schedule.
    #[must_use]
    pub const fn ids(&self) -> ReservationIds {
        let Self { id, user, token, concert, schedule, .. } = *self;
        ReservationIds { id, user, token, concert, schedule }
    }

    /// Returns the state of its row, lapsed or not.
    #[must_use]
    pub const fn state(&self) -> ReservationState {
        self.state
    }

    /// Returns its status at `now`, a moment of its schedule.
    #[must_use]
    pub fn status(&self, now: Moment) -> ReservationStatus {
        match self.state {
            ReservationState::Held if now.is_before(self.expires_at) => ReservationStatus::Held,
            ReservationState::Held => ReservationStatus::Cancelled(CancelReason::Expired),
            ReservationState::Confirmed { .. } => ReservationStatus::Confirmed,
            ReservationState::Cancelled { reason, .. } => ReservationStatus::Cancelled(reason),
        }
    }

    /// Returns whether its row is HELD, lapsed or not: it then occupies its seats and its token.
    #[must_use]
    pub const fn occupies(&self) -> bool {
        matches!(self.state, ReservationState::Held)
    }

    /// Returns the payment that confirmed it, refunded or not.
    #[must_use]
    pub const fn payment(&self) -> Option<PaymentId> {
        match self.state {
            ReservationState::Held => None,
            ReservationState::Confirmed { payment } => Some(payment),
            ReservationState::Cancelled { payment, .. } => payment,
        }
    }

    /// Returns the numbers of its seats, ascending.
    pub fn numbers(&self) -> impl Iterator<Item = SeatNumber> {
        self.seats.iter().map(|seat| seat.number)
    }

    /// Sells its seats by `payment`.
    ///
    /// # Errors
    /// Unless it is HELD at `now`.
    pub fn confirm(mut self, payment: PaymentId, now: Moment) -> Result<Self, ReservationError> {
        match self.status(now) {
            ReservationStatus::Held => {
                self.state = ReservationState::Confirmed { payment };
                Ok(self)
            }
            ReservationStatus::Confirmed | ReservationStatus::Cancelled(_) => Err(self.refuse("confirm", now)),
        }
    }

    /// Releases its seats before they are paid.
    ///
    /// # Errors
    /// Unless it is HELD at `now`.
    pub fn release(mut self, now: Moment) -> Result<Self, ReservationError> {
        match self.status(now) {
            ReservationStatus::Held => {
                self.state = ReservationState::Cancelled { reason: CancelReason::Released, payment: None };
                Ok(self)
            }
            ReservationStatus::Confirmed | ReservationStatus::Cancelled(_) => Err(self.refuse("release", now)),
        }
    }

    /// Records that it has expired unpaid: its deadline has passed, or its schedule is cancelled.
    ///
    /// # Errors
    /// Unless its row is HELD and it has expired at `now`.
    pub fn lapse(mut self, now: Moment) -> Result<Self, ReservationError> {
        match self.state {
            ReservationState::Held if !now.is_before(self.expires_at) => {
                self.state = ReservationState::Cancelled { reason: CancelReason::Expired, payment: None };
                Ok(self)
            }
            ReservationState::Held | ReservationState::Confirmed { .. } | ReservationState::Cancelled { .. } => {
                Err(self.refuse("lapse", now))
            }
        }
    }

    /// Frees its seats after they were paid.
    ///
    /// # Errors
    /// Unless it is CONFIRMED.
    pub fn refund(mut self, now: Moment) -> Result<Self, ReservationError> {
        match self.state {
            ReservationState::Confirmed { payment } => {
                self.state = ReservationState::Cancelled { reason: CancelReason::Refunded, payment: Some(payment) };
                Ok(self)
            }
            ReservationState::Held | ReservationState::Cancelled { .. } => Err(self.refuse("refund", now)),
        }
    }

    /// Records that the ticket of the seat `number` was used at `at`.
    ///
    /// # Errors
    /// Unless it is CONFIRMED, has the seat, and the ticket wasn't used.
    pub fn use_seat(mut self, number: SeatNumber, at: OffsetDateTime, now: Moment) -> Result<Self, ReservationError> {
        let unused = self.seats.iter_mut().find(|seat| seat.number == number && seat.used_at.is_none());
        match (self.state, unused) {
            (ReservationState::Confirmed { .. }, Some(seat)) => {
                seat.used_at = Some(at);
                Ok(self)
            }
            (ReservationState::Held | ReservationState::Confirmed { .. } | ReservationState::Cancelled { .. }, _) => {
                Err(self.refuse("use a seat", now))
            }
        }
    }

    fn refuse(&self, step: &'static str, now: Moment) -> ReservationError {
        ReservationError { status: self.status(now), step }
    }
}

/// The ids of a reservation, its user, its token, its concert and its schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReservationIds {
    /// The reservation's id.
    pub id: ReservationId,
    /// The user.
    pub user: UserId,
    /// The queue token.
    pub token: TokenId,
    /// The concert.
    pub concert: ConcertId,
    /// The schedule.
    pub schedule: ScheduleId,
}
