//! Join: a place in a line.

use std::sync::Arc;

use domain::decide::join::{self, Joined};
use domain::{ConcertId, Context, QueueToken, Rules, TokenId, UserId, Verdict};

use crate::ports::{Ids, Load};
use crate::{Answer, Command, Error, GroupCommit};

impl Command for join::Command {
    type Outcome = Joined;

    fn load(&self) -> Load {
        Load::Join { user: self.user, concert: self.concert }
    }

    fn decide(&self, context: &Context, rules: &Rules) -> Verdict<Joined> {
        join::decide(context, self, rules)
    }
}

/// What a join comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// The user's place.
    pub token: QueueToken,
    /// Whether it is a new one.
    pub new: bool,
}

/// A user takes a place in a line.
#[derive(Clone)]
pub struct JoinQueue {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl JoinQueue {
    /// The use case over the way of commands.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// A new place for `user` in the line of `concert`, or in the default one; or the place they have.
    pub async fn execute(&self, user: UserId, concert: Option<ConcertId>) -> Result<Joining, Error> {
        let Answer { outcome, number, .. } = self.commits.run(join::Command { user, concert, token: TokenId(self.ids.secret()) }).await?;
        match (outcome, number) {
            (Joined::Live(token), _) => Ok(Joining { token, new: false }),
            (Joined::New(place), Some(number)) => Ok(Joining { token: place.numbered(number), new: true }),
            (Joined::New(_), None) => Err(Error::Unavailable),
        }
    }
}
