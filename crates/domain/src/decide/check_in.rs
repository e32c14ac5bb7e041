//! Check-in of a ticket at the entrance: it is used once.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict};
use crate::loaded::LoadedReservation;
use crate::ticket::{TicketFlaw, TicketId, TicketStatus};
use crate::{Change, Event, Guard, Needs, Refusal, Rules, ScheduleId, Ticket, UserId, Write, need};

/// The command of an operator or a scanner to check in a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// The operator or scanner.
    pub checked_in_by: UserId,
    /// The ticket, which its code has proved.
    pub ticket: TicketId,
    /// The schedule that tickets are checked for; none: any.
    pub schedule: Option<ScheduleId>,
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
    type Outcome = Ticket;
    type Needs = need::Reservation;

    fn needs(&self) -> Self::Needs {
        need::Reservation(self.ticket.reservation)
    }

    fn decide(&self, now: OffsetDateTime, found: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Ticket> {
        decide(&Input { now, reservation: found.map(|(reservation, _)| reservation) }, self)
    }
}

/// Records that the ticket was used, and returns it. When the show starts doesn't matter: people see the date on the scanner.
///
/// # Errors
/// [`Refusal::NotFound`] if there is no such ticket; [`Refusal::TicketNotValid`] if it is void, or for another schedule;
/// [`Refusal::TicketUsed`] if it was used before.
pub fn decide(input: &Input, command: &Command) -> Verdict<Ticket> {
    let now = input.now;
    let LoadedReservation { reservation, schedule, .. } = input.reservation.as_ref().ok_or(Refusal::NotFound)?;
    let number = command.ticket.seat;
    let ticket = reservation.ticket(number, schedule).ok_or(Refusal::NotFound)?;
    if command.schedule.is_some_and(|wanted| wanted != schedule.id()) {
        return Err(Refusal::TicketNotValid(TicketFlaw::OtherSchedule).into());
    }
    match (ticket.status, ticket.seat.used_at) {
        (TicketStatus::Void, _) if schedule.is_cancelled() => return Err(Refusal::TicketNotValid(TicketFlaw::ScheduleCancelled).into()),
        (TicketStatus::Void, _) => return Err(Refusal::TicketNotValid(TicketFlaw::Refunded).into()),
        (TicketStatus::Valid | TicketStatus::Used, Some(used_at)) => return Err(Refusal::TicketUsed { used_at }.into()),
        (TicketStatus::Valid | TicketStatus::Used, None) => {}
    }
    let moment = schedule.at(now);
    let used = reservation.row.clone().use_seat(number, now, moment).map_err(|_| Refusal::NotFound)?;
    let ticket = used.ticket(number, schedule).ok_or(Refusal::NotFound)?;
    let mut change = Change::default();
    change.rely_on(Guard::Schedule(schedule.id(), schedule.version));
    let used = Write::update(reservation, used);
    change.events.push(Event::ticket_used(&used, number, command.checked_in_by));
    change.write(used);
    Ok(Decision::commit(ticket, change, now))
}
