//! Refund: refunds a payment.

use std::sync::Arc;

use domain::decide::refund;
use domain::idempotency::IdempotentRequest;
use domain::{Outcome, PaymentId, UserId, WalletEntryId};

use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// Refunds a payment of a user.
#[derive(Clone)]
pub struct RefundPayment {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl RefundPayment {
    /// Creates the use case over a group commit.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Refunds `payment` of `user` in full. The outcome is an [`Outcome::Paid`] with the cancelled payment.
    pub async fn execute(&self, user: UserId, idempotency: IdempotentRequest, payment: PaymentId) -> Result<Answer<Outcome>, Error> {
        self.commits.run(refund::Command { user, order: None, idempotency, payment, entry: WalletEntryId(self.ids.ordered()) }).await
    }
}
