//! Management of seats: defines the seat maps of schedules, and blocks and unblocks seats.

use std::sync::Arc;

use domain::decide::admin::block;
use domain::decide::admin::seat_map::{LaidOut, LayOut};
use domain::{Layout, Refusal, ScheduleId, SeatNumber};

use super::Actor;
use crate::ports::{Catalogue, Ids};
use crate::{Error, GroupCommit, HashedLayout, Layouts};

/// Defines, blocks and unblocks the seats of schedules.
#[derive(Clone)]
pub struct ManageSeats {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    layouts: Arc<Layouts>,
    ids: Arc<dyn Ids>,
}

impl ManageSeats {
    /// Creates the use case over the group commit of operators' commands and the ports that read seats.
    pub fn new(commits: Arc<GroupCommit>, catalogue: Arc<dyn Catalogue>, layouts: Arc<Layouts>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, catalogue, layouts, ids }
    }

    /// Applies `plan` to the schedule: adds new seats, and sets labels and prices of existing ones.
    pub async fn lay_out(&self, by: &Actor, id: ScheduleId, plan: Layout) -> Result<LaidOut, Error> {
        let command = LayOut::new(by.order(&self.ids), id, plan)?;
        let schedule = self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?;
        // A schedule that names no layout gets its first one now.
        let command = match schedule.layout() {
            Some(_) => command,
            None => command.over(self.layouts.of(&schedule).await?.layout.clone()),
        };
        Ok(self.commits.run(command).await?.outcome)
    }

    /// Blocks or unblocks seats, and returns how many were changed.
    pub async fn block(&self, by: &Actor, schedule: ScheduleId, seats: Vec<SeatNumber>, blocked: bool) -> Result<u32, Error> {
        Ok(self.commits.run(block::Command { order: by.order(&self.ids), schedule, seats, blocked }).await?.outcome)
    }

    /// Returns the layout of a schedule.
    pub async fn layout(&self, id: ScheduleId) -> Result<Arc<HashedLayout>, Error> {
        let schedule = self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?;
        self.layouts.of(&schedule).await
    }
}
