//! Rows of reserved seats: every seat that a reservation ever had, at its price.

use domain::{Money, ReservedSeat, SeatNumber};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::rows::seat::seat_number;

const TABLE: &str = "reservation_seats";

/// The seats of a reservation, in the JSON form in which they are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::FromJsonQueryResult))]
pub struct Seats(Vec<Seat>);

impl Seats {
    /// Returns the valid numbers.
    #[must_use]
    pub fn numbers(&self) -> Vec<SeatNumber> {
        self.0.iter().filter_map(|seat| seat_number(seat.number)).collect()
    }

    /// Returns the rows of the seats whose tickets were used.
    pub(super) fn used(&self, reservation_id: Uuid) -> impl Iterator<Item = Used> {
        self.0.iter().filter_map(move |seat| Some(Used { reservation_id, number: seat.number, used_at: seat.used_at? }))
    }

    /// Returns the rows of the seats of a new reservation.
    pub(super) fn rows(&self, reservation_id: Uuid, schedule_id: Uuid, live: bool) -> impl Iterator<Item = New> {
        self.0.iter().map(move |Seat { number, label, price, used_at: _ }| New {
            reservation_id,
            schedule_id,
            number: *number,
            label: label.clone(),
            price: *price,
            live,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seat {
    number: i64,
    label: String,
    price: i64,
    /// Rows of earlier releases don't have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<i64>,
}

/// A new row.
#[derive(Debug, Clone, Serialize)]
pub struct New {
    pub reservation_id: Uuid,
    pub schedule_id: Uuid,
    pub number: i64,
    pub label: String,
    pub price: i64,
    pub live: bool,
}

/// A row of a seat whose ticket was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Used {
    pub reservation_id: Uuid,
    pub number: i64,
    pub used_at: i64,
}

impl TryFrom<Seats> for Vec<ReservedSeat> {
    type Error = Corrupt;

    fn try_from(rows: Seats) -> Result<Self, Corrupt> {
        let mut seats = rows.0.into_iter().map(ReservedSeat::try_from).collect::<Result<Self, _>>()?;
        seats.sort_unstable_by_key(|seat| seat.number);
        Ok(seats)
    }
}

impl TryFrom<Seat> for ReservedSeat {
    type Error = Corrupt;

    fn try_from(row: Seat) -> Result<Self, Corrupt> {
        let number = seat_number(row.number).ok_or(Corrupt::new(TABLE, "number"))?;
        let price = Money::new(row.price).map_err(|_| Corrupt::new(TABLE, "price"))?;
        let used_at = row.used_at.map(|at| instant(at, TABLE, "used_at")).transpose()?;
        Ok(Self { number, label: row.label, price, used_at })
    }
}

impl From<&[ReservedSeat]> for Seats {
    fn from(seats: &[ReservedSeat]) -> Self {
        let row = |seat: &ReservedSeat| Seat {
            number: i64::from(seat.number.get()),
            label: seat.label.clone(),
            price: seat.price.minor(),
            used_at: seat.used_at.map(micros),
        };
        Self(seats.iter().map(row).collect())
    }
}
