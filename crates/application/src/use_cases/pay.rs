//! Pay: pays for held seats.

use std::sync::Arc;

use domain::decide::admission::Pass;
use domain::decide::pay;
use domain::idempotency::IdempotentRequest;
use domain::{Money, Outcome, PaymentId, ReservationId, WalletEntryId};

use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// Pays for the held seats of a user.
#[derive(Clone)]
pub struct PayReservation {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl PayReservation {
    /// Creates the use case over a group commit.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Pays for `reservation`; `amount` is the amount that the user expects. The outcome is an [`Outcome::Paid`].
    pub async fn execute(
        &self,
        pass: Pass,
        idempotency: IdempotentRequest,
        reservation: ReservationId,
        amount: Option<Money>,
    ) -> Result<Answer<Outcome>, Error> {
        let (id, entry) = (PaymentId(self.ids.ordered()), WalletEntryId(self.ids.ordered()));
        self.commits.run(pay::Command { pass, idempotency, id, entry, reservation, amount }).await
    }
}
