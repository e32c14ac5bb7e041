//! Release: a user gives held seats back.

use std::sync::Arc;

use domain::decide::release;
use domain::{ReservationId, UserId};

use crate::{Error, GroupCommit};

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
