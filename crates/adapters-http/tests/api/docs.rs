//! The served documentation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::{document, operations};
use crate::shop::Shop;

#[actix_web::test]
async fn the_served_document_equals_the_generated_one() {
    let shop = Shop::open().await;
    let served = shop.get("/openapi.json").send().await.with_status(200);
    assert_eq!(str::from_utf8(&served.bytes), Ok(adapters_http::openapi()));
    assert!(served.body["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
}

#[test]
fn the_document_contains_every_operation_of_the_contract() {
    let operations_found: BTreeSet<_> =
        operations().into_iter().map(|(method, path, _)| format!("{} {path}", method.to_uppercase())).collect();
    let contract = [
        "POST /v1/users",
        "GET /v1/users/me",
        "POST /v1/queue-tokens",
        "GET /v1/queue-tokens/{token}",
        "DELETE /v1/queue-tokens/{token}",
        "POST /v1/queue-tokens/{token}/stream-tickets",
        "GET /v1/queues/{id}",
        "GET /v1/queues/{id}/board",
        "GET /v1/concerts",
        "GET /v1/concerts/{id}",
        "GET /v1/concerts/{id}/schedules",
        "GET /v1/rankings/popular",
        "GET /v1/rankings/sold-out",
        "GET /v1/schedules/{id}",
        "GET /v1/schedules/{id}/seats",
        "GET /v1/schedules/{id}/layout",
        "GET /v1/schedules/{id}/layouts/{hash}",
        "GET /v1/schedules/{id}/availability",
        "GET /v1/schedules/{id}/availability/events",
        "POST /v1/schedules/{id}/availability/stream-tickets",
        "POST /v1/reservations",
        "POST /v1/reservations/{id}:exchange",
        "GET /v1/reservations",
        "GET /v1/reservations/{id}",
        "DELETE /v1/reservations/{id}",
        "GET /v1/wallet",
        "POST /v1/wallet/charges",
        "GET /v1/wallet/entries",
        "POST /v1/payments",
        "GET /v1/payments",
        "GET /v1/payments/{id}",
        "POST /v1/payments/{id}/refunds",
        "POST /v1/sessions",
        "POST /v1/sessions:refresh",
        "GET /v1/sessions",
        "DELETE /v1/sessions/{id}",
        "POST /v1/admin/login-codes",
        "GET /v1/admin/events",
        "GET /livez",
        "GET /readyz",
    ];
    for operation in contract {
        assert!(operations_found.contains(operation), "{operation} is not in {operations_found:?}");
    }
}

#[test]
fn every_operation_documents_its_security_and_responses() {
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        assert!(ids.insert(operation["operationId"].to_string()), "{method} {path}");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
        let mut of_problems = responses.values().filter_map(|response| response["description"].as_str());
        let is_secured = of_problems.any(|codes| codes.contains("`UNAUTHENTICATED`"));
        assert_eq!(is_secured, operation["security"] != json!([]), "{method} {path}");
        assert_eq!(responses.contains_key("5XX"), path.starts_with("/v1/"), "{method} {path}");
        for (status, response) in responses {
            let failed = status.starts_with(['4', '5']);
            assert_eq!(response["content"].get("application/problem+json").is_some(), failed, "{method} {path} {status}");
        }
    }
}

#[test]
fn every_reference_in_the_document_resolves() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let (document, mut found) = (document(), BTreeSet::new());
    references(document, &mut found);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[actix_web::test]
async fn the_docs_page_is_served_with_and_without_a_trailing_slash_and_loads_no_external_files() {
    let shop = Shop::open().await;
    for path in ["/docs", "/docs/"] {
        let page = shop.get(path).header("Accept", "text/html").send().await.with_status(200);
        let page = String::from_utf8(page.bytes).expect("text");
        assert!(page.contains("<base href=\"/docs/\">"), "{path}: {page}");
        assert!(!page.contains("://"), "{path}: {page}");
    }
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "index.css"] {
        let answer = shop.get(&format!("/docs/{file}")).send().await.with_status(200);
        assert!(!answer.bytes.is_empty(), "{file}");
    }
    let start = shop.get("/docs/swagger-initializer.js").send().await.with_status(200);
    assert!(String::from_utf8(start.bytes).is_ok_and(|script| script.contains("/openapi.json")));
    shop.get("/docs/../secret").send().await.with_problem(404, "NOT_FOUND");
    shop.get("/docs/nothing.js").send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn the_type_of_a_problem_is_the_path_of_its_page() {
    let shop = Shop::open().await;
    let refused = shop.get("/v1/users/me").send().await.with_problem(401, "UNAUTHENTICATED");
    let page = shop.get(refused.body["type"].as_str().expect("a path")).send().await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    let title = refused.body["title"].as_str().expect("a title");
    assert!(text.contains(title) && text.contains("UNAUTHENTICATED"), "{text}");
    shop.get("/problems/unknown").send().await.with_problem(404, "NOT_FOUND");
    shop.post("/problems/not-found").send().await.with_problem(405, "METHOD_NOT_ALLOWED");
}

#[actix_web::test]
async fn every_problem_code_has_a_section_in_the_docs() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/problems.md")).expect("docs/problems.md");
    let mut codes = BTreeSet::new();
    for (_, _, operation) in operations() {
        for response in operation["responses"].as_object().expect("responses").values() {
            let description = response["description"].as_str().unwrap_or_default();
            codes.extend(
                description
                    .split('`')
                    .filter(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
                    .map(str::to_owned),
            );
        }
    }
    assert!(codes.len() > 25, "{codes:?}");
    for code in codes.iter().map(String::as_str).chain(["METHOD_NOT_ALLOWED", "RATE_LIMITED"]) {
        let section = format!("## {}\n", code.to_lowercase().replace('_', "-"));
        assert!(text.contains(&section), "{section}");
        assert!(text.contains(&format!("`{code}`")), "{code}");
    }
}
