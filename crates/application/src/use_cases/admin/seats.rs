//! Management of seats: defines the seat maps of schedules, and blocks and unblocks seats.

use std::sync::Arc;

use domain::decide::admin::block;
use domain::decide::admin::seat_map::{LaidOut, LayOut};
use domain::{Refusal, ScheduleId, SeatNumber, SeatPlan};

use super::Actor;
use crate::ports::{Catalogue, Ids};
use crate::{Error, GroupCommit, SeatMaps};

/// Defines, blocks and unblocks the seats of schedules.
#[derive(Clone)]
pub struct ManageSeats {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    seat_maps: Arc<SeatMaps>,
    ids: Arc<dyn Ids>,
}

impl ManageSeats {
    /// Creates the use case over the group commit of operators' commands and the ports that read seats.
    pub fn new(commits: Arc<GroupCommit>, catalogue: Arc<dyn Catalogue>, seat_maps: Arc<SeatMaps>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, catalogue, seat_maps, ids }
    }

    /// Applies `plan` to the schedule: adds new seats, and sets labels and prices of existing ones.
    pub async fn lay_out(&self, by: &Actor, schedule: ScheduleId, plan: &SeatPlan) -> Result<LaidOut, Error> {
        let command = LayOut::new(by.order(&self.ids), schedule, plan)?;
        Ok(self.commits.run(command).await?.outcome)
    }

    /// Blocks or unblocks seats, and returns how many were changed.
    pub async fn block(&self, by: &Actor, schedule: ScheduleId, seats: Vec<SeatNumber>, blocked: bool) -> Result<u32, Error> {
        Ok(self.commits.run(block::Command { order: by.order(&self.ids), schedule, seats, blocked }).await?.outcome)
    }

    /// Returns the seats of a schedule as a plan that defines the same seats.
    pub async fn plan(&self, id: ScheduleId) -> Result<SeatPlan, Error> {
        let schedule = self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?;
        let map = self.seat_maps.map(&schedule).await?;
        let seats = map.seats.iter().map(|seat| (seat.number, seat.label.as_ref(), seat.price, seat.accessible));
        SeatPlan::of(seats).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, schedule = %id, "a seat's label can't be expressed in a seat map");
            Error::Internal
        })
    }
}
