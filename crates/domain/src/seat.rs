//! Seats of schedules.
//!
//! ```text
//!              hold                confirm
//!   AVAILABLE ──────► HELD ─────────────────► RESERVED
//!      ▲  ▲            │  ▲ └─ hold (lapsed)      │
//!      │  └────────────┘  └──┘                    │
//!      │      free                     free       │
//!      └──────────────────────────────────────────┘
//!   AVAILABLE ◄── unblock, block ──► BLOCKED, by the operator
//! ```
//!
//! A HELD seat whose deadline has passed, or whose schedule is cancelled, *is* available, whatever its row says: every step takes a
//! [`Moment`] of its schedule.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{Moment, Money, ReservationId, ScheduleId};

/// A seat's number within its schedule, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatNumber(u32);

/// The error for a seat number outside 1 to [`SeatNumber::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a seat number must be from 1 to {}", SeatNumber::MAX)]
pub struct InvalidSeatNumber;

impl SeatNumber {
    /// The highest number: larger than any venue.
    pub const MAX: u32 = 1_000_000;

    /// Creates the seat number `number`.
    ///
    /// # Errors
    /// [`InvalidSeatNumber`] outside 1..=[`Self::MAX`].
    pub const fn new(number: u32) -> Result<Self, InvalidSeatNumber> {
        if number == 0 || number > Self::MAX { Err(InvalidSeatNumber) } else { Ok(Self(number)) }
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl std::fmt::Display for SeatNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A seat of one schedule.
///
/// ```
/// # use domain::{Cancellation, ConcertId, Money, ReservationId, Schedule, ScheduleId, Seat, SeatNumber, SeatStatus, Zone};
/// # use time::{Duration, macros::datetime};
/// # use uuid::Uuid;
/// let now = datetime!(2026-11-21 20:00 UTC);
/// # let (starts_at, zone) = (now + Duration::DAY, Zone::new("UTC")?);
/// # let id = ScheduleId(Uuid::nil());
/// let schedule = Schedule::new(id, ConcertId(Uuid::nil()), starts_at, zone, now..starts_at);
/// let (mine, yours) = (ReservationId(Uuid::from_u128(1)), ReservationId(Uuid::from_u128(2)));
/// let seat = Seat::new(ScheduleId(Uuid::nil()), SeatNumber::new(7)?, "Row A 7".into(), Money::new(60_000)?);
///
/// let held = seat.hold(mine, now + Duration::minutes(5), schedule.at(now))?;
/// assert_eq!(held.status(schedule.at(now)), SeatStatus::Held);
/// assert!(held.clone().hold(yours, now + Duration::minutes(9), schedule.at(now + Duration::minutes(4))).is_err());
/// assert_eq!(held.status(schedule.at(now + Duration::minutes(5))), SeatStatus::Available, "a hold has ended at its deadline");
/// let cancelled = schedule.clone().cancel(Cancellation { at: now, reason: None });
/// assert_eq!(held.status(cancelled.at(now)), SeatStatus::Available, "a hold has ended once its schedule is cancelled");
///
/// let sold = held.confirm(mine, schedule.at(now))?;
/// assert_eq!(sold.status(schedule.at(now)), SeatStatus::Reserved);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    schedule: ScheduleId,
    number: SeatNumber,
    label: String,
    price: Money,
    accessible: bool,
    state: SeatState,
}

/// The state of a seat's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    /// The seat is free.
    Available,
    /// The seat is held for a reservation until its deadline.
    Held {
        /// The reservation.
        reservation: ReservationId,
        /// The first instant at which it is free again.
        until: OffsetDateTime,
    },
    /// The seat is sold.
    Reserved {
        /// The reservation.
        reservation: ReservationId,
    },
    /// The seat was removed from sale by an operator.
    Blocked,
}

/// The status of a seat at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeatStatus {
    /// The seat can be held.
    Available,
    /// The seat is held, and the deadline has not passed.
    Held,
    /// The seat is sold.
    Reserved,
    /// The seat is not for sale.
    Blocked,
}

/// The error for a step that the status of the seat doesn't allow; the seat is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("seat {number} is {status:?}: the step `{step}` is not possible")]
pub struct SeatError {
    /// The seat.
    pub number: SeatNumber,
    /// The status of the seat.
    pub status: SeatStatus,
    /// The requested step.
    pub step: &'static str,
}

impl Seat {
    /// Creates an AVAILABLE seat.
    #[must_use]
    pub const fn new(schedule: ScheduleId, number: SeatNumber, label: String, price: Money) -> Self {
        Self { schedule, number, label, price, accessible: false, state: SeatState::Available }
    }

    /// Returns the seat as a wheelchair space or not. This doesn't depend on its state.
    #[must_use]
    pub fn with_accessible(self, accessible: bool) -> Self {
        Self { accessible, ..self }
    }

    /// Returns a seat as stored.
    #[must_use]
    pub const fn restore(schedule: ScheduleId, number: SeatNumber, label: String, price: Money, state: SeatState) -> Self {
        Self { schedule, number, label, price, accessible: false, state }
    }

