//! Members of changes: an omitted member leaves its property unchanged, and `null` is a value like any other.

use serde::{Deserialize, Deserializer};

/// Deserializes a member that is present. With `#[serde(default, deserialize_with = "deserialize_some")]` an `Option<T>` is none only if
/// the member is omitted, and `null` is left to `T`: only an `Option<Option<T>>` accepts it, to clear the property.
pub(crate) fn deserialize_some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use domain::decide::admin::Patch;

    use super::super::reader::read;
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Change {
        #[serde(default, deserialize_with = "deserialize_some")]
        name: Option<String>,
        #[serde(default, deserialize_with = "deserialize_some")]
        limit: Patch<Option<u32>>,
    }

    fn change(text: &str) -> Result<Change, String> {
        read(serde_json::from_str(text).expect("JSON")).map_err(|field_error| field_error.pointer)
    }

    #[test]
    fn omitted_null_and_other_values_are_distinguished() {
        let none = Change::default;
        assert_eq!(change("{}"), Ok(none()));
        assert_eq!(change(r#"{"limit": null}"#), Ok(Change { limit: Some(None), ..none() }));
        assert_eq!(change(r#"{"limit": 4}"#), Ok(Change { limit: Some(Some(4)), ..none() }));
        assert_eq!(change(r#"{"name": "Club"}"#), Ok(Change { name: Some("Club".to_owned()), ..none() }));
        assert_eq!(change(r#"{"name": null}"#), Err("/name".to_owned()), "a required property can't be null");
        assert_eq!(change(r#"{"limit": 4, "limit": null}"#), Err("/limit".to_owned()), "twice");
    }
}
