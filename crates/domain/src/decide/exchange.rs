//! Exchange: a user replaces held seats by others in one step, and keeps them if the others are unavailable.

use time::OffsetDateTime;

use crate::decide::Verdict;
use crate::decide::hold;
use crate::loaded::LoadedReservation;
use crate::reservation::ReservationStatus;
use crate::{CancelReason, Needs, Outcome, Refusal, ReservationId, Rules, need};

/// A user's command to exchange a hold for other seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The command to hold the wanted seats.
    pub wanted: hold::Command,
    /// The reservation to give up.
    pub held: ReservationId,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The input of the hold of the wanted seats.
    pub wanted: hold::Input,
    /// The reservation to give up.
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

/// Holds the wanted seats until the deadline of the old reservation, which ends. Both may have seats in common. If the wanted seats are
/// unavailable, the old ones stay held.
///
/// # Errors
/// Those of [`hold::decide`] except [`Refusal::HoldExists`]; [`Refusal::NotFound`] if the reservation isn't the caller's,
/// [`Refusal::TokenMismatch`] if it is held under another token, [`Refusal::ReservationExpired`] and [`Refusal::NotReleasable`] if it is no
/// longer held.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let Input { wanted, held } = input;
    hold::guarded(wanted, &command.wanted, rules, |admitted| {
        let held = held.as_ref().filter(|held| held.reservation.user() == command.wanted.pass.user).ok_or(Refusal::NotFound)?;
        match held.reservation.status(held.schedule.at(wanted.now)) {
            ReservationStatus::Held if held.reservation.token() != admitted.loaded.id() => Err(Refusal::TokenMismatch),
            ReservationStatus::Held if hold::is_of(&held.reservation, &command.wanted) => {
                Ok(hold::confirm_live_hold(wanted, &command.wanted, rules, admitted, held))
            }
            ReservationStatus::Held => hold::take(wanted, &command.wanted, rules, admitted, Some(held)),
            ReservationStatus::Cancelled(CancelReason::Expired) => Err(Refusal::ReservationExpired),
            status @ (ReservationStatus::Confirmed | ReservationStatus::Cancelled(CancelReason::Released | CancelReason::Refunded)) => {
                Err(Refusal::NotReleasable(status))
            }
        }
    })
}
