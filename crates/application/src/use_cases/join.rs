//! Join: adds a user to a queue.

use std::sync::Arc;

use domain::decide::join::{self, Joined};
use domain::{ConcertId, QueueToken, TokenId, UserId};

use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// The result of a join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinResult {
    /// The user's token.
    pub token: QueueToken,
    /// Whether the token is new.
    pub new: bool,
}

/// Adds a user to a queue.
#[derive(Clone)]
pub struct JoinQueue {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl JoinQueue {
    /// Creates the use case over a group commit.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Returns a new token for `user` in the queue of `concert`, or in the default queue, or the live token that the user already has.
    pub async fn execute(&self, user: UserId, concert: Option<ConcertId>) -> Result<JoinResult, Error> {
        let Answer { outcome, number, .. } = self.commits.run(join::Command { user, concert, token: TokenId(self.ids.secret()) }).await?;
        match (outcome, number) {
            (Joined::Live(token), _) => Ok(JoinResult { token, new: false }),
            (Joined::New(place), Some(number)) => Ok(JoinResult { token: place.numbered(number), new: true }),
            (Joined::New(_), None) => {
                tracing::error!("the store committed a join without a number");
                Err(Error::Internal)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::{ADA, on_sale};

    use super::*;
    use crate::ports::{Committed, MockStore};
    use crate::testing::{CountingIds, MockedLanes};

    async fn join(committed: Committed) -> Result<JoinResult, Error> {
        let mut store = MockStore::new();
        store.expect_load().times(1).returning(|_| Ok(on_sale()));
        store.expect_commit().times(1).returning(move |_| vec![Ok(committed)]);
        let join = async |commits| JoinQueue::new(commits, Arc::new(CountingIds::default())).execute(ADA, None).await;
        MockedLanes::over(store).run(join).await
    }

    #[tokio::test]
    async fn a_join_has_the_number_that_the_store_assigned() {
        let joined = join(Committed { number: Some(7) }).await.unwrap();
        assert_eq!((joined.token.number(), joined.new), (7, true));
    }

    #[tokio::test]
    async fn a_join_without_a_number_is_an_internal_fault() {
        let fault = join(Committed::default()).await.unwrap_err();
        assert!(matches!(fault, Error::Internal), "{fault:?}");
    }
}
