//! Mind the seats: a date's map is laid out, seats are blocked and given back.

use std::sync::Arc;

use domain::decide::admin::block;
use domain::decide::admin::seat_map::{LaidOut, LayOut};
use domain::{Refusal, ScheduleId, SeatNumber, SeatPlan};

use super::Actor;
use crate::ports::{Catalogue, Ids};
use crate::{Error, GroupCommit, SeatMaps};

/// Lays out and blocks the seats of dates.
#[derive(Clone)]
pub struct ManageSeats {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    seat_maps: Arc<SeatMaps>,
    ids: Arc<dyn Ids>,
}

impl ManageSeats {
    /// The use case over the way of orders, and what is read of seats.
    pub fn new(commits: Arc<GroupCommit>, catalogue: Arc<dyn Catalogue>, seat_maps: Arc<SeatMaps>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, catalogue, seat_maps, ids }
    }

    /// Gives the date the seats of `plan`: those that are new, and their labels and prices to those that are there.
    pub async fn lay_out(&self, by: &Actor, schedule: ScheduleId, plan: &SeatPlan) -> Result<LaidOut, Error> {
        let command = LayOut::new(by.order(&self.ids), schedule, plan)?;
        Ok(self.commits.run(command).await?.outcome)
    }

    /// Takes seats out of the sale, or gives them back to it; how many it changed.
    pub async fn block(&self, by: &Actor, schedule: ScheduleId, seats: Vec<SeatNumber>, blocked: bool) -> Result<u32, Error> {
        Ok(self.commits.run(block::Command { order: by.order(&self.ids), schedule, seats, blocked }).await?.outcome)
    }

    /// The seats of a date, as a plan that makes the same.
    pub async fn plan(&self, id: ScheduleId) -> Result<SeatPlan, Error> {
        let schedule = self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?;
        let map = self.seat_maps.map(&schedule).await?;
        let seats = map.seats.iter().map(|seat| (seat.number, seat.label.as_ref(), seat.price, seat.accessible));
        SeatPlan::of(seats).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, schedule = %id, "a seat's label can't be written down in a plan");
            Error::Internal
        })
    }
}
