//! Money: integer minor units of the service's one currency, checked arithmetic.

use thiserror::Error;

/// An amount that is never negative, in minor units (cents, won).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// The amount is below zero or past what 64 bits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the amount is out of range")]
pub struct OutOfRange;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `minor` units.
    ///
    /// # Errors
    /// [`OutOfRange`] below zero.
    pub const fn new(minor: i64) -> Result<Self, OutOfRange> {
        if minor < 0 { Err(OutOfRange) } else { Ok(Self(minor)) }
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`OutOfRange`] past what 64 bits hold.
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        self.0.checked_add(other.0).map(Self).ok_or(OutOfRange)
    }

    /// What is left after taking `other` away.
    ///
    /// # Errors
    /// [`OutOfRange`] if `other` is more than there is.
    pub fn minus(self, other: Self) -> Result<Self, OutOfRange> {
        Self::new(self.0 - other.0)
    }

    /// The sum of many amounts.
    ///
    /// # Errors
    /// [`OutOfRange`] past what 64 bits hold.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, OutOfRange> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }
}

/// An ISO 4217 code: three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

/// The text is not three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a currency is three capital letters, as in ISO 4217")]
pub struct NotACurrency;

impl std::str::FromStr for Currency {
    type Err = NotACurrency;

    fn from_str(text: &str) -> Result<Self, NotACurrency> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(NotACurrency),
        }
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn money_is_never_negative() {
        assert_eq!(Money::new(-1), Err(OutOfRange));
        assert_eq!(Money(3).minus(Money(4)), Err(OutOfRange));
        assert_eq!(Money(4).minus(Money(4)), Ok(Money::ZERO));
    }

    #[test]
    fn a_sum_past_64_bits_is_an_error() {
        assert_eq!(Money::sum([Money(i64::MAX), Money(1)]), Err(OutOfRange));
    }

    #[test]
    fn a_currency_is_three_capital_letters() {
        assert_eq!("KRW".parse::<Currency>().map(|c| c.to_string()), Ok("KRW".to_owned()));
        for text in ["krw", "KR", "KRWW", "K1W", ""] {
            assert_eq!(text.parse::<Currency>(), Err(NotACurrency), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_arithmetic_overflows(a: i64, b: i64) {
            let (Ok(a), Ok(b)) = (Money::new(a), Money::new(b)) else { return Ok(()) };
            prop_assert_eq!(a.plus(b).ok().map(Money::minor), a.minor().checked_add(b.minor()));
            prop_assert_eq!(a.minus(b).is_ok(), a >= b);
            if let Ok(sum) = a.plus(b) {
                prop_assert_eq!(sum.minus(b), Ok(a));
            }
        }

        #[test]
        fn a_currency_is_written_as_it_was_read(text in "[A-Z]{0,4}|.{0,4}") {
            if let Ok(currency) = text.parse::<Currency>() {
                prop_assert_eq!(currency.to_string(), text);
            }
        }
    }
}
