//! Lines of text that people write and people read.

use thiserror::Error;

/// A line of 1 to `MAX` characters, none of them a control character, without white space around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MAX: usize>(String);

/// What is on a poster, or on a sign: names of concerts, hosts, queues.
pub type Title = Text<200>;
/// What operators tell those who wait, or say of what they did.
pub type Note = Text<1_000>;

/// The text is no such line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a text of 1 to {max} characters, without control characters")]
pub struct InvalidText {
    /// The most characters.
    pub max: usize,
}

impl<const MAX: usize> Text<MAX> {
    /// `text` without the white space around it.
    ///
    /// # Errors
    /// [`InvalidText`] if nothing is left, or too much, or control characters are in it.
    pub fn new(text: &str) -> Result<Self, InvalidText> {
        let text = text.trim();
        let fits = (1..=MAX).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) { Ok(Self(text.to_owned())) } else { Err(InvalidText { max: MAX }) }
    }

    /// The line.
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
        fn a_text_is_kept_without_the_space_around_it(text in "\\PC{0,12}|.{0,12}") {
            if let Ok(kept) = Text::<10>::new(&text) {
                prop_assert_eq!(kept.as_str(), text.trim());
                prop_assert_eq!(Text::<10>::new(kept.as_str()), Ok(kept));
            }
        }
    }
}
