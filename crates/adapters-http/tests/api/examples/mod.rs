//! The examples of the OpenAPI document: recorded here, committed as `docs/examples.json`, and added to the document.
//!
//! `make examples` records them again. Each operation is recorded in a new shop, so that a new operation changes no other example.

mod operations;
mod problems;
mod stable;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::document::{document, operations as documented, resolved};

/// If this variable is set, the examples are written instead of compared.
const RECORD: &str = "FRONTROW_RECORD_EXAMPLES";

/// The media types of bodies that are recorded.
const RECORDED: [&str; 3] = ["application/json", "text/csv", "text/event-stream"];

fn path() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples.json").into()
}

#[actix_web::test]
async fn the_committed_examples_are_the_recorded_ones() {
    let recorded = json!({"operations": operations::record().await, "problems": problems::record().await});
    let codes = document()["components"]["schemas"]["Problem"]["discriminator"]["mapping"].as_object().expect("the codes");
    let without: Vec<_> = codes.keys().filter(|code| recorded["problems"].get(code).is_none()).collect();
    assert!(without.is_empty(), "add requests to examples/problems.rs for {without:?}");
    let recorded = serde_json::to_string_pretty(&recorded).expect("JSON") + "\n";
    if std::env::var_os(RECORD).is_some() {
        std::fs::write(path(), &recorded).expect("written");
    }
    let committed = std::fs::read_to_string(path()).expect("docs/examples.json");
    let difference = committed.lines().zip(recorded.lines()).find(|(committed, recorded)| committed != recorded);
    assert!(committed == recorded, "docs/examples.json is stale, first at {difference:?}: run `make examples`");
}

#[test]
fn every_body_of_the_document_has_an_example() {
    let mut without = Vec::new();
    for (method, path, operation) in documented() {
        let responses = operation["responses"].as_object().expect("responses");
        let answers = responses.iter().filter(|(status, _)| status.starts_with('2')).map(|(status, response)| (status.as_str(), response));
        for (part, message) in answers.chain([("request", &operation["requestBody"])]) {
            let contents = message["content"].as_object().into_iter().flatten();
            let missing = contents.filter(|(media_type, content)| RECORDED.contains(&media_type.as_str()) && !has_example(content));
            without.extend(missing.map(|_| format!("{method} {path}: {part}")));
        }
    }
    assert!(without.is_empty(), "add requests to examples/operations.rs for {without:#?}");
}

/// Whether content has an example, or its schema has; that of a list may be that of its items.
fn has_example(content: &Value) -> bool {
    let schema = resolved(&content["schema"]);
    let item = resolved(&schema["properties"]["items"]["items"]);
    content.get("example").is_some() || [schema, item].into_iter().any(|schema| schema["examples"][0].is_object())
}

/// Asserts that an example of a problem is one, and returns it.
fn problem_of(body: &[u8]) -> Value {
    let problem: Value = serde_json::from_slice(body).expect("JSON");
    crate::document::assert_documented(&problem);
    stable::stable(&problem)
}
