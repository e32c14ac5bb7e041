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
    /// The parameters of sessions.
    pub sessions: SessionRules,
}

/// The parameters of the rules for sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRules {
    /// The maximum number of sessions of a user, at least 1: a further one replaces another.
    pub max_per_user: u8,
    /// How long a session lasts without use.
    pub idle: Duration,
    /// The maximum duration of a session.
    pub lifetime: Duration,
    /// The maximum duration of a session with roles.
    pub privileged_lifetime: Duration,
    /// How long a refresh token remains valid after its replacement.
    pub grace: Duration,
    /// How long a login code can be redeemed.
    pub login_code: Duration,
}

impl Default for SessionRules {
    /// Ten sessions per user, each of at most 30 days, with roles of 12 hours, and a week without use.
    fn default() -> Self {
        Self {
            max_per_user: 10,
            idle: Duration::days(7),
            lifetime: Duration::days(30),
            privileged_lifetime: Duration::hours(12),
            grace: Duration::seconds(30),
            login_code: Duration::seconds(60),
        }
    }
}
