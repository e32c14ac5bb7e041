//! Seats.

use time::OffsetDateTime;

use super::{SCHEDULE, won};
use crate::seat_selection::SeatSelection;
use crate::{Money, Reservation, ReservationId, ScheduleId, Seat, SeatNumber, SeatState, Version, Versioned};

/// What a builder's seat costs, in minor units.
pub const PRICE: i64 = 60_000;

/// Seat `number` of [`SCHEDULE`]: AVAILABLE, for [`PRICE`].
///
/// # Panics
/// Unless `number` is a seat's number.
#[must_use]
#[track_caller]
pub fn a_seat(number: u32) -> Versioned<Seat> {
    let row = Seat::new(SCHEDULE, seat_number(number), format!("Row A {number}"), won(PRICE));
    Versioned::new(Version(100 + i64::from(number)), row)
}

/// The number of a seat.
///
/// # Panics
/// Unless `number` is one.
#[must_use]
#[track_caller]
pub fn seat_number(number: u32) -> SeatNumber {
    SeatNumber::new(number).unwrap_or_else(|error| panic!("{number}: {error}"))
}

/// The seats that a command asks for.
///
/// # Panics
/// Unless there is at least one number, and each once.
#[must_use]
#[track_caller]
pub fn seats(numbers: &[u32]) -> SeatSelection {
    SeatSelection::new(numbers.iter().map(|number| seat_number(*number)).collect()).unwrap_or_else(|error| panic!("{numbers:?}: {error}"))
}

impl Seat {
    /// The same seat of another schedule.
    #[must_use]
    pub fn with_schedule(self, schedule: ScheduleId) -> Self {
        let number = self.number();
        self.with_place(schedule, number)
    }

    /// The same seat as seat `number` of `schedule`.
    #[must_use]
    pub fn with_place(self, schedule: ScheduleId, number: SeatNumber) -> Self {
        Self::restore(schedule, number, self.label().to_owned(), self.price(), self.state()).with_accessible(self.is_accessible())
    }

    /// The same seat for another price.
    #[must_use]
    pub fn with_price(self, price: Money) -> Self {
        let label = self.label().to_owned();
        Self::restore(self.schedule(), self.number(), label, price, self.state()).with_accessible(self.is_accessible())
    }

    /// The same seat in `state`.
    #[must_use]
    pub fn with_state(self, state: SeatState) -> Self {
        let label = self.label().to_owned();
        Self::restore(self.schedule(), self.number(), label, self.price(), state).with_accessible(self.is_accessible())
    }
}

impl Versioned<Seat> {
    /// The seat in `state`.
    #[must_use]
    pub fn with_state(self, state: SeatState) -> Self {
        self.with(|seat| seat.with_state(state))
    }

    /// HELD by `reservation` until `until`.
    #[must_use]
    pub fn held_by(self, reservation: ReservationId, until: OffsetDateTime) -> Self {
        self.with_state(SeatState::Held { reservation, until })
    }

    /// HELD as `hold` says.
    #[must_use]
    pub fn held_under(self, hold: &Reservation) -> Self {
        self.held_by(hold.id(), hold.expires_at())
    }

    /// RESERVED: sold to `reservation`.
    #[must_use]
    pub fn sold_to(self, reservation: ReservationId) -> Self {
        self.with_state(SeatState::Reserved { reservation })
    }

    /// BLOCKED by the operator.
    #[must_use]
    pub fn blocked(self) -> Self {
        self.with_state(SeatState::Blocked)
    }
}
