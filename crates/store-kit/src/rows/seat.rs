//! Rows of seats.

use domain::{Money, ReservationId, ScheduleId, Seat, SeatNumber, SeatState, Version, Versioned, Write};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};

const TABLE: &str = "seats";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "seats"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub schedule_id: Uuid,
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub number: i64,
    pub version: i64,
    pub label: String,
    pub price: i64,
    pub accessible: bool,
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<i64>,
}

entity!();

impl TryFrom<Model> for Versioned<Seat> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let number = seat_number(row.number).ok_or(Corrupt::new(TABLE, "number"))?;
        let price = Money::new(row.price).map_err(|_| Corrupt::new(TABLE, "price"))?;
        let reservation = row.reservation_id.map(ReservationId).ok_or(Corrupt::new(TABLE, "reservation_id"));
        let state = match row.state.as_str() {
            "AVAILABLE" => SeatState::Available,
            "HELD" => {
                let until = row.held_until.ok_or(Corrupt::new(TABLE, "held_until"))?;
                SeatState::Held { reservation: reservation?, until: instant(until, TABLE, "held_until")? }
            }
            "RESERVED" => SeatState::Reserved { reservation: reservation? },
            "BLOCKED" => SeatState::Blocked,
            _ => return Err(Corrupt::new(TABLE, "state")),
        };
        Ok(Self::new(
            Version(row.version),
            Seat::restore(ScheduleId(row.schedule_id), number, row.label, price, state).with_accessible(row.accessible),
        ))
    }
}

/// Returns a seat number from its column.
pub fn seat_number(number: i64) -> Option<SeatNumber> {
    SeatNumber::new(u32::try_from(number).ok()?).ok()
}

impl From<&Write<Seat>> for Model {
    fn from(write: &Write<Seat>) -> Self {
        Self { version: write.version().0, ..Self::from(&write.row) }
    }
}

impl From<&Versioned<Seat>> for Model {
    fn from(seat: &Versioned<Seat>) -> Self {
        Self { version: seat.version.0, ..Self::from(&seat.row) }
    }
}

impl From<&Seat> for Model {
    /// Converts a new seat.
    fn from(seat: &Seat) -> Self {
        let (state, held_until) = match seat.state() {
            SeatState::Available => ("AVAILABLE", None),
            SeatState::Held { until, .. } => ("HELD", Some(micros(until))),
            SeatState::Reserved { .. } => ("RESERVED", None),
            SeatState::Blocked => ("BLOCKED", None),
        };
        Self {
            schedule_id: seat.schedule().0,
            number: i64::from(seat.number().get()),
            version: Version::FIRST.0,
            label: seat.label().to_owned(),
            price: seat.price().minor(),
            accessible: seat.is_accessible(),
            state: state.to_owned(),
            reservation_id: seat.reservation().map(|reservation| reservation.0),
            held_until,
        }
    }
}
