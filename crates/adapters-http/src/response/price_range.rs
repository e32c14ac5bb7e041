//! Price ranges on the wire.

use domain::{Currency, PriceRange};
use serde::Serialize;
use utoipa::ToSchema;

use super::MoneyBody;

/// The lowest and the highest price of the seats that are offered, sold or not.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PriceRange)]
pub(crate) struct PriceRangeBody {
    min: MoneyBody,
    max: MoneyBody,
}

impl PriceRangeBody {
    /// Creates a range of prices in `currency`.
    pub(crate) fn new(prices: PriceRange, currency: Currency) -> Self {
        Self { min: MoneyBody::new(prices.min, currency), max: MoneyBody::new(prices.max, currency) }
    }
}
