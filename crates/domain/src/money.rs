//! Money: integer minor units of the service's only currency, with checked arithmetic.

use thiserror::Error;

/// An amount that is never negative, in minor units (cents, won).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// The error for an amount below zero or above the range of 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the amount is out of range")]
pub struct OutOfRange;

impl Money {
    /// The amount of zero.
    pub const ZERO: Self = Self(0);

    /// Creates an amount of `minor` units.
    ///
    /// # Errors
    /// [`OutOfRange`] below zero.
    pub const fn new(minor: i64) -> Result<Self, OutOfRange> {
        if minor < 0 { Err(OutOfRange) } else { Ok(Self(minor)) }
    }

    /// Returns the amount in minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Returns the sum of both amounts.
    ///
    /// # Errors
    /// [`OutOfRange`] above the range of 64 bits.
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        self.0.checked_add(other.0).map(Self).ok_or(OutOfRange)
    }

    /// Returns the difference of both amounts.
    ///
    /// # Errors
    /// [`OutOfRange`] if `other` is the larger amount.
    pub fn minus(self, other: Self) -> Result<Self, OutOfRange> {
        Self::new(self.0 - other.0)
    }

    /// Returns the sum of `amounts`.
    ///
    /// # Errors
    /// [`OutOfRange`] above the range of 64 bits.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, OutOfRange> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }
}

/// An ISO 4217 code: three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

/// The error for a text that is not three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a currency must be three capital letters, as in ISO 4217")]
pub struct InvalidCurrency;

/// The number of decimal digits of currencies that don't have two: ISO 4217, table A.1.
const MINOR_DIGITS: &[(&str, usize)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("UYW", 4),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

impl Currency {
    /// Returns the number of decimal digits: 2 for the dollar, 0 for the won, 3 for the dinar.
    #[must_use]
    pub fn minor_digits(self) -> usize {
        let known = MINOR_DIGITS.iter().find(|(code, _)| code.as_bytes() == self.0);
        known.map_or(2, |(_, digits)| *digits)
    }

    /// Formats an amount of `minor` units, which may be negative: `25.50 USD`, `-5 KRW`.
    #[must_use]
    pub fn format(self, minor: i64) -> String {
        let digits = self.minor_digits();
        let sign = if minor < 0 { "-" } else { "" };
        let width = digits + 1;
        let padded = format!("{:0>width$}", minor.unsigned_abs());
        let (whole, part) = padded.split_at(padded.len() - digits);
        let point = if part.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{part} {self}")
    }
}

impl std::str::FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, InvalidCurrency> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(InvalidCurrency),
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
    fn an_amount_is_formatted_with_the_digits_of_its_currency() {
        for (minor, currency, text) in [
            (2_550, "USD", "25.50 USD"),
            (5, "EUR", "0.05 EUR"),
            (0, "GBP", "0.00 GBP"),
            (-2_550, "USD", "-25.50 USD"),
            (-5, "USD", "-0.05 USD"),
            (150_000, "KRW", "150000 KRW"),
            (-3, "JPY", "-3 JPY"),
            (1_234, "KWD", "1.234 KWD"),
            (12_345, "CLF", "1.2345 CLF"),
            (i64::MIN, "USD", "-92233720368547758.08 USD"),
        ] {
            assert_eq!(currency.parse::<Currency>().map(|currency| currency.format(minor)), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_currency_is_three_capital_letters() {
        assert_eq!("KRW".parse::<Currency>().map(|c| c.to_string()), Ok("KRW".to_owned()));
        for text in ["krw", "KR", "KRWW", "K1W", ""] {
            assert_eq!(text.parse::<Currency>(), Err(InvalidCurrency), "{text}");
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
        fn a_parsed_currency_is_displayed_unchanged(text in "[A-Z]{0,4}|.{0,4}") {
            if let Ok(currency) = text.parse::<Currency>() {
                prop_assert_eq!(currency.to_string(), text);
            }
        }
    }
}
