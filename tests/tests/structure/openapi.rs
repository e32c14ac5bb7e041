//! The committed OpenAPI document is the generated one.

use std::path::Path;

#[tokio::test]
async fn the_committed_document_equals_the_printed_one() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let committed = std::fs::read_to_string(committed).unwrap();
    let printed = frontrow_tests::run(&[], &["openapi"]).await;
    assert!(String::from_utf8(printed.stdout).unwrap() == committed, "docs/openapi.json is stale: run `make openapi`");
}
