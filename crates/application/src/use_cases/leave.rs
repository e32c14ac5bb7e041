//! Leave: a user gives up their place.

use std::sync::Arc;

use domain::decide::leave;
use domain::{TokenId, UserId};

use crate::{Error, GroupCommit};

/// A user gives up their place, in the line or in the shop.
#[derive(Clone)]
pub struct LeaveQueue {
    commits: Arc<GroupCommit>,
}

impl LeaveQueue {
    /// The use case over the way of commands.
    pub fn new(commits: Arc<GroupCommit>) -> Self {
        Self { commits }
    }

    /// Ends `token` and releases its live hold; again and again if need be.
    pub async fn execute(&self, user: UserId, token: TokenId) -> Result<(), Error> {
        self.commits.run(leave::Command { user, token }).await.map(|_| ())
    }
}
