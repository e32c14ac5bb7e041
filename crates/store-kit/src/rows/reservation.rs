//! Rows of reservations, each with its seats.

use domain::reservation::ReservationIds;
use domain::{
    CancelReason, ConcertId, Money, PaymentId, Reservation, ReservationId, ReservationState, ScheduleId, TokenId, UserId, Version,
    Versioned, Write,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::rows::reserved_seat::{New, Seats, Used};
use crate::words::Word;

const TABLE: &str = "reservations";

/// A row of `reservations` with the rows of `reservation_seats` that belong to it. It has no `Debug`: the token is a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::FromQueryResult))]
pub struct Row {
    pub id: Uuid,
    pub version: i64,
    pub user_id: Uuid,
    pub token_id: Uuid,
    pub concert_id: Uuid,
    pub schedule_id: Uuid,
    pub amount: i64,
    pub held_at: i64,
    pub expires_at: i64,
    pub state: String,
    pub cancel_reason: Option<String>,
    pub payment_id: Option<Uuid>,
    pub seats: Seats,
}

impl Row {
    /// Whether it is cancelled, and its seats are released.
    pub fn is_cancelled(&self) -> bool {
        self.state == "CANCELLED"
    }

    /// Returns the rows of its seats; for a new reservation.
    pub fn new_seats(&self) -> impl Iterator<Item = New> {
        self.seats.rows(self.id, self.schedule_id, !self.is_cancelled())
    }

    /// Returns the rows of its seats whose tickets were used, to be written; none once it has ended, since it keeps them then.
    pub fn used_seats(&self) -> impl Iterator<Item = Used> {
        self.seats.used(self.id).filter(|_| !self.is_cancelled())
    }
}

impl TryFrom<Row> for Versioned<Reservation> {
    type Error = Corrupt;

    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let version = Version(row.version);
        Ok(Self::new(version, Reservation::try_from(row)?))
    }
}

impl TryFrom<Row> for Reservation {
    type Error = Corrupt;

    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let state = state(&row)?;
        let ids = ReservationIds {
            id: ReservationId(row.id),
            user: UserId(row.user_id),
            token: TokenId(row.token_id),
            concert: ConcertId(row.concert_id),
            schedule: ScheduleId(row.schedule_id),
        };
        let amount = Money::new(row.amount).map_err(|_| Corrupt::new(TABLE, "amount"))?;
        let (held_at, expires_at) = (instant(row.held_at, TABLE, "held_at")?, instant(row.expires_at, TABLE, "expires_at")?);
        Ok(Self::hold(ids, row.seats.try_into()?, amount, held_at, expires_at).restore(state))
    }
}

fn state(row: &Row) -> Result<ReservationState, Corrupt> {
    let payment = row.payment_id.map(PaymentId);
    match row.state.as_str() {
        "HELD" => Ok(ReservationState::Held),
        "CONFIRMED" => Ok(ReservationState::Confirmed { payment: payment.ok_or(Corrupt::new(TABLE, "payment_id"))? }),
        "CANCELLED" => {
            let reason = row.cancel_reason.as_deref().and_then(CancelReason::of).ok_or(Corrupt::new(TABLE, "cancel_reason"))?;
            Ok(ReservationState::Cancelled { reason, payment })
        }
        _ => Err(Corrupt::new(TABLE, "state")),
    }
}

impl From<&Write<Reservation>> for Row {
    fn from(write: &Write<Reservation>) -> Self {
        Self { version: write.version().0, ..Self::from(&write.row) }
    }
}

impl From<&Reservation> for Row {
    /// Converts a reservation; the version is irrelevant.
    fn from(reservation: &Reservation) -> Self {
        let (state, cancel_reason) = match reservation.state() {
            ReservationState::Held => ("HELD", None),
            ReservationState::Confirmed { .. } => ("CONFIRMED", None),
            ReservationState::Cancelled { reason, .. } => ("CANCELLED", Some(reason.word().to_owned())),
        };
        Self {
            id: reservation.id().0,
            version: Version::FIRST.0,
            user_id: reservation.user().0,
            token_id: reservation.token().0,
            concert_id: reservation.concert().0,
            schedule_id: reservation.schedule().0,
            amount: reservation.amount().minor(),
            held_at: micros(reservation.held_at()),
            expires_at: micros(reservation.expires_at()),
            state: state.to_owned(),
            cancel_reason,
            payment_id: reservation.payment().map(|payment| payment.0),
            seats: reservation.seats().into(),
        }
    }
}
