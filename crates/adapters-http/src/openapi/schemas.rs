//! Schemas: those of problems, references instead of copies, the formats of integers, and the members that are always present.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::events;
use super::location::SCHEMAS;
use super::operations::each;
use crate::problem;

/// Completes all schemas.
pub(super) fn complete(document: &mut Value) {
    refer_to_copied_schemas(document);
    walk(document, &mut complete_integer);
    let (mut requests, mut responses) = (BTreeSet::new(), BTreeSet::new());
    let snapshot = document.clone();
    each(document, &mut |_, operation| {
        reach(&snapshot, operation.get("requestBody").unwrap_or(&Value::Null), &mut requests);
        reach(&snapshot, &operation["responses"], &mut responses);
    });
    for (name, schema) in components(document) {
        if responses.contains(name) && !requests.contains(name) {
            walk(schema, &mut require_nullable_members);
        }
        // That they are pages of lists is said by their names.
        if name.starts_with("List_")
            && let Value::Object(schema) = schema
        {
            schema.remove("description");
        }
    }
    if let Value::Object(schemas) = &mut document["components"]["schemas"] {
        events::complete(schemas);
        // Those of problems are complete.
        schemas.extend(problem::schemas());
    }
}

fn components(document: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    document["components"]["schemas"].as_object_mut().into_iter().flatten()
}

/// Calls `visit` with `value` and everything in it.
fn walk(value: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    visit(value);
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| walk(member, visit)),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Replaces each copy of a named schema by a reference to it: utoipa copies the items of generic lists.
fn refer_to_copied_schemas(document: &mut Value) {
    let named = components(document).filter(|(_, schema)| is_copied(schema));
    let named: HashMap<_, _> = named.map(|(name, schema)| (schema.to_string(), format!("{SCHEMAS}{name}"))).collect();
    let mut refer = |value: &mut Value| {
        if is_copied(value)
            && let Some(location) = named.get(&value.to_string())
        {
            *value = json!({"$ref": location});
        }
    };
    for (_, schema) in components(document) {
        // The named schema itself remains.
        schema.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(|part| walk(part, &mut refer));
    }
    walk(&mut document["paths"], &mut refer);
}

/// Whether utoipa would copy a named schema like this one: an object, or one with flattened members.
fn is_copied(schema: &Value) -> bool {
    schema.get("properties").is_some() || schema.get("allOf").is_some()
}

/// OpenAPI has no formats of unsigned integers, and readers of `int32` may fail on larger ones.
fn complete_integer(value: &mut Value) {
    let format = match value["format"].as_str() {
        Some("uint8" | "uint16") => "int32",
        Some("uint32" | "uint64") => "int64",
        _ => return,
    };
    value["format"] = json!(format);
}

/// Adds the names of all schemas that `value` refers to, directly or through others.
fn reach(document: &Value, value: &Value, reached: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str).and_then(|location| location.strip_prefix(SCHEMAS))
                && reached.insert(name.to_owned())
            {
                reach(document, &document["components"]["schemas"][name], reached);
            }
            members.values().for_each(|member| reach(document, member, reached));
        }
        Value::Array(items) => items.iter().for_each(|item| reach(document, item, reached)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// In responses, a member that may be null is always present: members that may be absent are never null.
fn require_nullable_members(schema: &mut Value) {
    let nullable = schema["properties"].as_object().into_iter().flatten().filter(|(_, member)| may_be_null(member));
    let nullable: Vec<_> = nullable.map(|(name, _)| json!(name)).collect();
    if nullable.is_empty() {
        return;
    }
    if !schema["required"].is_array() {
        schema["required"] = json!([]);
    }
    if let Value::Array(required) = &mut schema["required"] {
        for name in nullable {
            if !required.contains(&name) {
                required.push(name);
            }
        }
    }
}

fn may_be_null(schema: &Value) -> bool {
    let types = schema["type"].as_array().into_iter().flatten();
    let mut alternatives = schema["oneOf"].as_array().into_iter().flatten();
    types.into_iter().any(|name| name == "null") || alternatives.any(|alternative| alternative["type"] == "null")
}
