//! Release: a user gives held seats back.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict, ending};
use crate::loaded::LoadedReservation;
use crate::reservation::ReservationStatus;
use crate::{Change, Needs, Refusal, ReservationId, Rules, UserId, need};

/// A user gives held seats back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Who.
    pub user: UserId,
    /// Which reservation.
    pub reservation: ReservationId,
}

/// What the decision looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// What is given back.
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

/// The hold ends and its seats are free. What has ended already stays as it is.
///
/// # Errors
/// [`Refusal::NotFound`] if there is no such reservation, or it is another's; [`Refusal::NotReleasable`] if it is paid.
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
        ReservationStatus::Cancelled(_) => Ok(Decision::already((), now)),
    }
}
