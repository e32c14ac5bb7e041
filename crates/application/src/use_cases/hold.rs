//! Hold: an admitted user claims seats.

use std::sync::Arc;

use domain::decide::admission::Pass;
use domain::decide::hold;
use domain::key::Keyed;
use domain::reservation::SeatChoice;
use domain::{Context, Outcome, ReservationId, Rules, ScheduleId, Verdict};

use crate::ports::{Ids, Load};
use crate::{Answer, Command, Error, GroupCommit};

impl Command for hold::Command {
    type Outcome = Outcome;

    fn load(&self) -> Load {
        let Self { pass, keyed, schedule, seats, .. } = self;
        Load::Hold { key: keyed.scope.clone(), token: pass.token, schedule: *schedule, seats: seats.numbers().to_vec() }
    }

    fn decide(&self, context: &Context, rules: &Rules) -> Verdict<Outcome> {
        hold::decide(context, self, rules)
    }
}

/// An admitted user claims seats, all or none.
#[derive(Clone)]
pub struct HoldSeats {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl HoldSeats {
    /// The use case over the way of commands.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Holds `seats` of `schedule` for the pass's user. The answer is an [`Outcome::Held`].
    pub async fn execute(&self, pass: Pass, keyed: Keyed, schedule: ScheduleId, seats: SeatChoice) -> Result<Answer<Outcome>, Error> {
        self.commits.run(hold::Command { pass, keyed, id: ReservationId(self.ids.ordered()), schedule, seats }).await
    }
}
