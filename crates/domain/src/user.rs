//! Users: the buyers.

use thiserror::Error;
use time::OffsetDateTime;

use crate::UserId;

/// A user. Each user has one wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user's id: the `sub` of the user's JWT.
    pub id: UserId,
    /// The name that the user chose; none for users of an external issuer who never chose one.
    pub name: Option<UserName>,
    /// The time of the user's first write.
    pub created_at: OffsetDateTime,
}

/// A name of 1 to 100 characters, without control characters and not only white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName(String);

/// The error for a text that is not a valid user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name must have 1 to 100 characters and no control characters")]
pub struct InvalidName;

impl UserName {
    /// The maximum length of a name, in characters.
    pub const MAX_CHARS: usize = 100;

    /// Creates a name from `text` without leading and trailing white space.
    ///
    /// # Errors
    /// [`InvalidName`] if the name is empty or too long, or contains control characters.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        let fits = (1..=Self::MAX_CHARS).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) { Ok(Self(text.to_owned())) } else { Err(InvalidName) }
    }

    /// Returns the name as text.
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
        fn a_name_is_trimmed(text in "\\PC{0,110}|.{0,20}") {
            if let Ok(name) = UserName::new(&text) {
                prop_assert_eq!(name.as_str(), text.trim());
                prop_assert_eq!(UserName::new(name.as_str()), Ok(name));
            }
        }
    }
}
