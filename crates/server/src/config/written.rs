//! The entries of the configuration: each key with its value and the source of the value.

use std::collections::BTreeMap;

use config::{Config, Map, Source, Value as Written, ValueKind};
use serde_json::Value;

use super::error::ConfigError;
use super::layers::built_in;
use super::values::Values;

/// Not in the defaults, so that a file can start the list with `[[auth.issuers]]`.
const LIST: (&str, &str) = ("auth", "issuers");

/// A key with its effective value.
#[derive(Debug, PartialEq)]
pub(crate) struct Entry {
    /// The key, like `queue.batch` or `auth.issuers[0].name`.
    pub(crate) key: String,
    /// The effective value; secrets are hidden.
    pub(crate) value: Value,
    /// The source of the value: the file, `environment`, or `built in`.
    pub(crate) from: String,
}

/// Returns all entries, by section.
pub(super) fn entries(layers: &Config) -> Result<Vec<Entry>, ConfigError> {
    refuse_unknown(layers)?;
    let written = Written::new(None, ValueKind::Table(layers.collect()?));
    let values = layers.clone().try_deserialize::<Values>()?;
    let values = serde_json::to_value(values).map_err(|error| config::ConfigError::Foreign(Box::new(error)))?;
    let mut entries = Vec::new();
    flatten(String::new(), values, Some(&written), &mut entries);
    Ok(entries)
}

fn flatten(key: String, value: Value, written: Option<&Written>, entries: &mut Vec<Entry>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let written = written.and_then(|written| match &written.kind {
                    ValueKind::Table(table) => table.get(&name),
                    _ => None,
                });
                let key = if key.is_empty() { name } else { format!("{key}.{name}") };
                flatten(key, member, written, entries);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.into_iter().enumerate() {
                let written = written.and_then(|written| match &written.kind {
                    ValueKind::Array(items) => items.get(index),
                    _ => None,
                });
                flatten(format!("{key}[{index}]"), item, written, entries);
            }
        }
        // A source of an issuer's keys that is not set.
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => entries.push(Entry { key, value, from: origin(written) }),
    }
}

/// Returns the configuration keys of the first external issuer in `layers`, with their values or defaults.
#[cfg(test)]
pub(super) fn issuer_keys(layers: &Config) -> Result<serde_json::Map<String, Value>, ConfigError> {
    let values = layers.clone().try_deserialize::<Values>()?;
    let issuer = values.auth.issuers.first().and_then(|issuer| serde_json::to_value(issuer).ok());
    Ok(issuer.and_then(|issuer| issuer.as_object().cloned()).unwrap_or_default())
}

/// Returns the source of a value.
fn origin(written: Option<&Written>) -> String {
    match written.and_then(Written::origin) {
        Some("the environment") => "environment".to_owned(),
        Some(file) => file.to_owned(),
        None => "built in".to_owned(),
    }
}

/// Refuses unknown sections and keys, by full name: a typo must not go unnoticed.
pub(super) fn refuse_unknown(layers: &Config) -> Result<(), ConfigError> {
    let known = built_in().build()?.collect()?;
    let sections: BTreeMap<_, _> = layers.collect()?.into_iter().collect();
    for (section, written) in sections {
        let Some(keys) = known.get(&section).and_then(table) else {
            // A section itself has no source, but its keys have.
            let key = table(&written).and_then(|keys| keys.values().next());
            return Err(unknown(section, "section", key.unwrap_or(&written)));
        };
        let members: BTreeMap<_, _> = table(&written).into_iter().flatten().collect();
        for (name, member) in members {
            if !keys.contains_key(name) && (section.as_str(), name.as_str()) != LIST {
                return Err(unknown(format!("{section}.{name}"), "key", member));
            }
        }
    }
    Ok(())
}

fn table(value: &Written) -> Option<&Map<String, Written>> {
    match &value.kind {
        ValueKind::Table(table) => Some(table),
        _ => None,
    }
}

fn unknown(key: String, what: &str, written: &Written) -> ConfigError {
    ConfigError::InvalidValue { key, problem: format!("is an unknown configuration {what} (source: {})", origin(Some(written))) }
}

#[cfg(test)]
mod tests {
    use config::{File, FileFormat};

    use super::super::layers::environment;
    use super::*;

    #[test]
    fn each_entry_has_its_effective_value_and_source_with_secrets_hidden() {
        let variables = [("FRONTROW__QUEUE__BATCH", "7"), ("FRONTROW__DATABASE__URL", "postgres://ada:secret@db/frontrow")];
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let file = "[auth]\nissuer_secret = '0123456789abcdef0123456789abcdef'\n[[auth.issuers]]\nname = 'x'\naudience = 'y'\nalgorithm = 'ES256'\npem_file = 'z'";
        let layers = built_in()
            .add_source(File::from_str(file, FileFormat::Toml))
            .add_source(environment().source(Some(variables)))
            .build()
            .unwrap();
        let entries = entries(&layers).unwrap();
        let entry = |key: &str| {
            let entry = entries.iter().find(|entry| entry.key == key).unwrap_or_else(|| panic!("{key} is missing"));
            (entry.value.clone(), entry.from.clone())
        };
        assert_eq!(entry("queue.batch"), (7.into(), "environment".into()));
        assert_eq!(entry("queue.capacity"), (100.into(), "built in".into()));
        assert_eq!(entry("database.url").0, "postgres://ada:***@db/frontrow");
        assert_eq!(entry("auth.issuer_secret").0, "***");
        assert_eq!(entry("auth.issuers[0].pem_file").0, "z");
        assert!(!format!("{entries:?}").contains("secret@") && !format!("{entries:?}").contains("0123456789abcdef"));
    }
}
