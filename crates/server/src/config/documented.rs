//! `docs/configuration.md` says of every key what the program does, and of nothing else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::tests::{layers_with, with};
use super::written;

const PAGE: &str = include_str!("../../../../docs/configuration.md");
/// An issuer of which only what is required is said.
const ISSUER: &str = "[[auth.issuers]]\nname = 'x'\naudience = 'y'\nalgorithm = 'ES256'\npem_file = 'z'\n";

/// A row of the page's tables.
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
        let [key, environment, default, values, meaning] = cells[..] else { panic!("not five cells: {line}") };
        let row = Row { environment: environment.trim_matches('`'), default: default.trim_matches('`'), values, meaning };
        assert!(rows.insert(key.trim_matches('`'), row).is_none(), "{key} is there twice");
    }
    rows
}

#[test]
fn every_key_is_documented_with_its_default_and_nothing_else() {
    let defaults = written::entries(&layers_with("")).unwrap();
    let mut truth: BTreeMap<_, _> = defaults.into_iter().map(|entry| (entry.key, entry.value.to_string())).collect();
    assert_eq!(truth.remove("auth.issuers"), Some("[]".to_owned()), "by default there is none");
    for (name, default) in written::keys_of_an_issuer(&layers_with(ISSUER)).unwrap() {
        let default = match (name.as_str(), default) {
            ("name" | "audience" | "algorithm", _) => "required".to_owned(),
            // Said to make the example good; with neither it would be refused.
            ("pem_file", _) | (_, Value::Null) => "none".to_owned(),
            (_, default) => default.to_string(),
        };
        truth.insert(format!("auth.issuers[].{name}"), default);
    }
    let said: BTreeMap<_, _> = rows().into_iter().map(|(key, row)| (key.to_owned(), row.default.to_owned())).collect();
    assert_eq!(said, truth);
}

#[test]
fn each_row_names_its_environment_variable_its_values_and_its_meaning() {
    for (key, row) in rows() {
        let variable = if key.contains("[]") { String::new() } else { format!("FRONTROW__{}", key.to_uppercase().replace('.', "__")) };
        assert_eq!(row.environment, variable, "{key}");
        assert!(!row.values.is_empty() && row.meaning.ends_with('.'), "{key}");
    }
}

/// The bounds in a text like `seconds, 1 to 86,400`.
fn range(values: &str) -> Option<(i64, i64)> {
    let number = |text: &str| text.replace(',', "").parse().ok();
    let (from, to) = values.split_once(" to ")?;
    Some((number(from.rsplit(' ').next()?)?, number(to)?))
}

#[test]
fn the_ranges_are_those_of_the_program() {
    let mut checked = 0;
    for (key, row) in rows() {
        let Some((least, most)) = range(row.values) else { continue };
        let (section, name) = key.rsplit_once('.').unwrap();
        let say = |value: i64| match section {
            "auth.issuers[]" => with(&format!("{ISSUER}{name} = {value}")),
            // As many lanes as may be need their connections.
            "commit" => with(&format!("[database]\ncommand_connections = 100\n[commit]\n{name} = {value}")),
            _ => with(&format!("[{section}]\n{name} = {value}")),
        };
        for value in [least, most] {
            assert!(say(value).is_ok(), "{key} = {value}: {}", say(value).unwrap_err());
        }
        for value in [least - 1, most + 1] {
            let error = say(value).err().unwrap_or_else(|| panic!("{key} = {value} is accepted")).to_string();
            assert!(error.contains(name), "{key} = {value} says {error}");
        }
        checked += 1;
    }
    let numbers = written::entries(&layers_with("")).unwrap().into_iter().filter(|entry| entry.value.is_number()).count();
    assert_eq!(checked, numbers, "of the keys of numbers, wallet.max_charge has no fixed bounds, and an issuer's leeway is no default");
    assert_eq!(json!(rows()["wallet.max_charge"].values), "minor units, at least 1");
}

/// What else names environment variables.
const TOLD_ELSEWHERE: &[(&str, &str)] = &[
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
fn whatever_names_an_environment_variable_names_one_that_there_is() {
    let keys = rows();
    for (file, text) in TOLD_ELSEWHERE {
        for rest in text.split("FRONTROW__").skip(1) {
            let name = rest.split(|char: char| !char.is_ascii_uppercase() && char != '_').next().unwrap_or_default();
            let key = name.to_lowercase().replace("__", ".");
            assert!(keys.contains_key(key.as_str()), "{file} names FRONTROW__{name}");
        }
    }
}
