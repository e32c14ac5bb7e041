//! Tests that `docs/configuration.md` documents every key as the program implements it, and nothing else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::tests::{layers_with, with};
use super::written;

const PAGE: &str = include_str!("../../../../docs/configuration.md");
/// An issuer with only the required keys.
const ISSUER: &str = "[[auth.issuers]]\nname = 'x'\naudience = 'y'\nalgorithm = 'ES256'\npem_file = 'z'\n";

/// A row of the tables in the document.
struct Row {
    environment: &'static str,
    default: &'static str,
    values: &'static str,
    meaning: &'static str,
}

fn rows() -> BTreeMap<&'static str, Row> {
    let mut rows = BTreeMap::new();
    for line in PAGE.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [key, environment, default, values, meaning] = cells[..] else { panic!("the row doesn't have five cells: {line}") };
        let row = Row { environment: environment.trim_matches('`'), default: default.trim_matches('`'), values, meaning };
        assert!(rows.insert(key.trim_matches('`'), row).is_none(), "{key} is documented twice");
    }
    rows
}

#[test]
fn exactly_the_existing_keys_are_documented_with_their_defaults() {
    let defaults = written::entries(&layers_with("")).unwrap();
    let mut expected: BTreeMap<_, _> = defaults.into_iter().map(|entry| (entry.key, entry.value.to_string())).collect();
    assert_eq!(expected.remove("auth.issuers"), Some("[]".to_owned()), "there is no default issuer");
    for (name, default) in written::issuer_keys(&layers_with(ISSUER)).unwrap() {
        let default = match (name.as_str(), default) {
            ("name" | "audience" | "algorithm", _) => "required".to_owned(),
            // Set because an issuer without a key source is refused.
            ("pem_file", _) | (_, Value::Null) => "none".to_owned(),
            (_, default) => default.to_string(),
        };
        expected.insert(format!("auth.issuers[].{name}"), default);
    }
    let documented: BTreeMap<_, _> = rows().into_iter().map(|(key, row)| (key.to_owned(), row.default.to_owned())).collect();
    assert_eq!(documented, expected);
}

#[test]
fn each_row_has_its_environment_variable_values_and_meaning() {
    for (key, row) in rows() {
        let variable = if key.contains("[]") { String::new() } else { format!("FRONTROW__{}", key.to_uppercase().replace('.', "__")) };
        assert_eq!(row.environment, variable, "{key}");
        assert!(!row.values.is_empty() && row.meaning.ends_with('.'), "{key}");
    }
}

/// Parses the bounds in a text like `seconds, 1 to 86,400`.
fn range(values: &str) -> Option<(i64, i64)> {
    let number = |text: &str| text.replace(',', "").parse().ok();
    let (from, to) = values.split_once(" to ")?;
    Some((number(from.rsplit(' ').next()?)?, number(to)?))
}

#[test]
fn the_documented_ranges_are_enforced() {
    let mut checked = 0;
    for (key, row) in rows() {
        let Some((least, most)) = range(row.values) else { continue };
        let (section, name) = key.rsplit_once('.').unwrap();
        let load = |value: i64| match section {
            "auth.issuers[]" => with(&format!("{ISSUER}{name} = {value}")),
            // The maximum number of lanes requires this many connections.
            "commit" => with(&format!("[database]\ncommand_connections = 100\n[commit]\n{name} = {value}")),
            _ => with(&format!("[{section}]\n{name} = {value}")),
        };
        for value in [least, most] {
            assert!(load(value).is_ok(), "{key} = {value}: {}", load(value).unwrap_err());
        }
        for value in [least - 1, most + 1] {
            let error = load(value).err().unwrap_or_else(|| panic!("{key} = {value} is accepted")).to_string();
            assert!(error.contains(name), "{key} = {value}: {error}");
        }
        checked += 1;
    }
    let numbers = written::entries(&layers_with("")).unwrap().into_iter().filter(|entry| entry.value.is_number()).count();
    assert_eq!(checked, numbers, "wallet.max_charge has no fixed bounds, an issuer's leeway is not among the defaults");
    assert_eq!(json!(rows()["wallet.max_charge"].values), "minor units, at least 1");
}

/// Other files that mention environment variables.
const OTHER_FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("../../../../README.md")),
    ("docs/operations.md", include_str!("../../../../docs/operations.md")),
    ("docs/security.md", include_str!("../../../../docs/security.md")),
    ("Dockerfile", include_str!("../../../../Dockerfile")),
    ("compose.yaml", include_str!("../../../../compose.yaml")),
    ("examples/frontrow.service", include_str!("../../../../examples/frontrow.service")),
    ("scripts/fuzz.sh", include_str!("../../../../scripts/fuzz.sh")),
    ("config/default.toml", include_str!("../../../../config/default.toml")),
];

#[test]
fn environment_variables_in_other_files_exist() {
    let keys = rows();
    for (file, text) in OTHER_FILES {
        for rest in text.split("FRONTROW__").skip(1) {
            let name = rest.split(|char: char| !char.is_ascii_uppercase() && char != '_').next().unwrap_or_default();
            let key = name.to_lowercase().replace("__", ".");
            assert!(keys.contains_key(key.as_str()), "{file} mentions the unknown variable FRONTROW__{name}");
        }
    }
}
