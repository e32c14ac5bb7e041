//! Release: a user gives held seats back.

use crate::decide::{Decision, Verdict, ending};
use crate::reservation::ReservationStatus;
use crate::{Change, Context, Refusal, ReservationId, UserId};

/// A user gives held seats back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Who.
    pub user: UserId,
    /// Which reservation.
    pub reservation: ReservationId,
}

/// The hold ends and its seats are free. What has ended already stays as it is.
///
/// # Errors
/// [`Refusal::NotFound`] if there is no such reservation, or it is another's; [`Refusal::NotReleasable`] if it is paid.
pub fn decide(context: &Context, command: &Command) -> Verdict<()> {
    let now = context.now;
    let found = context.reservation(command.reservation).filter(|reservation| reservation.user == command.user);
    let reservation = found.ok_or(Refusal::NotFound)?;
    if reservation.occupies() {
        let mut change = Change::default();
        ending::end_hold(&mut change, reservation, context)?;
        return Ok(Decision::commit((), change, now));
    }
    let moment = context.moment(reservation.schedule).ok_or(Refusal::NotFound)?;
    match reservation.status(moment) {
        status @ (ReservationStatus::Confirmed | ReservationStatus::Held) => Err(Refusal::NotReleasable(status).into()),
        ReservationStatus::Cancelled(_) => Ok(Decision::already((), now)),
    }
}
