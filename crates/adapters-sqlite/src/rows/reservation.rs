//! Rows of reservations, each with its seats.

use domain::reservation::Claim;
use domain::{
    CancelReason, ConcertId, Money, PaymentId, Reservation, ReservationId, ReservationState, ScheduleId, TokenId, UserId, Version,
    Versioned, Write,
};
use sea_orm::FromQueryResult;
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::rows::reserved_seat::Seats;
use crate::words::Word;

const TABLE: &str = "reservations";

/// A row of `reservations` with the rows of `reservation_seats` that belong to it. It has no `Debug`: the token is a secret.
#[derive(Clone, PartialEq, Eq, FromQueryResult, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) user_id: Uuid,
    pub(crate) token_id: Uuid,
    pub(crate) concert_id: Uuid,
    pub(crate) schedule_id: Uuid,
    pub(crate) amount: i64,
    pub(crate) held_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) state: String,
    pub(crate) cancel_reason: Option<String>,
    pub(crate) payment_id: Option<Uuid>,
    pub(crate) seats: Seats,
}

/// Selects [`Row`]s from the table called `r`, by what follows.
macro_rules! select {
    ($($rest:literal)*) => {
        concat!(
            "SELECT r.*, (SELECT json_group_array(json_object('number', s.number, 'label', s.label, 'price', s.price))
                          FROM reservation_seats s WHERE s.reservation_id = r.id) AS seats ",
            $($rest),*
        )
    };
}

/// The reservation of an id.
pub(crate) const SELECT_ONE: &str = select!("FROM reservations r WHERE r.id = ?1");

/// A user's reservations, the highest id first, below an id if one is given.
pub(crate) const SELECT_PAGE: &str = select!(
    "FROM reservations r WHERE r.user_id = ?1 AND r.id < coalesce(?2, x'ffffffffffffffffffffffffffffffffff') ORDER BY r.id DESC LIMIT ?3"
);

/// Reservations, each once: by id (1); the HELD ones by token (2) and by date and number of a seat (3); the HELD and
/// CONFIRMED ones by user and date, whose concert counts (4); by payment (5).
pub(crate) const SELECT_WANTED: &str = concat!(
    "WITH wanted (id) AS (
        SELECT unhex(value, '-') FROM jsonb_each(?1)
        UNION
        SELECT r.id FROM jsonb_each(?2) k CROSS JOIN reservations r ON r.token_id = unhex(k.value, '-') AND r.state = 'HELD'
        UNION
        SELECT r.id FROM jsonb_each(?3) k
        CROSS JOIN reservation_seats s ON s.schedule_id = unhex(k.value ->> 0, '-') AND s.number = k.value ->> 1 AND s.live = 1
        CROSS JOIN reservations r ON r.id = s.reservation_id AND r.state = 'HELD'
        UNION
        SELECT r.id FROM jsonb_each(?4) k
        CROSS JOIN schedules d ON d.id = unhex(k.value ->> 1, '-')
        CROSS JOIN reservations r ON r.user_id = unhex(k.value ->> 0, '-') AND r.concert_id = d.concert_id AND r.state <> 'CANCELLED'
        UNION
        SELECT p.reservation_id FROM jsonb_each(?5) k CROSS JOIN payments p ON p.id = unhex(k.value, '-')
    ) ",
    select!("FROM wanted w CROSS JOIN reservations r ON r.id = w.id")
);

/// The ids of the HELD rows whose deadline has passed, the earliest first.
pub(crate) const SELECT_LAPSED: &str = "SELECT id FROM reservations WHERE state = 'HELD' AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2";

pub(crate) const INSERT: &str = "
    INSERT INTO reservations (id, version, user_id, token_id, concert_id, schedule_id, amount, held_at, expires_at,
                              state, cancel_reason, payment_id)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', unhex(value ->> 'user_id', '-'), unhex(value ->> 'token_id', '-'),
           unhex(value ->> 'concert_id', '-'), unhex(value ->> 'schedule_id', '-'), value ->> 'amount', value ->> 'held_at',
           value ->> 'expires_at', value ->> 'state', value ->> 'cancel_reason', unhex(value ->> 'payment_id', '-')
    FROM jsonb_each(?1)";

/// Writes what a reservation's steps change; who claims which seats never does.
pub(crate) const UPDATE: &str = "
    UPDATE reservations SET
        version = new.value ->> 'version', state = new.value ->> 'state', cancel_reason = new.value ->> 'cancel_reason',
        payment_id = unhex(new.value ->> 'payment_id', '-')
    FROM jsonb_each(?1) new
    WHERE reservations.id = unhex(new.value ->> 'id', '-') AND version = (new.value ->> 'version') - 1";

impl Row {
    /// The numbers of its seats.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = i64> {
        self.seats.numbers()
    }

    /// Whether it occupies its seats and its token.
    pub(crate) fn is_held(&self) -> bool {
        self.state == "HELD"
    }

    /// Whether its seats are no longer its own.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.state == "CANCELLED"
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
        let claim = Claim {
            id: ReservationId(row.id),
            user: UserId(row.user_id),
            token: TokenId(row.token_id),
            concert: ConcertId(row.concert_id),
            schedule: ScheduleId(row.schedule_id),
        };
        let amount = Money::new(row.amount).map_err(|_| Corrupt::new(TABLE, "amount"))?;
        let (held_at, expires_at) = (instant(row.held_at, TABLE, "held_at")?, instant(row.expires_at, TABLE, "expires_at")?);
        Ok(Self::hold(claim, row.seats.try_into()?, amount, held_at, expires_at).restore(state))
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
    /// A reservation whose version doesn't matter.
    fn from(reservation: &Reservation) -> Self {
        let (state, cancel_reason) = match reservation.state() {
            ReservationState::Held => ("HELD", None),
            ReservationState::Confirmed { .. } => ("CONFIRMED", None),
            ReservationState::Cancelled { reason, .. } => ("CANCELLED", Some(reason.word().to_owned())),
        };
        Self {
            id: reservation.id.0,
            version: Version::FIRST.0,
            user_id: reservation.user.0,
            token_id: reservation.token.0,
            concert_id: reservation.concert.0,
            schedule_id: reservation.schedule.0,
            amount: reservation.amount.minor(),
            held_at: micros(reservation.held_at),
            expires_at: micros(reservation.expires_at),
            state: state.to_owned(),
            cancel_reason,
            payment_id: reservation.payment().map(|payment| payment.0),
            seats: reservation.seats.as_slice().into(),
        }
    }
}
