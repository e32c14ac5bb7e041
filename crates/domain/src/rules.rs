//! The configurable parameters of the rules.

use time::Duration;

use crate::{Currency, Money, QueuePolicy};

/// The callers who may charge a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charging {
    /// Every user may charge their own wallet, without proof of payment; operators and cashiers may charge any wallet.
    Open,
    /// Only operators and cashiers may charge a wallet, that of the user they name.
    Operator,
}

/// The parameters of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The duration of a hold.
    pub hold: Duration,
    /// The maximum number of seats of one concert per user, held and sold together.
    pub max_seats_per_user: u32,
    /// The only currency.
    pub currency: Currency,
    /// The callers who may charge a wallet.
    pub charging: Charging,
    /// The largest single charge.
    pub max_charge: Money,
    /// The largest balance that a charge may lead to.
    pub max_balance: Money,
    /// The policy of queues where they set none of their own.
    pub queue: QueuePolicy,
    /// The retention of idempotency records.
    pub key_retention: Duration,
}
