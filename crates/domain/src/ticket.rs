//! Tickets: the rights to paid seats, shown at the entrance.
//!
//! ```text
//!   VALID ── check in ──► USED
//!     └────── refund, cancellation of the schedule ──► VOID   (also from USED)
//! ```
//!
//! A ticket has no row of its own: each seat of a paid reservation is one, and the reservation stores when it was used.
//!
//! ```
//! use domain::testing::{ADA, NOW, a_hold, a_schedule, payment_of, seat_number};
//! use domain::TicketStatus;
//!
//! let schedule = a_schedule().row;
//! let hold = a_hold(ADA, &[7, 8]).row;
//! assert!(hold.tickets(&schedule).is_empty(), "seats that aren't paid have no tickets");
//!
//! let paid = hold.confirm(payment_of(ADA), schedule.at(NOW))?;
//! let used = paid.use_seat(seat_number(7), NOW, schedule.at(NOW))?;
//! let statuses: Vec<_> = used.tickets(&schedule).iter().map(|ticket| ticket.status).collect();
//! assert_eq!(statuses, [TicketStatus::Used, TicketStatus::Valid]);
//!
//! let refunded = used.refund(schedule.at(NOW))?;
//! assert!(refunded.tickets(&schedule).iter().all(|ticket| ticket.status == TicketStatus::Void));
//! # Ok::<(), domain::reservation::ReservationError>(())
//! ```

use std::fmt;

use thiserror::Error;
use time::OffsetDateTime;

use crate::{Reservation, ReservationId, ReservationState, ReservedSeat, Schedule, SeatNumber};

/// The id of a ticket: a seat of a reservation. It's no secret, unlike the code that is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId {
    /// The reservation.
    pub reservation: ReservationId,
    /// The seat.
    pub seat: SeatNumber,
}

impl fmt::Display for TicketId {
    /// Writes the ids, separated by a hyphen: `0197…-7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.reservation, self.seat)
    }
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Its seat.
    pub seat: ReservedSeat,
    /// Its status.
    pub status: TicketStatus,
}

/// The status of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketStatus {
    /// It can be used.
    Valid,
    /// It was used.
    Used,
    /// It can't be used, or not any more: its payment was refunded, or its schedule is cancelled.
    Void,
}

/// The reason why a ticket doesn't admit anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum TicketFlaw {
    /// Its payment was refunded.
    #[error("the ticket was refunded")]
    Refunded,
    /// Its schedule is cancelled.
    #[error("the schedule of the ticket is cancelled")]
    ScheduleCancelled,
    /// It is for another schedule than the one that tickets are checked for.
    #[error("the ticket is for another schedule")]
    OtherSchedule,
}

impl Ticket {
    /// Returns when it was used if its status is USED.
    #[must_use]
    pub const fn first_use(&self) -> Option<OffsetDateTime> {
        match self.status {
            TicketStatus::Used => self.seat.used_at,
            TicketStatus::Valid | TicketStatus::Void => None,
        }
    }
}

impl Reservation {
    /// Returns its tickets at `schedule`, its schedule, by seat number. Without a payment, it has none.
    #[must_use]
    pub fn tickets(&self, schedule: &Schedule) -> Vec<Ticket> {
        if self.payment().is_none() {
            return Vec::new();
        }
        let is_void = schedule.is_cancelled() || !matches!(self.state(), ReservationState::Confirmed { .. });
        let ticket = |seat: &ReservedSeat| {
            let status = match seat.used_at {
                _ if is_void => TicketStatus::Void,
                Some(_) => TicketStatus::Used,
                None => TicketStatus::Valid,
            };
            Ticket { id: TicketId { reservation: self.id(), seat: seat.number }, seat: seat.clone(), status }
        };
        self.seats().iter().map(ticket).collect()
    }

    /// Returns its ticket for the seat `number` at `schedule`, its schedule.
    #[must_use]
    pub fn ticket(&self, number: SeatNumber, schedule: &Schedule) -> Option<Ticket> {
        self.tickets(schedule).into_iter().find(|ticket| ticket.id.seat == number)
    }
}
