//! Exchange: held seats go back for others.

use std::sync::Arc;

use domain::decide::admission::Pass;
use domain::decide::{exchange, hold};
use domain::idempotency::IdempotentRequest;
use domain::seat_selection::SeatSelection;
use domain::{Outcome, ReservationId, ScheduleId};

use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// An admitted user wants other seats instead of those that they hold.
#[derive(Clone)]
pub struct ExchangeSeats {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl ExchangeSeats {
    /// The use case over the way of commands.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Holds `seats` of `schedule` in the place of `held`, or leaves that as it is. The answer is an [`Outcome::Held`].
    pub async fn execute(
        &self,
        pass: Pass,
        idempotency: IdempotentRequest,
        held: ReservationId,
        schedule: ScheduleId,
        seats: SeatSelection,
    ) -> Result<Answer<Outcome>, Error> {
        let wanted = hold::Command { pass, idempotency, id: ReservationId(self.ids.ordered()), schedule, seats };
        self.commits.run(exchange::Command { wanted, held }).await
    }
}
