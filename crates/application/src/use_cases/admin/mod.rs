//! The operator's desk: what only operators may ask for, a module a concern.

mod catalogue;
mod events;
mod queues;
mod sale;
mod seats;
mod users;

pub use catalogue::{ConcertPatch, ConcertReport, ManageCatalogue, SaleFigures, SchedulePatch, SchedulePlan, ScheduleReport};
pub use events::ReadEvents;
pub use queues::{ManageQueues, QueueReport};
pub use sale::{ManageSale, RefundBatch};
pub use seats::ManageSeats;
pub use users::FindUsers;

use std::sync::Arc;

use domain::{AuditEntryId, Note, Order, UserId};

use crate::ports::Ids;

/// Who orders something, and why if they say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub operator: UserId,
    /// Why.
    pub reason: Option<Note>,
}

impl Actor {
    /// The order, with an id for the deed that may come of it.
    pub(super) fn order(&self, ids: &Arc<dyn Ids>) -> Order {
        Order { operator: self.operator, audit_entry: AuditEntryId(ids.ordered()), reason: self.reason.clone() }
    }
}
