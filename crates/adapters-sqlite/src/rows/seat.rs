//! Rows of seats.

use domain::{Money, ReservationId, ScheduleId, Seat, SeatNumber, SeatState, Version, Versioned, Write};
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};

const TABLE: &str = "seats";

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "seats")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) schedule_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i64,
    pub(crate) version: i64,
    pub(crate) label: String,
    pub(crate) price: i64,
    pub(crate) state: String,
    pub(crate) reservation_id: Option<Uuid>,
    pub(crate) held_until: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Seats by date and number.
pub(crate) const SELECT: &str = "
    SELECT t.* FROM jsonb_each(?1) k
    CROSS JOIN seats t ON t.schedule_id = unhex(k.value ->> 0, '-') AND t.number = k.value ->> 1";

pub(crate) const INSERT: &str = "
    INSERT INTO seats (schedule_id, number, version, label, price, state, reservation_id, held_until)
    SELECT unhex(value ->> 'schedule_id', '-'), value ->> 'number', value ->> 'version', value ->> 'label', value ->> 'price',
           value ->> 'state', unhex(value ->> 'reservation_id', '-'), value ->> 'held_until'
    FROM jsonb_each(?1)";

pub(crate) const UPDATE: &str = "
    UPDATE seats SET
        version = new.value ->> 'version', label = new.value ->> 'label', price = new.value ->> 'price',
        state = new.value ->> 'state', reservation_id = unhex(new.value ->> 'reservation_id', '-'),
        held_until = new.value ->> 'held_until'
    FROM jsonb_each(?1) new
    WHERE schedule_id = unhex(new.value ->> 'schedule_id', '-') AND number = new.value ->> 'number'
      AND version = (new.value ->> 'version') - 1";

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
        Ok(Self::new(Version(row.version), Seat::restore(ScheduleId(row.schedule_id), number, row.label, price, state)))
    }
}

/// A seat's number as a row has it.
pub(crate) fn seat_number(number: i64) -> Option<SeatNumber> {
    SeatNumber::new(u32::try_from(number).ok()?).ok()
}

impl From<&Write<Seat>> for Model {
    fn from(write: &Write<Seat>) -> Self {
        Self { version: write.version().0, ..Self::from(&write.row) }
    }
}

impl From<&Seat> for Model {
    /// A seat that is new.
    fn from(seat: &Seat) -> Self {
        let (state, held_until) = match seat.state() {
            SeatState::Available => ("AVAILABLE", None),
            SeatState::Held { until, .. } => ("HELD", Some(micros(until))),
            SeatState::Reserved { .. } => ("RESERVED", None),
            SeatState::Blocked => ("BLOCKED", None),
        };
        Self {
            schedule_id: seat.schedule.0,
            number: i64::from(seat.number.get()),
            version: Version::FIRST.0,
            label: seat.label.clone(),
            price: seat.price.minor(),
            state: state.to_owned(),
            reservation_id: seat.reservation().map(|reservation| reservation.0),
            held_until,
        }
    }
}
