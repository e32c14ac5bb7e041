//! The committed OpenAPI document is the generated one.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[tokio::test]
async fn the_committed_document_equals_the_printed_one() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let committed = std::fs::read_to_string(committed).unwrap();
    let printed = frontrow_tests::run(&[], &["openapi"]).await;
    assert!(String::from_utf8(printed.stdout).unwrap() == committed, "docs/openapi.json is stale: run `make openapi`");
}

#[test]
fn no_two_types_share_the_name_of_a_schema() {
    // utoipa keeps one of two schemas with the same name, without a warning.
    let mut names = BTreeSet::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/adapters-http/src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for name in text.split("#[schema(as = ").skip(1).filter_map(|rest| rest.split([',', ')']).next()) {
            assert!(names.insert(name.to_owned()), "{}: {name} exists already", file.display());
        }
    }
    assert!(names.len() > 100, "{names:?}");
}

/// Returns all files below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
