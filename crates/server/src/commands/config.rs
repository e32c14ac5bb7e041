//! `frontrow config`: shows and checks the configuration.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::config::{Settings, written};
use crate::keys::Rotation;
use crate::output::{Output, list, table};

pub(super) fn show(folder: &Path, profile: Option<&str>, output: Output) -> anyhow::Result<ExitCode> {
    let entries = written(folder, profile)?.into_iter();
    let items: Value = entries.map(|entry| json!({"key": entry.key, "value": entry.value, "from": entry.from})).collect();
    // As written in a file, so that an empty string is visible.
    let row = |item: &Value| json!({"key": item["key"], "value": item["value"].to_string(), "from": item["from"]});
    let columns = [("key", "/key"), ("value", "/value"), ("source", "/from")];
    output.print(&json!({"items": items}), || table(&list(&items).iter().map(row).collect::<Vec<_>>(), &columns))?;
    Ok(ExitCode::SUCCESS)
}

/// Checks the key files of issuers. All other checks were passed when the settings were loaded.
pub(super) async fn check(settings: &Settings, output: Output) -> anyhow::Result<ExitCode> {
    for issuer in &settings.auth.external {
        Rotation::start(issuer.clone(), settings.auth.refresh).await?;
    }
    output.print(&json!({"good": true}), || "The configuration is valid.".to_owned())?;
    Ok(ExitCode::SUCCESS)
}
