//! Price categories.

use thiserror::Error;

use crate::text::InvalidText;
use crate::{Money, Title};

/// A price category of a layout: its seats have the same price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its id, unique within the layout.
    pub id: CategoryId,
    /// Its name.
    pub name: Title,
    /// The colour of its seats on a drawing; none: any that distinguishes them.
    pub colour: Option<Colour>,
    /// The price of each of its seats.
    pub price: Money,
}

/// The id of a category: 1 to 40 lower-case letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryId(String);

/// A colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// The error for an invalid category id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to {} lower-case letters, digits, - and _", CategoryId::MAX_CHARS)]
pub struct InvalidCategoryId;

/// The error for an invalid colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a colour such as #1a2b3c")]
pub struct InvalidColour;

impl Category {
    /// Returns the category of seats that have a price and no category of the operator.
    ///
    /// # Errors
    /// [`InvalidText`] never: the name is a line of text.
    pub fn of_price(price: Money) -> Result<Self, InvalidText> {
        let name = Title::new(&format!("Price {}", price.minor()))?;
        Ok(Self { id: CategoryId(format!("price-{}", price.minor())), name, colour: None, price })
    }
}

impl CategoryId {
    /// The maximum length in characters.
    pub const MAX_CHARS: usize = 40;

    /// Creates the id `text`.
    ///
    /// # Errors
    /// [`InvalidCategoryId`] if it is empty or too long, or contains other characters.
    pub fn new(text: &str) -> Result<Self, InvalidCategoryId> {
        let fits = (1..=Self::MAX_CHARS).contains(&text.len());
        let is_valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        if fits && text.bytes().all(is_valid) { Ok(Self(text.to_owned())) } else { Err(InvalidCategoryId) }
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CategoryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Colour {
    /// Creates the colour `text`, a `#` and six hexadecimal digits.
    ///
    /// # Errors
    /// [`InvalidColour`] for any other text.
    pub fn new(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or(InvalidColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_id_has_1_to_40_lower_case_letters_digits_and_dashes() {
        for text in ["a", "price-60000", "front_1", &"x".repeat(40)] {
            assert_eq!(CategoryId::new(text).map(|id| id.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "A", "a b", "ä", "a.b", &"x".repeat(41)] {
            assert_eq!(CategoryId::new(text), Err(InvalidCategoryId), "{text:?}");
        }
    }

    #[test]
    fn a_colour_has_six_hexadecimal_digits() {
        assert_eq!(Colour::new("#1A2b3c").map(|colour| colour.to_string()), Ok("#1a2b3c".to_owned()));
        for text in ["", "#", "1a2b3c", "#1a2b3", "#1a2b3cd", "#+a2b3c", "red"] {
            assert_eq!(Colour::new(text), Err(InvalidColour), "{text:?}");
        }
    }

    #[test]
    fn the_category_of_the_highest_price_has_a_valid_id() {
        let category = Category::of_price(Money::new(i64::MAX).unwrap_or_default());
        assert!(category.is_ok_and(|category| CategoryId::new(category.id.as_str()).is_ok()));
    }
}
