//! UUIDs in paths, queries and headers.

use uuid::Uuid;

/// The length of a hyphenated UUID; other forms are refused.
const UUID_CHARS: usize = 36;

/// Parses a hyphenated UUID.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    Some(text).filter(|text| text.len() == UUID_CHARS).and_then(|text| Uuid::try_parse(text).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn only_hyphenated_uuids_are_read(id: u128, text in "[0-9a-fA-F{}:urnid-]{30,46}|.{0,40}") {
            let id = Uuid::from_u128(id);
            prop_assert_eq!(uuid(&id.to_string()), Some(id));
            prop_assert_eq!(uuid(&id.simple().to_string()), None);
            prop_assert_eq!(uuid(&id.braced().to_string()), None);
            if let Some(id) = uuid(&text) {
                prop_assert_eq!(text.to_lowercase(), id.to_string());
            }
        }
    }
}
