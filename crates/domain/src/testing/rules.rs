//! Rules for tests.

use time::Duration;

use super::won;
use crate::{Charging, QueuePolicy, Rules, SessionRules};

/// Returns the default rules, in KRW: a hold lasts 300 s, a user may have 4 seats of a concert, the capacity of a queue is 100,
/// a user has up to three sessions.
///
/// # Panics
/// Never: KRW is a currency.
#[must_use]
pub fn rules() -> Rules {
    Rules {
        hold: Duration::seconds(300),
        max_seats_per_user: 4,
        currency: "KRW".parse().unwrap_or_else(|error| panic!("{error}")),
        charging: Charging::Open,
        max_charge: won(1_000_000),
        max_balance: won(10_000_000),
        queue: QueuePolicy { capacity: 100, batch: 50, active: Duration::seconds(600), claim: Duration::seconds(120), max_waiting: None },
        key_retention: Duration::hours(24),
        sessions: SessionRules { max_per_user: 3, ..SessionRules::default() },
    }
}