    /// Returns the schedule.
    #[must_use]
    pub const fn schedule(&self) -> ScheduleId {
        self.schedule
    }

    /// Returns its number within the schedule.
    #[must_use]
    pub const fn number(&self) -> SeatNumber {
        self.number
    }

    /// Returns its label: section, row, place.
    #[must_use]
    pub const fn label(&self) -> &str {
        self.label.as_str()
    }

    /// Returns its price.
    #[must_use]
    pub const fn price(&self) -> Money {
        self.price
    }

    /// Returns whether it is a wheelchair space.
    #[must_use]
    pub const fn is_accessible(&self) -> bool {
        self.accessible
    }

    /// Returns the state of its row, lapsed or not.
    #[must_use]
    pub const fn state(&self) -> SeatState {
        self.state
    }

    /// Returns its status at `now`, a moment of its schedule.
    #[must_use]
    pub fn status(&self, now: Moment) -> SeatStatus {
        match self.state {
            SeatState::Held { until, .. } if now.is_before(until) => SeatStatus::Held,
            SeatState::Available | SeatState::Held { .. } => SeatStatus::Available,
            SeatState::Reserved { .. } => SeatStatus::Reserved,
            SeatState::Blocked => SeatStatus::Blocked,
        }
    }

    /// Returns the reservation that its row names, lapsed or not.
    #[must_use]
    pub const fn reservation(&self) -> Option<ReservationId> {
        match self.state {
            SeatState::Held { reservation, .. } | SeatState::Reserved { reservation } => Some(reservation),
            SeatState::Available | SeatState::Blocked => None,
        }
    }

    /// Holds it for `reservation` until `until`; a lapsed hold is replaced.
    ///
    /// # Errors
    /// Unless it is available at `now`.
    pub fn hold(mut self, reservation: ReservationId, until: OffsetDateTime, now: Moment) -> Result<Self, SeatError> {
        match self.status(now) {
            SeatStatus::Available => {
                self.state = SeatState::Held { reservation, until };
                Ok(self)
            }
            SeatStatus::Held | SeatStatus::Reserved | SeatStatus::Blocked => Err(self.refuse("hold", now)),
        }
    }

    /// Sells it to the reservation that holds it.
    ///
    /// # Errors
    /// Unless `reservation` holds it at `now`.
    pub fn confirm(mut self, reservation: ReservationId, now: Moment) -> Result<Self, SeatError> {
        match self.state {
            SeatState::Held { reservation: holder, until } if holder == reservation && now.is_before(until) => {
                self.state = SeatState::Reserved { reservation };
                Ok(self)
            }
            SeatState::Available | SeatState::Held { .. } | SeatState::Reserved { .. } | SeatState::Blocked => {
                Err(self.refuse("confirm", now))
            }
        }
    }

    /// Frees it from `reservation`, whether held (lapsed or not) or sold.
    ///
    /// # Errors
    /// Unless its row names `reservation`.
    pub fn free(mut self, reservation: ReservationId, now: Moment) -> Result<Self, SeatError> {
        match self.state {
            SeatState::Held { reservation: holder, .. } | SeatState::Reserved { reservation: holder } if holder == reservation => {
                self.state = SeatState::Available;
                Ok(self)
            }
            SeatState::Available | SeatState::Held { .. } | SeatState::Reserved { .. } | SeatState::Blocked => {
                Err(self.refuse("free", now))
            }
        }
    }

    /// Removes it from sale; this ends a lapsed hold.
    ///
    /// # Errors
    /// Unless it is available at `now`.
    pub fn block(mut self, now: Moment) -> Result<Self, SeatError> {
        match self.status(now) {
            SeatStatus::Available => {
                self.state = SeatState::Blocked;
                Ok(self)
            }
            SeatStatus::Held | SeatStatus::Reserved | SeatStatus::Blocked => Err(self.refuse("block", now)),
        }
    }

    /// Returns it to sale.
    ///
    /// # Errors
    /// Unless it is blocked.
    pub fn unblock(mut self, now: Moment) -> Result<Self, SeatError> {
        match self.state {
            SeatState::Blocked => {
                self.state = SeatState::Available;
                Ok(self)
            }
            SeatState::Available | SeatState::Held { .. } | SeatState::Reserved { .. } => Err(self.refuse("unblock", now)),
        }
    }

    /// Changes its label and price. A seat that is held or sold keeps those that its user chose it by.
    ///
    /// # Errors
    /// While its row names a reservation.
    pub fn relabel(mut self, label: String, price: Money, now: Moment) -> Result<Self, SeatError> {
        match self.state {
            SeatState::Available | SeatState::Blocked => {
                (self.label, self.price) = (label, price);
                Ok(self)
            }
            SeatState::Held { .. } | SeatState::Reserved { .. } => Err(self.refuse("relabel", now)),
        }
    }

    fn refuse(&self, step: &'static str, now: Moment) -> SeatError {
        SeatError { number: self.number, status: self.status(now), step }
    }
}
