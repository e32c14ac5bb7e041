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
            add_to(body, &json!({"application/json": examples["request"]}), &mut of_schemas);
        }
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            add_to(response, &examples["responses"][status], &mut of_schemas);
        }
    });
    let lists = document["components"]["schemas"].as_object().into_iter().flatten().filter_map(|(name, schema)| {
        let item = schema.pointer("/properties/items/items/$ref")?.as_str()?.rsplit('/').next()?;
        Some((name.clone(), item.to_owned()))
    });
    for (list, item) in lists.collect::<Vec<_>>() {
        // The example of the item is enough.
        if let Some(example) = of_schemas.remove(&list) {
            of_schemas.entry(item).or_insert_with(|| example["items"][0].clone());
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        match schema.pointer("/allOf/1/properties/code/const").and_then(Value::as_str) {
            Some(code) => add_to_problem(schema, &recorded["problems"][code]),
            None => of_schemas.get(name).into_iter().for_each(|example| schema["examples"] = json!([example])),
        }
    }
}

/// Adds the example of the members that all problems of one code have, and only they. The schema of the common members has an example of
/// theirs.
fn add_to_problem(schema: &mut Value, example: &Value) {
    let own = &mut schema["allOf"][1];
    let required = own["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let of_code: Map<_, _> = required.filter_map(|name| Some((name.to_owned(), example.get(name)?.clone()))).collect();
    if of_code.len() > 1 {
        own["examples"] = json!([of_code]);
    }
}

/// Adds the examples, by media type, to the named schemas of a request or response, which may be those of other operations, or else to its
/// content.
fn add_to(message: &mut Value, examples: &Value, of_schemas: &mut Map<String, Value>) {
    for (media_type, content) in message.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
        let Some(example) = examples.get(media_type).filter(|example| !example.is_null()) else { continue };
        match content["schema"]["$ref"].as_str().and_then(|location| location.rsplit('/').next()) {
            Some(name) => {
                of_schemas.entry(name).or_insert_with(|| example.clone());
            }
            None => content["example"] = example.clone(),
        }
    }
}
