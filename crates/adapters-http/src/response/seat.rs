//! The states of seats on the wire.

use domain::SeatStatus;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = SeatStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SeatStatusBody {
    /// Can be held.
    Available,
    /// Held by somebody.
    Held,
    /// Sold.
    Reserved,
    /// Not for sale.
    Blocked,
}

/// `status` on the wire.
pub(crate) const fn seat_status(status: SeatStatus) -> SeatStatusBody {
    match status {
        SeatStatus::Available => SeatStatusBody::Available,
        SeatStatus::Held => SeatStatusBody::Held,
        SeatStatus::Reserved => SeatStatusBody::Reserved,
        SeatStatus::Blocked => SeatStatusBody::Blocked,
    }
}
