//! Register: creates a user and their wallet.

use std::sync::Arc;

use domain::decide::register;
use domain::idempotency::IdempotentRequest;
use domain::{Outcome, UserId, UserName};

use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// Registers a new user.
#[derive(Clone)]
pub struct RegisterUser {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl RegisterUser {
    /// Creates the use case over a group commit.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Creates a user called `name` with an empty wallet, once per idempotency key. The outcome is an [`Outcome::Registered`].
    pub async fn execute(&self, name: UserName, idempotency: Option<IdempotentRequest>) -> Result<Answer<Outcome>, Error> {
        self.commits.run(register::Command { user: UserId(self.ids.ordered()), name, idempotency }).await
    }
}
