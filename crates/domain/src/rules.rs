//! The rules' numbers: what an operator may configure.

use time::Duration;

use crate::{Currency, Money, QueuePolicy};

/// Who may put money into a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charging {
    /// Every user, into their own, on their own word; operators and cashiers into anyone's.
    Open,
    /// Operators and cashiers alone, into the wallet of the user they name.
    Operator,
}

/// The numbers that the rules are applied with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How long a hold lasts.
    pub hold: Duration,
    /// How many seats a user may have of one concert, held and sold together.
    pub max_seats_per_user: u32,
    /// The one currency.
    pub currency: Currency,
    /// Who may put money into a wallet.
    pub charging: Charging,
    /// The largest single charge.
    pub max_charge: Money,
    /// The balance that a charge may not pass.
    pub max_balance: Money,
    /// How queues admit that set no policy of their own.
    pub queue: QueuePolicy,
    /// How long the answer to an idempotency key is kept.
    pub key_retention: Duration,
}
