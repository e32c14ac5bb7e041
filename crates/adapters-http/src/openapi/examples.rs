//! Examples: requests and responses that a test has recorded.

use serde_json::{Map, Value, json};

use super::operations::each;

/// The recorded bodies: of the operations, by operation id and status, and of the problems, by code.
const RECORDED: &str = include_str!("../../../../docs/examples.json");

/// Adds the examples.
pub(super) fn add(document: &mut Value) {
    let recorded: Value = serde_json::from_str(RECORDED).unwrap_or_default();
    each(document, &mut |_, operation| {
        let examples = recorded["operations"].get(operation["operationId"].as_str().unwrap_or_default());
        let Some(examples) = examples else { return };
        if let Some(body) = operation.get_mut("requestBody") {
            add_to(body, &examples["request"]);
        }
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            add_to(response, &examples["responses"][status]);
        }
    });
    for schema in document["components"]["schemas"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        let code = schema.pointer("/allOf/1/properties/code/const").and_then(Value::as_str);
        if let Some(example) = code.and_then(|code| recorded["problems"].get(code)).cloned() {
            schema["examples"] = json!([example]);
        }
    }
}

/// Adds the example to the content of a request or response.
fn add_to(message: &mut Value, example: &Value) {
    if example.is_null() {
        return;
    }
    for content in message.get_mut("content").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        content["example"] = example.clone();
    }
}
