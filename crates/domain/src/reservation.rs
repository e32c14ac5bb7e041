//! Reservations: one user's claim to seats of one date.
//!
//! ```text
//!         confirm               refund
//!   HELD ─────────► CONFIRMED ─────────► CANCELLED (REFUNDED)
//!    └──── release, lapse ─────────────► CANCELLED (RELEASED, EXPIRED)
//! ```
//!
//! A HELD reservation whose deadline has passed, or whose date is cancelled, *is* cancelled (EXPIRED), whatever its row says: every step
//! takes the [`Moment`] of its date.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{ConcertId, Moment, Money, PaymentId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId};

/// One user's claim to 1..k seats of one date.
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

/// A seat as it was when it was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservedSeat {
    /// Its number within the date.
    pub number: SeatNumber,
    /// What is written on it.
    pub label: String,
    /// What it cost at the hold; a later price doesn't matter.
    pub price: Money,
}

/// What a reservation's row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationState {
    /// The seats are kept until the deadline.
    Held,
    /// The seats are sold.
    Confirmed {
        /// The payment that did it.
        payment: PaymentId,
    },
    /// Ended.
    Cancelled {
        /// Why.
        reason: CancelReason,
        /// The payment that was refunded, if one was.
        payment: Option<PaymentId>,
    },
}

/// Why a reservation has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CancelReason {
    /// Not paid in time, or before its date was cancelled.
    Expired,
    /// Given back by its user.
    Released,
    /// Paid, and paid back.
    Refunded,
}

/// What a reservation is at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReservationStatus {
    /// The seats are kept.
    Held,
    /// The seats are sold.
    Confirmed,
    /// Ended, and why.
    Cancelled(CancelReason),
}

/// A reservation refused a step; it is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("reservation is {status:?}: can't {step}")]
pub struct ReservationError {
    /// What it is.
    pub status: ReservationStatus,
    /// What was asked of it.
    pub step: &'static str,
}

impl Reservation {
    /// A reservation as a store kept it: `self` with the state of its row.
    #[must_use]
    pub fn restore(self, state: ReservationState) -> Self {
        Self { state, ..self }
    }

    /// A hold of `seats` by `user` from `held_at` until `expires_at`.
    #[must_use]
    pub fn hold(claim: Claim, seats: Vec<ReservedSeat>, amount: Money, held_at: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        let Claim { id, user, token, concert, schedule } = claim;
        Self { id, user, token, concert, schedule, seats, amount, held_at, expires_at, state: ReservationState::Held }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> ReservationId {
        self.id
    }

    /// Whose it is.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The admission it was made under: a token has one live hold at a time.
    #[must_use]
    pub const fn token(&self) -> TokenId {
        self.token
    }

    /// The concert, under whose seat limit it counts.
    #[must_use]
    pub const fn concert(&self) -> ConcertId {
        self.concert
    }

    /// The date.
    #[must_use]
    pub const fn schedule(&self) -> ScheduleId {
        self.schedule
    }

    /// The seats by number, ascending, at the prices of the hold.
    #[must_use]
    pub const fn seats(&self) -> &[ReservedSeat] {
        self.seats.as_slice()
    }

    /// The sum of the prices.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// When it was made.
    #[must_use]
    pub const fn held_at(&self) -> OffsetDateTime {
        self.held_at
    }

    /// The first instant at which the hold has ended.
    #[must_use]
    pub const fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }

    /// Who claims it, under which admission.
    #[must_use]
    pub const fn claim(&self) -> Claim {
        let Self { id, user, token, concert, schedule, .. } = *self;
        Claim { id, user, token, concert, schedule }
    }

    /// What its row says, lapsed or not.
    #[must_use]
    pub const fn state(&self) -> ReservationState {
        self.state
    }

    /// What it is at `now`, a moment of its date.
    #[must_use]
    pub fn status(&self, now: Moment) -> ReservationStatus {
        match self.state {
            ReservationState::Held if now.is_before(self.expires_at) => ReservationStatus::Held,
            ReservationState::Held => ReservationStatus::Cancelled(CancelReason::Expired),
            ReservationState::Confirmed { .. } => ReservationStatus::Confirmed,
            ReservationState::Cancelled { reason, .. } => ReservationStatus::Cancelled(reason),
        }
    }

    /// Whether its row says HELD, lapsed or not: it then occupies its seats and its token.
    #[must_use]
    pub const fn occupies(&self) -> bool {
        matches!(self.state, ReservationState::Held)
    }

    /// The payment that confirmed it, refunded or not.
    #[must_use]
    pub const fn payment(&self) -> Option<PaymentId> {
        match self.state {
            ReservationState::Held => None,
            ReservationState::Confirmed { payment } => Some(payment),
            ReservationState::Cancelled { payment, .. } => payment,
        }
    }

    /// The numbers of its seats, ascending.
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

    /// Gives its seats back before they are paid.
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

    /// Writes down that it has ended unpaid: its deadline has passed, or its date is cancelled.
    ///
    /// # Errors
    /// Unless its row says HELD and it has ended at `now`.
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

    /// Gives its seats back after they were paid.
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

    fn refuse(&self, step: &'static str, now: Moment) -> ReservationError {
        ReservationError { status: self.status(now), step }
    }
}

/// Who claims, under which admission, for which date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The reservation's id.
    pub id: ReservationId,
    /// Whose it is.
    pub user: UserId,
    /// The admission.
    pub token: TokenId,
    /// The concert.
    pub concert: ConcertId,
    /// The date.
    pub schedule: ScheduleId,
}
