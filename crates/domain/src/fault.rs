//! Faults: what was loaded contradicts itself. The store or the program is wrong, never the caller.

use thiserror::Error;

use crate::{ReservationId, SeatNumber};

/// What is wrong with what was loaded. A decision that finds a fault changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// A reservation names seats whose rows were not loaded with it, or are not its own.
    #[error("reservation {reservation} names the seats {}, whose rows were not loaded or are not its own", list(seats))]
    SeatsMissing {
        /// Which reservation.
        reservation: ReservationId,
        /// Which of its seats.
        seats: Vec<SeatNumber>,
    },
}

fn list(seats: &[SeatNumber]) -> String {
    seats.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
