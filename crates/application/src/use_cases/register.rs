//! Register: a new user and their wallet.

use std::sync::Arc;

use domain::decide::register;
use domain::idempotency::IdempotentRequest;
use domain::{Outcome, UserId, UserName};

use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

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
    pub async fn execute(&self, name: UserName, idempotency: Option<IdempotentRequest>) -> Result<Answer<Outcome>, Error> {
        self.commits.run(register::Command { user: UserId(self.ids.ordered()), name, idempotency }).await
    }
}
