//! Register: a new user and their wallet.

use std::sync::Arc;

use domain::decide::register;
use domain::{Context, Rules, User, UserId, UserName, Verdict};

use crate::ports::{Ids, Load};
use crate::{Answer, Command, Error, GroupCommit};

impl Command for register::Command {
    type Outcome = User;

    fn load(&self) -> Load {
        Load::Clock
    }

    fn decide(&self, context: &Context, _: &Rules) -> Verdict<User> {
        register::decide(context, self)
    }
}

/// A person introduces themselves.
#[derive(Clone)]
pub struct RegisterUser {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl RegisterUser {
    /// The use case over the way of commands.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Makes a user called `name` with an empty wallet.
    pub async fn execute(&self, name: UserName) -> Result<Answer<User>, Error> {
        self.commits.run(register::Command { user: UserId(self.ids.ordered()), name }).await
    }
}
