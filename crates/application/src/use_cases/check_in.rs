//! Check-in: uses a ticket at the entrance.

use std::sync::Arc;

use domain::decide::check_in;
use domain::ticket::{TicketFlaw, TicketStatus};
use domain::{Refusal, ScheduleId, UserId};

use crate::ports::Reservations;
use crate::ticket_codes::TicketCodes;
use crate::{DetailsReader, Error, GroupCommit, TicketDetails};

/// Checks in tickets by their codes.
#[derive(Clone)]
pub struct CheckInTicket {
    commits: Arc<GroupCommit>,
    reservations: Arc<dyn Reservations>,
    details: DetailsReader,
    codes: Arc<TicketCodes>,
}

/// The result of a scan: which ticket it is, whether or not it admits its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The ticket.
    pub ticket: TicketDetails,
    /// The reason why it doesn't admit its holder; none: it does, and is used now.
    pub refusal: Option<Refusal>,
}

impl CheckInTicket {
    /// Creates the use case over a group commit, the ports that describe the ticket, and the codes of tickets.
    pub fn new(commits: Arc<GroupCommit>, reservations: Arc<dyn Reservations>, details: DetailsReader, codes: Arc<TicketCodes>) -> Self {
        Self { commits, reservations, details, codes }
    }

    /// Uses the ticket with this `code`, only at `schedule` if one is specified. Not found if no ticket has the code.
    pub async fn execute(&self, checked_in_by: UserId, code: &str, schedule: Option<ScheduleId>) -> Result<Scan, Error> {
        let id = self.codes.verify(code).ok_or(Refusal::NotFound)?;
        // Read before the command: a scan must not fail after it was committed.
        let found = self.reservations.reservation(id.reservation).await?;
        let reservation = self.details.of_reservations(found.into_iter().collect()).await?.pop().ok_or(Refusal::NotFound)?;
        let tickets = reservation.tickets(&self.codes).into_iter();
        let mut ticket = tickets.into_iter().find(|details| details.ticket.id == id).ok_or(Refusal::NotFound)?;
        let refusal = match self.commits.run(check_in::Command { checked_in_by, ticket: id, schedule }).await {
            Ok(answer) => {
                ticket.ticket = answer.outcome;
                None
            }
            // The decision knows more than what was read before it.
            Err(Error::Refused(refusal @ Refusal::TicketUsed { used_at })) => {
                (ticket.ticket.status, ticket.ticket.seat.used_at) = (TicketStatus::Used, Some(used_at));
                Some(refusal)
            }
            Err(Error::Refused(refusal @ Refusal::TicketNotValid(flaw))) => {
                match flaw {
                    TicketFlaw::Refunded | TicketFlaw::ScheduleCancelled => ticket.ticket.status = TicketStatus::Void,
                    TicketFlaw::OtherSchedule => {}
                }
                Some(refusal)
            }
            Err(error) => return Err(error),
        };
        Ok(Scan { ticket, refusal })
    }
}
