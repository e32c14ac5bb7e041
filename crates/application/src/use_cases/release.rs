//! Release: a user gives held seats back.

use std::sync::Arc;

use domain::decide::release;
use domain::{Context, ReservationId, Rules, UserId, Verdict};

use crate::ports::Load;
use crate::{Command, Error, GroupCommit};

impl Command for release::Command {
    type Outcome = ();

    fn load(&self) -> Load {
        Load::Release { reservation: self.reservation }
    }

    fn decide(&self, context: &Context, _: &Rules) -> Verdict<()> {
        release::decide(context, self)
    }
}

/// A user gives held seats back.
#[derive(Clone)]
pub struct ReleaseHold {
    commits: Arc<GroupCommit>,
}

impl ReleaseHold {
    /// The use case over the way of commands.
    pub fn new(commits: Arc<GroupCommit>) -> Self {
        Self { commits }
    }

    /// Ends the hold; again and again if need be.
    pub async fn execute(&self, user: UserId, reservation: ReservationId) -> Result<(), Error> {
        self.commits.run(release::Command { user, reservation }).await.map(|_| ())
    }
}
