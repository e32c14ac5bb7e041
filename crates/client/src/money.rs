//! Amounts of money.

use serde::{Deserialize, Serialize};

/// An amount in the minor units of its currency: 2,550 USD is $25.50, 150,000 KRW is ₩150,000.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The number of minor units; negative for wallet entries of payments.
    pub amount: i64,
    /// The currency, as in ISO 4217.
    pub currency: String,
}
