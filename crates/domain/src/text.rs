//! Validated lines of text.

use thiserror::Error;

/// A line of 1 to `MAX` characters, without control characters and without leading or trailing white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MAX: usize>(String);

/// A name of a concert, a host or a queue.
pub type Title = Text<200>;
/// A message of an operator to waiting users, or the reason for an action.
pub type Note = Text<1_000>;

/// The error for a text that is not a valid line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to {max} characters and no control characters")]
pub struct InvalidText {
    /// The maximum number of characters.
    pub max: usize,
}

impl<const MAX: usize> Text<MAX> {
    /// Creates a line from `text` without leading and trailing white space.
    ///
    /// # Errors
    /// [`InvalidText`] if the line is empty or too long, or contains control characters.
    pub fn new(text: &str) -> Result<Self, InvalidText> {
        let text = text.trim();
        let fits = (1..=MAX).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) { Ok(Self(text.to_owned())) } else { Err(InvalidText { max: MAX }) }
    }

    /// Returns the line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_title_is_1_to_200_printable_characters() {
        assert_eq!(Title::new("  Club Night ").map(String::from), Ok("Club Night".to_owned()));
        assert!(Title::new(&"ä".repeat(200)).is_ok());
        for text in ["", "   ", "a\nb", "a\0", &"x".repeat(201)] {
            assert_eq!(Title::new(text), Err(InvalidText { max: 200 }), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_trimmed(text in "\\PC{0,12}|.{0,12}") {
            if let Ok(kept) = Text::<10>::new(&text) {
                prop_assert_eq!(kept.as_str(), text.trim());
                prop_assert_eq!(Text::<10>::new(kept.as_str()), Ok(kept));
            }
        }
    }
}
