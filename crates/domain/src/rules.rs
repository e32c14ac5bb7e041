//! The rules' numbers: what an operator may configure.

use time::Duration;

use crate::{Currency, Money, QueuePolicy};

/// The numbers that the rules are applied with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How long a hold lasts.
    pub hold: Duration,
    /// How many seats a user may have of one concert, held and sold together.
    pub max_seats_per_user: u32,
    /// The one currency.
    pub currency: Currency,
    /// The largest single charge.
    pub max_charge: Money,
    /// The balance that a charge may not pass.
    pub max_balance: Money,
    /// How queues admit that set no policy of their own.
    pub queue: QueuePolicy,
    /// How long the answer to an idempotency key is kept.
    pub key_retention: Duration,
}
