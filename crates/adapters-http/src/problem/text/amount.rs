//! Amounts of money in texts.

use crate::problem::explanation::Amount;

impl Amount {
    /// Returns the amount as in English texts: `₩150,000`, `$25.50`, `25.500 KWD`.
    pub(super) fn english(self) -> String {
        let code = self.currency.to_string();
        let symbol = match code.as_str() {
            "EUR" => "€",
            "GBP" => "£",
            "JPY" => "¥",
            "KRW" => "₩",
            "USD" => "$",
            _ => return format!("{} {code}", self.digits()),
        };
        format!("{symbol}{}", self.digits())
    }

    /// Returns the amount as in Korean texts: `150,000원`, `$25.50`.
    pub(super) fn korean(self) -> String {
        if self.currency.to_string() == "KRW" { format!("{}원", self.digits()) } else { self.english() }
    }

    /// Returns the number with the decimal digits of the currency, and its whole part in groups of three digits.
    fn digits(self) -> String {
        let width = self.currency.minor_digits();
        let padded = format!("{:0>at_least$}", self.minor.unsigned_abs(), at_least = width + 1);
        let (whole, part) = padded.split_at(padded.len() - width);
        let mut digits = String::from(if self.minor < 0 { "-" } else { "" });
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                digits.push(',');
            }
            digits.push(digit);
        }
        if !part.is_empty() {
            digits.push('.');
            digits.push_str(part);
        }
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_decimal_digits_of_their_currency() {
        let amount = |minor, code: &str| Amount { minor, currency: code.parse().expect("a currency") };
        for (minor, code, english, korean) in [
            (150_000, "KRW", "₩150,000", "150,000원"),
            (0, "KRW", "₩0", "0원"),
            (999, "JPY", "¥999", "¥999"),
            (2_550, "USD", "$25.50", "$25.50"),
            (5, "USD", "$0.05", "$0.05"),
            (123_456_789, "EUR", "€1,234,567.89", "€1,234,567.89"),
            (25_500, "KWD", "25.500 KWD", "25.500 KWD"),
            (i64::MAX, "KRW", "₩9,223,372,036,854,775,807", "9,223,372,036,854,775,807원"),
        ] {
            assert_eq!((amount(minor, code).english().as_str(), amount(minor, code).korean().as_str()), (english, korean));
        }
    }
}
