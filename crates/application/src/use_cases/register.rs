//! Register: a new user and their wallet.

use std::sync::Arc;

use domain::decide::register;
use domain::key::Keyed;
use domain::{Context, Outcome, Rules, UserId, UserName, Verdict};

use crate::ports::{Ids, Load};
use crate::{Answer, Command, Error, GroupCommit};

impl Command for register::Command {
    type Outcome = Outcome;

    fn load(&self) -> Load {
        self.keyed.as_ref().map_or(Load::Clock, |keyed| Load::Key { key: keyed.scope.clone() })
    }

    fn decide(&self, context: &Context, rules: &Rules) -> Verdict<Outcome> {
        register::decide(context, self, rules)
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

    /// Creates a user called `name` with an empty wallet, once for each key. The answer is an [`Outcome::Registered`].
    pub async fn execute(&self, name: UserName, keyed: Option<Keyed>) -> Result<Answer<Outcome>, Error> {
        self.commits.run(register::Command { user: UserId(self.ids.ordered()), name, keyed }).await
    }
}
