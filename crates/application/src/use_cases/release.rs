//! Release: releases a hold.

use std::sync::Arc;

use domain::decide::release;
use domain::{ReservationId, UserId};

use crate::{Error, GroupCommit};

/// Releases a hold of a user.
#[derive(Clone)]
pub struct ReleaseHold {
    commits: Arc<GroupCommit>,
}

impl ReleaseHold {
    /// Creates the use case over a group commit.
    pub fn new(commits: Arc<GroupCommit>) -> Self {
        Self { commits }
    }

    /// Releases the hold. It may be repeated.
    pub async fn execute(&self, user: UserId, reservation: ReservationId) -> Result<(), Error> {
        self.commits.run(release::Command { user, reservation }).await.map(|_| ())
    }
}
