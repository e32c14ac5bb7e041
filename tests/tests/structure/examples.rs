//! Examples are workspaces of their own: they have to use the versions of third-party crates that the workspace uses.

use std::collections::BTreeSet;
use std::path::Path;

const EXAMPLES: &[&str] = &["examples/own-tests"];

/// The crates in a lock file that come from a registry, each with its version and checksum.
fn locked(file: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let lock = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let packages = lock.split("[[package]]\n").skip(1).filter_map(|package| package.split("dependencies = [").next());
    packages.filter(|package| package.contains("source = ")).map(|package| package.trim().to_owned()).collect()
}

#[test]
fn examples_lock_the_versions_of_the_workspace() {
    let workspace = locked("Cargo.lock");
    for example in EXAMPLES {
        let own = locked(&format!("{example}/Cargo.lock"));
        assert!(!own.is_empty(), "{example} locks nothing");
        let other: Vec<_> = own.difference(&workspace).collect();
        assert!(other.is_empty(), "run `cp Cargo.lock {example}/ && cargo metadata --manifest-path {example}/Cargo.toml`: {other:#?}");
    }
}
