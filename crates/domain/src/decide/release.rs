//! Release of a hold by its user.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict, ending};
use crate::loaded::LoadedReservation;
use crate::reservation::ReservationStatus;
use crate::{Change, Needs, Refusal, ReservationId, Rules, UserId, need};

/// A user's command to release a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// The user.
    pub user: UserId,
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
    type Outcome = ();
    type Needs = need::Reservation;

    fn needs(&self) -> Self::Needs {
        need::Reservation(self.reservation)
    }

    fn decide(&self, now: OffsetDateTime, found: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<()> {
        decide(&Input { now, reservation: found.map(|(reservation, _)| reservation) }, self)
    }
}

/// Ends the hold and frees its seats. A reservation that has already ended stays as it is.
///
/// # Errors
/// [`Refusal::NotFound`] if the reservation doesn't exist or belongs to another user; [`Refusal::NotReleasable`] if it is paid.
pub fn decide(input: &Input, command: &Command) -> Verdict<()> {
    let now = input.now;
    let found = input.reservation.as_ref().filter(|found| found.reservation.user() == command.user).ok_or(Refusal::NotFound)?;
    if found.reservation.occupies() {
        let mut change = Change::default();
        ending::end_hold(&mut change, found, now)?;
        return Ok(Decision::commit((), change, now));
    }
    match found.reservation.status(found.schedule.at(now)) {
        status @ (ReservationStatus::Confirmed | ReservationStatus::Held) => Err(Refusal::NotReleasable(status).into()),
        ReservationStatus::Cancelled(_) => Ok(Decision::unchanged((), now)),
    }
}
