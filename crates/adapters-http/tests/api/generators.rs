//! The form of the OpenAPI document that generators of clients need.

use serde_json::{Value, json};

use crate::document::{document, operations, resolved};

/// 220 KiB.
const MAX_BYTES: usize = 220 * 1_024;

/// Calls `check` with every object in `value`.
fn each_object(value: &Value, check: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(members) => {
            check(value);
            members.values().for_each(|member| each_object(member, check));
        }
        Value::Array(items) => items.iter().for_each(|item| each_object(item, check)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_document_is_small() {
    let bytes = document().to_string().len();
    println!("{bytes} bytes, {} indented", adapters_http::openapi().len());
    assert!(bytes < MAX_BYTES, "{bytes}");
}

#[test]
fn lists_refer_to_the_schemas_of_their_items() {
    let schemas = document()["components"]["schemas"].as_object().expect("schemas");
    let lists: Vec<_> = schemas.iter().filter(|(name, _)| name.starts_with("List_")).collect();
    assert!(lists.len() >= 10, "{lists:?}");
    for (name, list) in lists {
        assert!(list["properties"]["items"]["items"]["$ref"].is_string(), "{name}");
        assert_eq!(list["required"], json!(["items", "next_cursor"]), "{name}");
    }
}

#[test]
fn integers_have_formats_that_exist() {
    each_object(document(), &mut |schema| {
        let format = schema["format"].as_str().unwrap_or_default();
        assert!(!format.starts_with("uint"), "{schema}");
    });
}

#[test]
fn every_problem_has_the_schema_of_its_code() {
    for (method, path, operation) in operations() {
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let Some(content) = response["content"].get("application/problem+json") else { continue };
            let schema = &content["schema"];
            let alternatives = schema["oneOf"].as_array().map_or_else(|| vec![schema], |alternatives| alternatives.iter().collect());
            for alternative in &alternatives {
                let code = resolved(alternative)["allOf"][1]["properties"]["code"]["const"].as_str().expect("a code");
                if alternatives.len() > 1 {
                    let mapping = &schema["discriminator"]["mapping"];
                    assert_eq!(mapping[code], alternative["$ref"], "{method} {path} {status}");
                }
            }
        }
    }
}

#[test]
fn parameters_and_headers_have_their_types_and_limits() {
    let mut retries = 0;
    for (method, path, operation) in operations() {
        for parameter in operation["parameters"].as_array().expect("parameters") {
            assert!(!parameter["schema"]["type"].is_array(), "{method} {path}: a parameter is never null: {parameter}");
            if parameter["name"] == "page_size" {
                assert_eq!((&parameter["schema"]["minimum"], &parameter["schema"]["maximum"]), (&json!(1), &json!(200)), "{path}");
            }
        }
        for response in operation["responses"].as_object().expect("responses").values() {
            if let Some(header) = response["headers"].get("Retry-After") {
                assert_eq!(header["schema"]["type"], "integer", "{method} {path}");
                retries += 1;
            }
        }
    }
    assert!(retries > 50, "{retries}");
}

#[test]
fn streams_are_described_as_streams() {
    let mut streams = 0;
    for (_, path, operation) in operations() {
        if let Some(content) = operation["responses"]["200"]["content"].get("text/event-stream") {
            assert_eq!(content["schema"]["type"], "string", "{path}");
            let data = &resolved(&content["x-itemSchema"])["properties"]["data"]["contentSchema"];
            let alternatives = data["oneOf"].as_array().map_or_else(|| vec![data], |alternatives| alternatives.iter().collect());
            for alternative in alternatives {
                let schema = resolved(alternative);
                assert!(schema["properties"].is_object() || schema["allOf"].is_array(), "{path}: {alternative}");
            }
            streams += 1;
        }
    }
    assert_eq!(streams, 4);
}

#[test]
fn each_type_of_event_has_a_schema_with_its_data() {
    let schemas = &document()["components"]["schemas"];
    let mapping = schemas["Event"]["discriminator"]["mapping"].as_object().expect("the types");
    assert_eq!(mapping.len(), schemas["Event"]["oneOf"].as_array().map_or(0, Vec::len));
    for (kind, location) in mapping {
        let reference = json!({"$ref": location});
        let event = &resolved(&reference)["allOf"];
        assert_eq!(event[1]["properties"]["type"]["enum"], json!([kind]));
        assert!(event[1]["properties"]["data"].is_object() && resolved(&event[0])["properties"]["position"].is_object(), "{kind}");
    }
}

#[test]
fn members_that_every_response_with_a_schema_has_are_required() {
    let schemas = &document()["components"]["schemas"];
    for (schema, member) in [("QueueToken", "token"), ("PaymentReceipt", "balance"), ("Payment", "seats"), ("Payment", "schedule")] {
        let parts = schemas[schema]["allOf"].as_array().expect("parts");
        let is_required = |part: &Value| part["required"].as_array().into_iter().flatten().any(|name| name == member);
        assert!(parts.iter().any(is_required), "{schema}.{member}");
    }
}
