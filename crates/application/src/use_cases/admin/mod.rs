//! The use cases that only operators may execute, one module per concern.

mod catalogue;
mod events;
mod figures;
mod history;
mod queues;
mod reservations;
mod sale;
mod seats;
mod users;

pub use catalogue::{ConcertPatch, ConcertPlan, ConcertReport, ManageCatalogue, SchedulePatch, SchedulePlan, ScheduleReport};
pub use events::ReadEvents;
pub use figures::{CategoryFigures, SaleFigures};
pub use history::ReadHistory;
pub use queues::{ManageQueues, QueueReport};
pub use reservations::{FindReservations, ReservationOfUser, TicketFilter, TicketOfUser};
pub use sale::{ManageSale, RefundBatch};
pub use seats::ManageSeats;
pub use users::FindUsers;

use std::sync::Arc;

use domain::{AuditEntryId, Note, OperatorOrder, UserId};

use crate::ports::Ids;

/// The operator who orders a command, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The operator.
    pub operator: UserId,
    /// The reason, if one is given.
    pub reason: Option<Note>,
}

impl Actor {
    /// Returns the order, with an id for the audit entry that may result from it.
    pub(super) fn order(&self, ids: &Arc<dyn Ids>) -> OperatorOrder {
        OperatorOrder { operator: self.operator, audit_entry: AuditEntryId(ids.ordered()), reason: self.reason.clone() }
    }
}
