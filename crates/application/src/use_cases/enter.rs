//! Enter: the check of requests that only active users may send.

use std::sync::Arc;

use domain::decide::admission::{self, Pass};
use domain::decide::claim;
use domain::{QueueId, Refusal};

use crate::{Error, GroupCommit, WaitingRoom};

/// Checks active tokens in memory; the first call claims the token durably before it is answered.
#[derive(Clone)]
pub struct Enter {
    commits: Arc<GroupCommit>,
    room: Arc<WaitingRoom>,
}

impl Enter {
    /// Creates the use case over a group commit and the waiting room.
    pub fn new(commits: Arc<GroupCommit>, room: Arc<WaitingRoom>) -> Self {
        Self { commits, room }
    }

    /// Checks whether `pass` admits to the concerts of `queue`; without a queue, the requested resource doesn't exist.
    pub async fn execute(&self, pass: Pass, queue: Option<QueueId>) -> Result<(), Error> {
        let id = pass.token.ok_or(Refusal::TokenRequired)?;
        let token = self.room.find(id).await?.ok_or(Refusal::TokenMismatch)?;
        let now = self.room.now();
        match admission::check_token(&token, pass.user, queue, now) {
            Ok(()) if !token.is_unclaimed(now) => Ok(()),
            Err(refusal) if self.room.was_refused_lately(id) => Err(refusal.into()),
            Ok(()) | Err(_) => self.check_in_store(pass, queue).await,
        }
    }

    /// Checks the token in the store, where another instance may just have admitted the user, and where the first call claims it.
    async fn check_in_store(&self, pass: Pass, queue: Option<QueueId>) -> Result<(), Error> {
        let answer = self.commits.run(claim::Command { pass, queue }).await;
        if let (Err(Error::Refused(_)), Some(token)) = (&answer, pass.token) {
            self.room.remember_refusal(token);
        }
        answer.map(|_| ())
    }
}
