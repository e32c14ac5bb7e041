//! Large numbers, formatted for people.

use std::fmt;

/// A number that is displayed with a comma between thousands.
pub(crate) struct Grouped(pub(crate) u32);

impl fmt::Display for Grouped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            number @ ..1_000 => write!(formatter, "{number}"),
            number => write!(formatter, "{},{:03}", Self(number / 1_000), number % 1_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_by_commas() {
        let shown = [0, 999, 1_000, 20_017, 1_000_000].map(|number| Grouped(number).to_string());
        assert_eq!(shown, ["0", "999", "1,000", "20,017", "1,000,000"]);
    }
}
