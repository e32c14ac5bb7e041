//! Leave: a user gives up their place.

use std::sync::Arc;

use domain::decide::leave;
use domain::{Context, Rules, TokenId, UserId, Verdict};

use crate::ports::Load;
use crate::{Command, Error, GroupCommit};

impl Command for leave::Command {
    type Outcome = ();

    fn load(&self) -> Load {
        Load::Leave { token: self.token }
    }

    fn decide(&self, context: &Context, _: &Rules) -> Verdict<()> {
        leave::decide(context, self)
    }
}

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
