//! Seats for tests.

use time::OffsetDateTime;

use super::{SCHEDULE, won};
use crate::seat_selection::SeatSelection;
use crate::{Money, Reservation, ReservationId, ScheduleId, Seat, SeatNumber, SeatState, Version, Versioned};

/// The price of a builder's seat, in minor units.
pub const PRICE: i64 = 60_000;

/// Returns seat `number` of [`SCHEDULE`]: AVAILABLE, for [`PRICE`].
///
/// # Panics
/// Unless `number` is a valid seat number.
#[must_use]
#[track_caller]
pub fn a_seat(number: u32) -> Versioned<Seat> {
    let row = Seat::new(SCHEDULE, seat_number(number), format!("Row A {number}"), won(PRICE));
    Versioned::new(Version(100 + i64::from(number)), row)
}

/// Returns the seat number `number`.
///
/// # Panics
/// Unless `number` is a valid seat number.
#[must_use]
#[track_caller]
pub fn seat_number(number: u32) -> SeatNumber {
    SeatNumber::new(number).unwrap_or_else(|error| panic!("{number}: {error}"))
}

/// Returns a selection of the seats `numbers`.
///
/// # Panics
/// Unless `numbers` has at least one number and no duplicates.
#[must_use]
#[track_caller]
pub fn seats(numbers: &[u32]) -> SeatSelection {
    SeatSelection::new(numbers.iter().map(|number| seat_number(*number)).collect()).unwrap_or_else(|error| panic!("{numbers:?}: {error}"))
}

impl Seat {
    /// Returns the seat with another schedule.
    #[must_use]
    pub fn with_schedule(self, schedule: ScheduleId) -> Self {
        let number = self.number();
        self.with_place(schedule, number)
    }

    /// Returns the seat with another schedule and number.
    #[must_use]
    pub fn with_place(self, schedule: ScheduleId, number: SeatNumber) -> Self {
        Self::restore(schedule, number, self.label().to_owned(), self.price(), self.state()).with_accessible(self.is_accessible())
    }

    /// Returns the seat with another price.
    #[must_use]
    pub fn with_price(self, price: Money) -> Self {
        let label = self.label().to_owned();
        Self::restore(self.schedule(), self.number(), label, price, self.state()).with_accessible(self.is_accessible())
    }

    /// Returns the seat in `state`.
    #[must_use]
    pub fn with_state(self, state: SeatState) -> Self {
        let label = self.label().to_owned();
        Self::restore(self.schedule(), self.number(), label, self.price(), state).with_accessible(self.is_accessible())
    }
}

impl Versioned<Seat> {
    /// Returns the seat in `state`.
    #[must_use]
    pub fn with_state(self, state: SeatState) -> Self {
        self.with(|seat| seat.with_state(state))
    }

    /// Returns the seat HELD by `reservation` until `until`.
    #[must_use]
    pub fn held_by(self, reservation: ReservationId, until: OffsetDateTime) -> Self {
        self.with_state(SeatState::Held { reservation, until })
    }

    /// Returns the seat HELD by the reservation `hold`.
    #[must_use]
    pub fn held_under(self, hold: &Reservation) -> Self {
        self.held_by(hold.id(), hold.expires_at())
    }

    /// Returns the seat RESERVED: sold to `reservation`.
    #[must_use]
    pub fn sold_to(self, reservation: ReservationId) -> Self {
        self.with_state(SeatState::Reserved { reservation })
    }

    /// Returns the seat BLOCKED by an operator.
    #[must_use]
    pub fn blocked(self) -> Self {
        self.with_state(SeatState::Blocked)
    }
}
