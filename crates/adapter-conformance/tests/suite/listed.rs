//! Every clause is in the suite and in `CLAUSES.md`.

use std::fs::{read_dir, read_to_string};
use std::path::Path;

/// Returns the names of all clauses under `folder`.
fn clauses(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(clauses(&path));
        } else {
            let source = read_to_string(&path).unwrap();
            let names_here = source.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split_once('('));
            names.extend(names_here.map(|(name, _)| name.to_owned()));
        }
    }
    names
}

#[test]
fn every_clause_is_in_the_suite_and_in_the_docs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (suite, docs) = (read_to_string(root.join("src/suite.rs")).unwrap(), read_to_string(root.join("CLAUSES.md")).unwrap());
    let names = clauses(&root.join("src/clauses"));
    assert!(names.len() > 100, "{} clauses", names.len());
    for name in names {
        assert!(suite.lines().filter(|line| line.trim() == name).count() == 1, "{name} must be in the suite exactly once");
        assert!(docs.contains(&format!("`{name}`")), "{name} must be in CLAUSES.md");
    }
}
