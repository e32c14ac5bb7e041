//! Amounts.

use crate::Money;

/// `minor` won.
///
/// # Panics
/// Below zero.
#[must_use]
#[track_caller]
pub fn won(minor: i64) -> Money {
    Money::new(minor).unwrap_or_else(|error| panic!("{minor}: {error}"))
}
