//! The operator's desk: what only operators may ask for, a module a concern.

mod events;
mod people;
mod programme;
mod queues;
mod sale;
mod seats;

pub use events::ReadEvents;
pub use people::FindPeople;
pub use programme::{ConcertPatch, ConcertReport, DatePatch, DatePlan, DateReport, PlanProgramme, SaleFigures};
pub use queues::{QueueReport, RunQueues};
pub use sale::{RunSale, WoundUp};
pub use seats::MindSeats;

use std::sync::Arc;

use domain::{DeedId, Order, Remark, UserId};

use crate::ports::Ids;

/// Who orders something, and why if they say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub operator: UserId,
    /// Why.
    pub reason: Option<Remark>,
}

impl By {
    /// The order, with an id for the deed that may come of it.
    pub(super) fn order(&self, ids: &Arc<dyn Ids>) -> Order {
        Order { operator: self.operator, deed: DeedId(ids.ordered()), reason: self.reason.clone() }
    }
}
