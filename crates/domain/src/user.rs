//! Users: who buys.

use thiserror::Error;
use time::OffsetDateTime;

use crate::UserId;

/// Who buys; each has one wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user's id: the `sub` of their JWT.
    pub id: UserId,
    /// What they call themselves; none if an external issuer vouches for them and they never said.
    pub name: Option<UserName>,
    /// When they came.
    pub created_at: OffsetDateTime,
}

/// A name of 1 to 100 characters, none of them a control character, not only white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName(String);

/// The text can't be a user's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name has 1 to 100 characters, without control characters")]
pub struct InvalidName;

impl UserName {
    /// The longest name, in characters.
    pub const MAX_CHARS: usize = 100;

    /// `text` without the white space around it.
    ///
    /// # Errors
    /// [`InvalidName`] if nothing is left, or too much, or control characters are in it.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        let fits = (1..=Self::MAX_CHARS).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) { Ok(Self(text.to_owned())) } else { Err(InvalidName) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_1_to_100_printable_characters() {
        assert_eq!(UserName::new("  Ada ").map(|name| name.as_str().to_owned()), Ok("Ada".to_owned()));
        assert!(UserName::new(&"ä".repeat(100)).is_ok());
        for text in ["", "   ", "a\nb", "a\0", &"x".repeat(101)] {
            assert_eq!(UserName::new(text), Err(InvalidName), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_kept_without_the_space_around_it(text in "\\PC{0,110}|.{0,20}") {
            if let Ok(name) = UserName::new(&text) {
                prop_assert_eq!(name.as_str(), text.trim());
                prop_assert_eq!(UserName::new(name.as_str()), Ok(name));
            }
        }
    }
}
