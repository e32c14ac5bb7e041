//! JSON with one line per operation and component: small to send, and readable in diffs.

use std::fmt::Write as _;

use serde_json::Value;

/// The depth of the values that have a line of their own: `components`, `schemas`, a schema.
const MAX_DEPTH: usize = 3;

/// Writes the document.
pub(super) fn write(document: &Value) -> String {
    let mut text = String::new();
    write_value(document, 0, &mut text);
    text
}

fn write_value(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(members) if depth < MAX_DEPTH && !members.is_empty() => {
            for (index, (name, member)) in members.iter().enumerate() {
                text.push_str(if index == 0 { "{" } else { "," });
                // Writing to a string can't fail.
                let _ = write!(text, "\n{}{}: ", " ".repeat(depth + 1), Value::from(name.as_str()));
                write_value(member, depth + 1, text);
            }
            let _ = write!(text, "\n{}}}", " ".repeat(depth));
        }
        value => text.push_str(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn deep_values_are_on_one_line() {
        let document = json!({"a": {"b": {"c": {"d": [1, {}]}, "e\"": 2}}, "f": {}});
        let text = write(&document);
        assert_eq!(text, "{\n \"a\": {\n  \"b\": {\n   \"c\": {\"d\":[1,{}]},\n   \"e\\\"\": 2\n  }\n },\n \"f\": {}\n}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), document);
    }
}
