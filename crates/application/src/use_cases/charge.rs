//! Charge: adds money to a wallet.

use std::sync::Arc;

use domain::decide::charge;
use domain::idempotency::IdempotentRequest;
use domain::{Money, Outcome, UserId, WalletEntryId};

use super::admin::Actor;
use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// Charges a wallet.
#[derive(Clone)]
pub struct ChargeWallet {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl ChargeWallet {
    /// Creates the use case over a group commit.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Adds `amount` to the wallet of `user`, or, if no user is specified, of the caller, who is the user of the idempotency key. `by` is
    /// the operator or cashier who orders it; none if the caller has neither role. The outcome is an [`Outcome::Charged`].
    pub async fn execute(
        &self,
        by: Option<&Actor>,
        idempotency: IdempotentRequest,
        user: Option<UserId>,
        amount: Money,
    ) -> Result<Answer<Outcome>, Error> {
        let order = by.map(|by| by.order(&self.ids));
        self.commits.run(charge::Command { user, order, idempotency, id: WalletEntryId(self.ids.ordered()), amount }).await
    }
}
