//! Charge: money comes into a wallet.

use std::sync::Arc;

use domain::decide::charge;
use domain::key::Keyed;
use domain::{Context, EntryId, Money, Outcome, Rules, UserId, Verdict};

use crate::ports::{Ids, Load};
use crate::{Answer, Command, Error, GroupCommit};

impl Command for charge::Command {
    type Outcome = Outcome;

    fn load(&self) -> Load {
        Load::Charge { key: self.keyed.scope.clone() }
    }

    fn decide(&self, context: &Context, rules: &Rules) -> Verdict<Outcome> {
        charge::decide(context, self, rules)
    }
}

/// A user puts money into their wallet.
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

    /// Puts `amount` in. The answer is an [`Outcome::Charged`].
    pub async fn execute(&self, user: UserId, keyed: Keyed, amount: Money) -> Result<Answer<Outcome>, Error> {
        self.commits.run(charge::Command { user, keyed, id: EntryId(self.ids.ordered()), amount }).await
    }
}
