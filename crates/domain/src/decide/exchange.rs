//! Exchange: a user gives held seats back for others in one step, and keeps them if the others can't be had.

use time::OffsetDateTime;

use crate::decide::Verdict;
use crate::decide::hold;
use crate::loaded::LoadedReservation;
use crate::reservation::ReservationStatus;
use crate::{CancelReason, Needs, Outcome, Refusal, ReservationId, Rules, need};

/// A user wants other seats instead of those that they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The seats that they want, as a hold of them.
    pub wanted: hold::Command,
    /// What they hold.
    pub held: ReservationId,
}

/// What the decision looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// What a hold of the wanted seats looks at.
    pub wanted: hold::Input,
    /// What is to go back for them.
    pub held: Option<LoadedReservation>,
}

impl crate::Command for Command {
    type Outcome = Outcome;
    type Needs = (<hold::Command as crate::Command>::Needs, need::Reservation);

    fn needs(&self) -> Self::Needs {
        (self.wanted.needs(), need::Reservation(self.held))
    }

    fn decide(&self, now: OffsetDateTime, (wanted, held): <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Outcome> {
        let input = Input { wanted: hold::Input::new(now, wanted), held: held.map(|(held, _)| held) };
        decide(&input, self, rules)
    }
}

/// The wanted seats, held as long as the old ones were; the old reservation has ended. It may have seats in common with the new one. If
/// the wanted seats can't be had, the old ones stay held.
///
/// # Errors
/// Those of [`hold::decide`], but for [`Refusal::HoldExists`]; [`Refusal::NotFound`] if the reservation isn't the caller's,
/// [`Refusal::TokenMismatch`] if it is held under another token, [`Refusal::ReservationExpired`] and [`Refusal::NotReleasable`] if it isn't
/// held any more.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let Input { wanted, held } = input;
    hold::guarded(wanted, &command.wanted, rules, |admitted| {
        let held = held.as_ref().filter(|held| held.reservation.user() == command.wanted.pass.user).ok_or(Refusal::NotFound)?;
        match held.reservation.status(held.schedule.at(wanted.now)) {
            ReservationStatus::Held if held.reservation.token() != admitted.loaded.id() => Err(Refusal::TokenMismatch),
            ReservationStatus::Held if hold::is_of(&held.reservation, &command.wanted) => {
                Ok(hold::same_again(wanted, &command.wanted, rules, admitted, held))
            }
            ReservationStatus::Held => hold::take(wanted, &command.wanted, rules, admitted, Some(held)),
            ReservationStatus::Cancelled(CancelReason::Expired) => Err(Refusal::ReservationExpired),
            status @ (ReservationStatus::Confirmed | ReservationStatus::Cancelled(CancelReason::Released | CancelReason::Refunded)) => {
                Err(Refusal::NotReleasable(status))
            }
        }
    })
}
