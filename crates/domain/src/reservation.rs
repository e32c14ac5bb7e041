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
    /// The reservation's id.
    pub id: ReservationId,
    /// Whose it is.
    pub user: UserId,
    /// The admission it was made under: a token has one live hold at a time.
    pub token: TokenId,
    /// The concert, under whose seat limit it counts.
    pub concert: ConcertId,
    /// The date.
    pub schedule: ScheduleId,
    /// The seats by number, ascending, at the prices of the hold.
    pub seats: Vec<ReservedSeat>,
    /// The sum of the prices.
    pub amount: Money,
    /// When it was made.
    pub held_at: OffsetDateTime,
    /// The first instant at which the hold has ended.
    pub expires_at: OffsetDateTime,
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

/// The seats that somebody asks for: at least one, each once, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatChoice(Vec<SeatNumber>);

/// The numbers can't be a choice of seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAChoice {
    /// None at all.
    #[error("name at least one seat")]
    Empty,
    /// Far more than anybody may have.
    #[error("name at most {} seats", SeatChoice::MAX)]
    TooMany,
    /// The same seat twice.
    #[error("seat {0} is named twice")]
    Twice(SeatNumber),
}

impl SeatChoice {
    /// The most seats that can be asked for at once, whatever the seat limit is.
    pub const MAX: usize = 100;

    /// A choice of `numbers`, in any order.
    ///
    /// # Errors
    /// [`NotAChoice`] if there is none, one twice, or more than [`Self::MAX`].
    pub fn new(mut numbers: Vec<SeatNumber>) -> Result<Self, NotAChoice> {
        if numbers.is_empty() {
            return Err(NotAChoice::Empty);
        }
        if numbers.len() > Self::MAX {
            return Err(NotAChoice::TooMany);
        }
        numbers.sort_unstable();
        match numbers.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(NotAChoice::Twice(pair[0])),
            None => Ok(Self(numbers)),
        }
    }

    /// The numbers, ascending.
    #[must_use]
    pub fn numbers(&self) -> &[SeatNumber] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_choice_has_each_seat_once_in_order(numbers in prop::collection::vec(1..200_u32, 0..110)) {
            let numbers: Vec<_> = numbers.into_iter().map(|number| SeatNumber::new(number).expect("a number")).collect();
            if let Ok(choice) = SeatChoice::new(numbers.clone()) {
                prop_assert!(choice.numbers().is_sorted_by(|a, b| a < b));
                prop_assert!(numbers.iter().all(|number| choice.numbers().contains(number)));
                prop_assert_eq!(choice.numbers().len(), numbers.len());
            }
        }

        #[test]
        fn a_seat_number_is_kept_as_it_is(number: u32) {
            prop_assert_eq!(SeatNumber::new(number).map_or(0, SeatNumber::get), if number <= SeatNumber::MAX { number } else { 0 });
        }
    }
}
