//! Charge: money comes into a wallet.

use std::sync::Arc;

use domain::decide::charge;
use domain::idempotency::IdempotentRequest;
use domain::{EntryId, Money, Outcome, UserId};

use super::admin::Actor;
use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// Money is put into a wallet.
#[derive(Clone)]
pub struct ChargeWallet {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl ChargeWallet {
    /// The use case over the way of commands.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Puts `amount` into the wallet of `user`, or of the caller, whose key it is, if no user is named. `by` is the operator or cashier who
    /// orders it; none: the caller has neither role. The answer is an [`Outcome::Charged`].
    pub async fn execute(
        &self,
        by: Option<&Actor>,
        idempotency: IdempotentRequest,
        user: Option<UserId>,
        amount: Money,
    ) -> Result<Answer<Outcome>, Error> {
        let order = by.map(|by| by.order(&self.ids));
        self.commits.run(charge::Command { user, order, idempotency, id: EntryId(self.ids.ordered()), amount }).await
    }
}
