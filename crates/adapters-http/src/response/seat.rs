//! The statuses of seats on the wire.

use domain::SeatStatus;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The status of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = SeatStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SeatStatusBody {
    /// The seat can be held.
    Available,
    /// The seat is held.
    Held,
    /// The seat is sold.
    Reserved,
    /// The seat is not for sale.
    Blocked,
}

/// Converts a status for the wire.
pub(crate) const fn seat_status(status: SeatStatus) -> SeatStatusBody {
    match status {
        SeatStatus::Available => SeatStatusBody::Available,
        SeatStatus::Held => SeatStatusBody::Held,
        SeatStatus::Reserved => SeatStatusBody::Reserved,
        SeatStatus::Blocked => SeatStatusBody::Blocked,
    }
}
