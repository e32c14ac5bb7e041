//! Deserializes values from JSON, and reports errors with a JSON pointer.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::json::Json;
use crate::problem::FieldError;

/// Deserializes a value from `json`.
pub(super) fn read<T: DeserializeOwned>(json: Json) -> Result<T, FieldError> {
    T::deserialize(Reader(json)).map_err(|DeserializeError(field_error)| field_error)
}

/// A field error as an error of serde.
#[derive(Debug)]
struct DeserializeError(FieldError);

impl DeserializeError {
    /// Returns the error relative to the value that contains it as its member `name`.
    fn within(mut self, name: &str) -> Self {
        self.0.pointer = format!("{}{}", pointer_to(name), self.0.pointer);
        self
    }
}

/// Returns the JSON pointer (RFC 6901) to a member.
fn pointer_to(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

impl fmt::Display for DeserializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for DeserializeError {}

impl de::Error for DeserializeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(FieldError::at("", message))
    }

    fn missing_field(name: &'static str) -> Self {
        Self(FieldError::at(pointer_to(name), "is required"))
    }

    fn unknown_field(name: &str, expected: &'static [&'static str]) -> Self {
        let known = if expected.is_empty() { "no members".to_owned() } else { expected.join(", ") };
        Self(FieldError::at(pointer_to(name), format_args!("is unknown; allowed: {known}")))
    }
}

struct Reader(Json);

