//! Examples: requests and responses that a test has recorded.

use serde_json::{Map, Value, json};

use super::operations::each;

/// The recorded bodies: of the operations, by operation id and status, and of the problems, by code.
const RECORDED: &str = include_str!("../../../../docs/examples.json");

/// Adds the examples.
pub(super) fn add(document: &mut Value) {
    let recorded: Value = serde_json::from_str(RECORDED).unwrap_or_default();
    let mut of_schemas = Map::new();
    each(document, &mut |_, operation| {
        let examples = recorded["operations"].get(operation["operationId"].as_str().unwrap_or_default());
        let Some(examples) = examples else { return };
        if let Some(body) = operation.get_mut("requestBody") {
            add_to(body, &examples["request"], &mut of_schemas);
        }
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            add_to(response, &examples["responses"][status], &mut of_schemas);
        }
    });
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        let code = schema.pointer("/allOf/1/properties/code/const").and_then(Value::as_str);
        let example = code.map_or_else(|| of_schemas.get(name), |code| recorded["problems"].get(code));
        if let Some(example) = example {
            schema["examples"] = json!([example]);
        }
    }
}

/// Adds the example to the named schema of a request or response, which may be that of other operations, or else to its content.
fn add_to(message: &mut Value, example: &Value, of_schemas: &mut Map<String, Value>) {
    if example.is_null() {
        return;
    }
    for content in message.get_mut("content").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        match content["schema"]["$ref"].as_str().and_then(|location| location.rsplit('/').next()) {
            Some(name) => {
                of_schemas.entry(name).or_insert_with(|| example.clone());
            }
            None => content["example"] = example.clone(),
        }
    }
}
