//! Amounts for tests.

use crate::Money;

/// Returns an amount of `minor` won.
///
/// # Panics
/// If `minor` is negative.
#[must_use]
#[track_caller]
pub fn won(minor: i64) -> Money {
    Money::new(minor).unwrap_or_else(|error| panic!("{minor}: {error}"))
}