impl<'de> Deserializer<'de> for Reader {
    type Error = DeserializeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.0 {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(value),
            Json::Number(value) => value.deserialize_any(visitor).map_err(de::Error::custom),
            Json::Text(value) => visitor.visit_string(value),
            Json::List(items) => visitor.visit_seq(Items { items: items.into_iter().enumerate() }),
            Json::Object(members) => visitor.visit_map(Members { rest: members.into_iter(), seen: Vec::new(), value: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.0 {
            Json::Null => visitor.visit_none(),
            json @ (Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_)) => visitor.visit_some(Self(json)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, DeserializeError> {
        visitor.visit_newtype_struct(self)
    }

    /// Refuses lists: serde's structs would also accept a list of their members' values, and ignore the rest of it.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        match self.0 {
            Json::List(_) => Err(de::Error::invalid_type(de::Unexpected::Seq, &visitor)),
            json @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_)) => Self(json).deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map enum identifier ignored_any
    }
}

struct Items<I> {
    items: I,
}

impl<'de, I: Iterator<Item = (usize, Json)>> SeqAccess<'de> for Items<I> {
    type Error = DeserializeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DeserializeError> {
        let Some((index, item)) = self.items.next() else { return Ok(None) };
        seed.deserialize(Reader(item)).map(Some).map_err(|error| error.within(&index.to_string()))
    }
}

struct Members<I> {
    rest: I,
    seen: Vec<String>,
    value: Option<Json>,
}

impl<'de, I: Iterator<Item = (String, Json)>> MapAccess<'de> for Members<I> {
    type Error = DeserializeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DeserializeError> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        if self.seen.contains(&name) {
            return Err(DeserializeError(FieldError::at(pointer_to(&name), "must occur only once")));
        }
        let key: StrDeserializer<'_, DeserializeError> = name.as_str().into_deserializer();
        let key = seed.deserialize(key)?;
        self.seen.push(name);
        self.value = Some(value);
        Ok(Some(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DeserializeError> {
        let value = self.value.take().unwrap_or(Json::Null);
        let name = self.seen.last().map_or("", String::as_str);
        seed.deserialize(Reader(value)).map_err(|error| error.within(name))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use uuid::Uuid;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Object {
        id: Uuid,
        numbers: Vec<u32>,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        amount: i64,
    }

    fn field_error(text: &str) -> (String, String) {
        let field_error = read::<Object>(serde_json::from_str(text).expect("JSON")).expect_err("a field error");
        (field_error.pointer, field_error.message)
    }

    const ID: &str = r#""id":"0f207207-0000-7000-8000-000000000001""#;

    #[test]
    fn valid_objects_are_read() {
        let is_valid = |text: &str| read::<Object>(serde_json::from_str(text).expect("JSON")).is_ok();
        assert!(is_valid(&format!(r#"{{{ID},"numbers":[1,2]}}"#)));
        assert!(is_valid(&format!(r#"{{"inner":null,"numbers":[],{ID}}}"#)));
        assert!(is_valid(&format!(r#"{{"inner":{{"amount":-5}},"numbers":[],{ID}}}"#)));
    }

    #[test]
    fn missing_unknown_and_duplicate_members_are_reported_with_their_pointers() {
        assert_eq!(field_error("{}"), ("/id".into(), "is required".into()));
        assert_eq!(field_error(&format!(r#"{{{ID},"numbers":[],"inner":{{}}}}"#)).0, "/inner/amount");
        assert_eq!(field_error(&format!(r#"{{{ID},"a/b~c":1}}"#)).0, "/a~1b~0c");
        assert_eq!(field_error(&format!(r#"{{{ID},"numbers":[],"inner":{{"amount":1,"x":2}}}}"#)).0, "/inner/x");
        assert_eq!(field_error(&format!("{{{ID},{ID}}}")), ("/id".into(), "must occur only once".into()));
        assert_eq!(field_error(&format!(r#"{{{ID},"numbers":[],"inner":{{"amount":1,"amount":1}}}}"#)).0, "/inner/amount");
    }

    #[test]
    fn values_of_the_wrong_type_are_reported_with_their_pointers() {
        assert_eq!(field_error(r#"{"id":"x"}"#).0, "/id");
        assert_eq!(field_error(r#"{"id":1}"#).0, "/id");
        assert_eq!(field_error(&format!(r#"{{{ID},"numbers":[1,-2]}}"#)).0, "/numbers/1");
        assert_eq!(field_error(&format!(r#"{{{ID},"numbers":[1.5]}}"#)).0, "/numbers/0");
        assert_eq!(field_error(&format!(r#"{{{ID},"numbers":{{}}}}"#)).0, "/numbers");
        assert_eq!(field_error(&format!(r#"{{{ID},"numbers":[],"inner":{{"amount":99999999999999999999}}}}"#)).0, "/inner/amount");
        for text in ["[]", "null", "1", "\"x\""] {
            assert_eq!(field_error(text).0, "", "{text}");
        }
    }

    #[test]
    fn a_list_of_values_is_refused_as_an_object() {
        assert_eq!(field_error(r#"["0f207207-0000-7000-8000-000000000001",[],null]"#).0, "");
        assert_eq!(field_error(&format!(r#"{{{ID},"numbers":[],"inner":[5]}}"#)).0, "/inner");
    }

    proptest! {
        #[test]
        fn written_objects_are_read(id: u128, numbers: Vec<u32>, amount: Option<i64>) {
            let id = Uuid::from_u128(id);
            let inner = amount.map(|amount| serde_json::json!({"amount": amount}));
            let text = serde_json::json!({"id": id, "numbers": numbers, "inner": inner}).to_string();
            let read = read::<Object>(serde_json::from_str(&text).expect("JSON")).expect("a valid object");
            prop_assert_eq!((read.id, read.numbers, read.inner.map(|inner| inner.amount)), (id, numbers, amount));
        }

        #[test]
        fn invalid_members_are_reported_with_their_pointers(
            member in "id|numbers|inner|[~/a]{0,4}", value in "null|true|-?[0-9]{1,22}(\\.5|e3)?|\"x?\"|[\\[{]",
        ) {
            let close = match value.as_str() { "[" => "]", "{" => "}", _ => "" };
            let Ok(json) = serde_json::from_str::<Json>(&format!("{{{ID},\"{member}\":{value}{close}}}")) else { return Ok(()) };
            if let Err(field_error) = read::<Object>(json) {
                prop_assert!(field_error.pointer.starts_with('/') && !field_error.message.is_empty(), "{:?}", field_error);
            }
        }
    }
}
