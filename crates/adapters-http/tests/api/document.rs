//! The OpenAPI document, as tests read it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(adapters_http::openapi()).expect("JSON"));

/// Returns the document.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// Returns what `value` refers to, or itself.
pub(crate) fn resolved(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(location) => DOCUMENT.pointer(location.trim_start_matches('#')).unwrap_or_else(|| panic!("{location}")),
        None => value,
    }
}

/// Returns each operation's method, path and description; its security is given, and its parameters, its responses and their headers are
/// resolved.
pub(crate) fn operations() -> Vec<(String, String, Value)> {
    let mut operations = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item") {
            let mut operation = operation.clone();
            let security = operation.get("security").unwrap_or(&DOCUMENT["security"]).clone();
            operation["security"] = security;
            for part in operation["parameters"].as_array_mut().expect("parameters") {
                *part = resolved(part).clone();
            }
            for response in operation["responses"].as_object_mut().expect("responses").values_mut() {
                *response = resolved(response).clone();
                for header in response.get_mut("headers").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
                    *header = resolved(header).clone();
                }
            }
            operations.push((method.clone(), path.clone(), operation));
        }
    }
    operations
}

/// Asserts that a problem has the documented members of its code, and no others.
#[track_caller]
pub(crate) fn assert_documented(problem: &Value) {
    let schemas = &DOCUMENT["components"]["schemas"];
    let code = problem["code"].as_str().expect("a code");
    let location = schemas["Problem"]["discriminator"]["mapping"][code].as_str().unwrap_or_else(|| panic!("{code} is not documented"));
    let own = &DOCUMENT.pointer(location.trim_start_matches('#')).unwrap_or_else(|| panic!("{location}"))["allOf"][1];
    let (mut allowed, mut required) = (BTreeSet::new(), BTreeSet::new());
    for schema in [&schemas["ProblemMembers"], own] {
        allowed.extend(schema["properties"].as_object().expect("properties").keys().map(String::as_str));
        required.extend(schema["required"].as_array().expect("names").iter().filter_map(Value::as_str));
    }
    let found: BTreeSet<_> = problem.as_object().expect("an object").keys().map(String::as_str).collect();
    assert!(found.is_subset(&allowed) && required.is_subset(&found), "not as documented: {problem}");
    for (name, schema) in own["properties"].as_object().expect("properties") {
        if let (Some(known), Some(value)) = (resolved(schema)["enum"].as_array(), problem.get(name)) {
            assert!(known.contains(value), "{name} is not one of {known:?}: {problem}");
        }
    }
}
