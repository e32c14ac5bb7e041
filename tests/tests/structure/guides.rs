//! The code in guides is compiled and run.

use std::path::{Path, PathBuf};

/// Each guide, and the folders of the sources that contain its code.
const GUIDES: &[(&str, &[&str])] = &[
    ("docs/testing-with-mocks.md", &["examples/own-tests/src"]),
    ("docs/your-own-store.md", &["examples/redb-store/src", "examples/redb-store/tests"]),
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the blocks of Rust in a document.
fn blocks(document: &str) -> Vec<&str> {
    document.split("\n```rust\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

#[test]
fn every_block_of_rust_in_a_guide_is_part_of_its_example() {
    for (guide, folders) in GUIDES {
        let files = folders.iter().flat_map(|folder| std::fs::read_dir(repository().join(folder)).unwrap());
        let sources: Vec<String> = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        let document = std::fs::read_to_string(repository().join(guide)).unwrap();
        assert!(!blocks(&document).is_empty(), "{guide} has no code");
        for block in blocks(&document) {
            assert!(sources.iter().any(|source| source.contains(block)), "{folders:?} don't have this block of {guide}:\n{block}");
        }
    }
}
