//! Seats.
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
//! A HELD seat whose deadline has passed, or whose date is cancelled, *is* available, whatever its row says: every step takes the
//! [`Moment`] of its date.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{Moment, Money, ReservationId, ScheduleId};

/// A seat's number within its schedule, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatNumber(u32);

/// A seat's number is from 1 to [`SeatNumber::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a seat's number is from 1 to {}", SeatNumber::MAX)]
pub struct InvalidSeatNumber;

impl SeatNumber {
    /// The highest number: no hall on earth is larger.
    pub const MAX: u32 = 1_000_000;

    /// Seat `number`.
    ///
    /// # Errors
    /// [`InvalidSeatNumber`] outside 1..=[`Self::MAX`].
    pub const fn new(number: u32) -> Result<Self, InvalidSeatNumber> {
        if number == 0 || number > Self::MAX { Err(InvalidSeatNumber) } else { Ok(Self(number)) }
    }

    /// The number.
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

/// A seat of one date.
///
/// ```
/// # use domain::{Cancellation, ConcertId, Money, ReservationId, Schedule, ScheduleId, Seat, SeatNumber, SeatStatus, Zone};
/// # use time::{Duration, macros::datetime};
/// # use uuid::Uuid;
/// let now = datetime!(2026-11-21 20:00 UTC);
/// # let (starts_at, zone) = (now + Duration::DAY, Zone::new("UTC")?);
/// # let id = ScheduleId(Uuid::nil());
/// let date = Schedule::new(id, ConcertId(Uuid::nil()), starts_at, zone, now..starts_at);
/// let (mine, yours) = (ReservationId(Uuid::from_u128(1)), ReservationId(Uuid::from_u128(2)));
/// let seat = Seat::new(ScheduleId(Uuid::nil()), SeatNumber::new(7)?, "Row A 7".into(), Money::new(60_000)?);
///
/// let held = seat.hold(mine, now + Duration::minutes(5), date.at(now))?;
/// assert_eq!(held.status(date.at(now)), SeatStatus::Held);
/// assert!(held.clone().hold(yours, now + Duration::minutes(9), date.at(now + Duration::minutes(4))).is_err());
/// assert_eq!(held.status(date.at(now + Duration::minutes(5))), SeatStatus::Available, "at its deadline a hold has ended");
/// let cancelled = date.clone().cancel(Cancellation { at: now, reason: None });
/// assert_eq!(held.status(cancelled.at(now)), SeatStatus::Available, "and so it has once its date is cancelled");
///
/// let sold = held.confirm(mine, date.at(now))?;
/// assert_eq!(sold.status(date.at(now)), SeatStatus::Reserved);
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

/// What a seat's row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    /// Free.
    Available,
    /// Kept for a reservation until its deadline.
    Held {
        /// Whose it is.
        reservation: ReservationId,
        /// The first instant at which it is free again.
        until: OffsetDateTime,
    },
    /// Sold.
    Reserved {
        /// Whose it is.
        reservation: ReservationId,
    },
    /// Taken out of the sale by the operator.
    Blocked,
}

/// What a seat is at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeatStatus {
    /// Can be held.
    Available,
    /// Held by somebody, not yet past the deadline.
    Held,
    /// Sold.
    Reserved,
    /// Not for sale.
    Blocked,
}

/// A seat refused a step; it is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("seat {number} is {status:?}: can't {step}")]
pub struct SeatError {
    /// Which seat.
    pub number: SeatNumber,
    /// What it is.
    pub status: SeatStatus,
    /// What was asked of it.
    pub step: &'static str,
}

impl Seat {
    /// A seat that nobody has.
    #[must_use]
    pub const fn new(schedule: ScheduleId, number: SeatNumber, label: String, price: Money) -> Self {
        Self { schedule, number, label, price, accessible: false, state: SeatState::Available }
    }

    /// The same seat as a place for a wheelchair, or not. That is so whoever has it.
    #[must_use]
    pub fn with_accessible(self, accessible: bool) -> Self {
        Self { accessible, ..self }
    }

    /// A seat as a store kept it.
    #[must_use]
    pub const fn restore(schedule: ScheduleId, number: SeatNumber, label: String, price: Money, state: SeatState) -> Self {
        Self { schedule, number, label, price, accessible: false, state }
    }

    /// The date that it is a seat of.
    #[must_use]
    pub const fn schedule(&self) -> ScheduleId {
        self.schedule
    }

    /// Its number there.
    #[must_use]
    pub const fn number(&self) -> SeatNumber {
        self.number
    }

    /// What is written on it: section, row, place.
    #[must_use]
    pub const fn label(&self) -> &str {
        self.label.as_str()
    }

    /// What it costs.
    #[must_use]
    pub const fn price(&self) -> Money {
        self.price
    }

    /// Whether it is a place for a wheelchair.
    #[must_use]
    pub const fn is_accessible(&self) -> bool {
        self.accessible
    }

    /// What its row says, lapsed or not.
    #[must_use]
    pub const fn state(&self) -> SeatState {
        self.state
    }

    /// What it is at `now`, a moment of its date.
    #[must_use]
    pub fn status(&self, now: Moment) -> SeatStatus {
        match self.state {
            SeatState::Held { until, .. } if now.is_before(until) => SeatStatus::Held,
            SeatState::Available | SeatState::Held { .. } => SeatStatus::Available,
            SeatState::Reserved { .. } => SeatStatus::Reserved,
            SeatState::Blocked => SeatStatus::Blocked,
        }
    }

    /// The reservation that its row names, lapsed or not.
    #[must_use]
    pub const fn reservation(&self) -> Option<ReservationId> {
        match self.state {
            SeatState::Held { reservation, .. } | SeatState::Reserved { reservation } => Some(reservation),
            SeatState::Available | SeatState::Blocked => None,
        }
    }

    /// Keeps it for `reservation` until `until`; a lapsed hold is taken over.
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

    /// Gives it back from `reservation`, held (lapsed or not) or sold.
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

    /// Takes it out of the sale; a lapsed hold ends by it.
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

    /// Gives it back to the sale.
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

    /// Gives it another label and price. What somebody has already keeps those that they chose it by.
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
