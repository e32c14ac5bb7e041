//! Money on the wire.

use domain::{Currency, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::FieldError;

/// An amount in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Money)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoneyBody {
    /// The number of minor units, such as cents or won.
    #[schema(example = 150_000)]
    amount: i64,
    /// The currency, as in ISO 4217.
    #[schema(example = "KRW")]
    currency: String,
}

impl MoneyBody {
    /// Creates an amount in `currency`.
    pub(crate) fn new(amount: Money, currency: Currency) -> Self {
        Self::signed(amount.minor(), currency)
    }

    /// Creates an amount in `currency`, which may be negative.
    pub(crate) fn signed(amount: i64, currency: Currency) -> Self {
        Self { amount, currency: currency.to_string() }
    }

    /// Returns the amount if it is in `currency`; otherwise the error in the value at `pointer`.
    pub(crate) fn read(&self, pointer: &str, currency: Currency) -> Result<Money, FieldError> {
        if self.currency != currency.to_string() {
            return Err(FieldError::at(format!("{pointer}/currency"), format_args!("must be {currency}")));
        }
        Money::new(self.amount).map_err(|_| FieldError::at(format!("{pointer}/amount"), "must not be negative"))
    }
}
