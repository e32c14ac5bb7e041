//! Release of a hold by an operator.

use time::OffsetDateTime;

use super::by;
use crate::audit_entry::{Action, OperatorOrder, Subject};
use crate::decide::{Decision, Verdict, ending};
use crate::loaded::LoadedReservation;
use crate::reservation::ReservationStatus;
use crate::{Needs, Refusal, Reservation, ReservationId, Rules, need};

/// The command to release a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The reservation.
    pub reservation: ReservationId,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The reservation with its schedule and seats.
    pub reservation: Option<LoadedReservation>,
}

impl crate::Command for Command {
    type Outcome = Released;
    type Needs = need::Reservation;

    fn needs(&self) -> Self::Needs {
        need::Reservation(self.reservation)
    }

    fn decide(&self, now: OffsetDateTime, found: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Released> {
        decide(&Input { now, reservation: found.map(|(reservation, _)| reservation) }, self)
    }
}

/// The outcome of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The reservation, which has ended.
    pub reservation: Reservation,
    /// Whether this order ended it; otherwise it had ended before.
    pub by_this_order: bool,
}

/// Ends the reservation and frees its seats. A reservation that has already ended stays as it is.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotReleasable`] if it is paid.
pub fn decide(input: &Input, command: &Command) -> Verdict<Released> {
    let now = input.now;
    let loaded = input.reservation.as_ref().ok_or(Refusal::NotFound)?;
    let found = &loaded.reservation;
    if found.occupies() {
        let mut change = by(&command.order, Action::Release, Subject::Reservation(found.id()), Vec::new(), now);
        ending::end_hold(&mut change, loaded, now)?;
        let ended = change
            .rows::<Reservation>()
            .find(|write| write.row.id() == found.id())
            .map_or_else(|| found.row.clone(), |write| write.row.clone());
        return Ok(Decision::commit(Released { reservation: ended, by_this_order: true }, change, now));
    }
    match found.status(loaded.schedule.at(now)) {
        status @ (ReservationStatus::Confirmed | ReservationStatus::Held) => Err(Refusal::NotReleasable(status).into()),
        ReservationStatus::Cancelled(_) => Ok(Decision::unchanged(Released { reservation: found.row.clone(), by_this_order: false }, now)),
    }
}
