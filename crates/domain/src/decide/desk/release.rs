//! Release: an operator ends a hold.

use super::by;
use crate::decide::{Decision, Verdict, ending};
use crate::deed::{Act, Order, Subject};
use crate::reservation::ReservationStatus;
use crate::{Context, Refusal, Reservation, ReservationId};

/// A hold is to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Whose order.
    pub order: Order,
    /// Which reservation.
    pub reservation: ReservationId,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The reservation, ended.
    pub reservation: Reservation,
    /// Whether this order ended it; else it had ended before.
    pub by_this_order: bool,
}

/// The reservation, ended; its seats are free. What has ended already stays as it is.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotReleasable`] if it is paid.
pub fn decide(context: &Context, command: &Command) -> Verdict<Released> {
    let now = context.now;
    let found = context.reservation(command.reservation).ok_or(Refusal::NotFound)?;
    if found.occupies() {
        let mut change = by(&command.order, Act::Release, Subject::Reservation(found.id), Vec::new(), now);
        ending::end_hold(&mut change, found, context)?;
        let ended = change
            .rows::<Reservation>()
            .find(|write| write.row.id == found.id)
            .map_or_else(|| found.row.clone(), |write| write.row.clone());
        return Ok(Decision::commit(Released { reservation: ended, by_this_order: true }, change, now));
    }
    let moment = context.moment(found.schedule).ok_or(Refusal::NotFound)?;
    match found.status(moment) {
        status @ (ReservationStatus::Confirmed | ReservationStatus::Held) => Err(Refusal::NotReleasable(status).into()),
        ReservationStatus::Cancelled(_) => Ok(Decision::already(Released { reservation: found.row.clone(), by_this_order: false }, now)),
    }
}
