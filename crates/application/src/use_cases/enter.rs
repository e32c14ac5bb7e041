//! Enter: the guard of what only the admitted may read.

use std::sync::Arc;

use domain::decide::admission::{self, Pass};
use domain::decide::claim;
use domain::{QueueId, Refusal};

use crate::{Error, GroupCommit, WaitingRoom};

/// Lets the admitted in, from memory; the first call claims the token durably before it is answered.
#[derive(Clone)]
pub struct Enter {
    commits: Arc<GroupCommit>,
    room: Arc<WaitingRoom>,
}

impl Enter {
    /// The use case over the way of commands and the waiting room.
    pub fn new(commits: Arc<GroupCommit>, room: Arc<WaitingRoom>) -> Self {
        Self { commits, room }
    }

    /// Whether `pass` admits to what `queue` guards; no queue: to what doesn't exist.
    pub async fn execute(&self, pass: Pass, queue: Option<QueueId>) -> Result<(), Error> {
        let id = pass.token.ok_or(Refusal::TokenRequired)?;
        let token = self.room.find(id).await?.ok_or(Refusal::TokenMismatch)?;
        let now = self.room.now();
        match admission::judge(&token, pass.user, queue, now) {
            Ok(()) if !token.is_unclaimed(now) => Ok(()),
            Err(refusal) if self.room.was_refused_lately(id) => Err(refusal.into()),
            Ok(()) | Err(_) => self.ask_the_store(pass, queue).await,
        }
    }

    /// Another instance may have admitted the user a moment ago; and a first call is claimed in the store.
    async fn ask_the_store(&self, pass: Pass, queue: Option<QueueId>) -> Result<(), Error> {
        let answer = self.commits.run(claim::Command { pass, queue }).await;
        if let (Err(Error::Refused(_)), Some(token)) = (&answer, pass.token) {
            self.room.remember_refusal(token);
        }
        answer.map(|_| ())
    }
}
