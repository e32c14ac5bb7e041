//! Members of a change: what is left out stays as it is, and `null` is a value like any other.

use serde::{Deserialize, Deserializer};

/// A member that is there. With `#[serde(default, deserialize_with = "given")]` an `Option<T>` is none only if it isn't, and `null` is for
/// `T` to judge: an `Option<Option<T>>` takes it, as what clears the property, and nothing else does.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
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
        #[serde(default, deserialize_with = "given")]
        name: Option<String>,
        #[serde(default, deserialize_with = "given")]
        limit: Patch<Option<u32>>,
    }

    fn change(text: &str) -> Result<Change, String> {
        read(serde_json::from_str(text).expect("JSON")).map_err(|field_error| field_error.pointer)
    }

    #[test]
    fn left_out_and_null_and_a_value_are_three_things() {
        let none = Change::default;
        assert_eq!(change("{}"), Ok(none()));
        assert_eq!(change(r#"{"limit": null}"#), Ok(Change { limit: Some(None), ..none() }));
        assert_eq!(change(r#"{"limit": 4}"#), Ok(Change { limit: Some(Some(4)), ..none() }));
        assert_eq!(change(r#"{"name": "Club"}"#), Ok(Change { name: Some("Club".to_owned()), ..none() }));
        assert_eq!(change(r#"{"name": null}"#), Err("/name".to_owned()), "what can't be cleared can't be null");
        assert_eq!(change(r#"{"limit": 4, "limit": null}"#), Err("/limit".to_owned()), "twice");
    }
}
