//! Faults: contradictions between loaded rows. The store or the program is at fault, never the caller.

use thiserror::Error;

use crate::{ReservationId, ScheduleId, SeatNumber};

/// A contradiction between loaded rows. A decision that finds a fault changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// A reservation names seats whose rows were not loaded with it or do not belong to it.
    #[error("reservation {reservation} names the seats {}, whose rows were not loaded or do not belong to it", list(seats))]
    SeatsMissing {
        /// The reservation.
        reservation: ReservationId,
        /// The affected seats.
        seats: Vec<SeatNumber>,
    },
    /// The layout of a schedule was not loaded with it.
    #[error("schedule {0} names a layout, which was not loaded")]
    LayoutMissing(ScheduleId),
}

fn list(seats: &[SeatNumber]) -> String {
    seats.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
