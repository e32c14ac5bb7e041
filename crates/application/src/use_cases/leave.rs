//! Leave: ends a user's queue token.

use std::sync::Arc;

use domain::decide::leave;
use domain::{TokenId, UserId};

use crate::{Error, GroupCommit};

/// Ends a waiting or active token of a user.
#[derive(Clone)]
pub struct LeaveQueue {
    commits: Arc<GroupCommit>,
}

impl LeaveQueue {
    /// Creates the use case over a group commit.
    pub fn new(commits: Arc<GroupCommit>) -> Self {
        Self { commits }
    }

    /// Ends `token` and releases its live hold. It may be repeated.
    pub async fn execute(&self, user: UserId, token: TokenId) -> Result<(), Error> {
        self.commits.run(leave::Command { user, token }).await.map(|_| ())
    }
}
