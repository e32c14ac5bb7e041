//! Exchange: replaces held seats by others.

use std::sync::Arc;

use domain::decide::admission::Pass;
use domain::decide::{exchange, hold};
use domain::idempotency::IdempotentRequest;
use domain::seat_selection::SeatSelection;
use domain::{Outcome, ReservationId, ScheduleId};

use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// Exchanges the held seats of an active user for others.
#[derive(Clone)]
pub struct ExchangeSeats {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl ExchangeSeats {
    /// Creates the use case over a group commit.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Holds `seats` of `schedule` instead of `held`, or leaves `held` unchanged. The outcome is an [`Outcome::Held`].
    pub async fn execute(
        &self,
        pass: Pass,
        idempotency: IdempotentRequest,
        held: ReservationId,
        schedule: ScheduleId,
        seats: SeatSelection,
    ) -> Result<Answer<Outcome>, Error> {
        let wanted = hold::Command { pass, idempotency, id: ReservationId(self.ids.ordered()), schedule, seats: seats.into() };
        self.commits.run(exchange::Command { wanted, held }).await
    }
}
