//! `frontrow config`: shows and checks the configuration.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::config::{Settings, written};
use crate::keys::Rotation;
use crate::output::{Output, list, table};

pub(super) fn output(folder: &Path, profile: Option<&str>, output: Output) -> anyhow::Result<ExitCode> {
    let entries = written(folder, profile)?.into_iter();
    let items: Value = entries.map(|entry| json!({"key": entry.key, "value": entry.value, "from": entry.from})).collect();
    // As a file would say it: an empty text is seen.
    let said = |item: &Value| json!({"key": item["key"], "value": item["value"].to_string(), "from": item["from"]});
    let columns = [("key", "/key"), ("value", "/value"), ("from", "/from")];
    output.tell(&json!({"items": items}), || table(&list(&items).iter().map(said).collect::<Vec<_>>(), &columns))?;
    Ok(ExitCode::SUCCESS)
}

/// Settings that could be loaded are good but for the key files of issuers, which are read here.
pub(super) async fn check(settings: &Settings, output: Output) -> anyhow::Result<ExitCode> {
    for issuer in &settings.auth.external {
        Rotation::start(issuer.clone(), settings.auth.refresh).await?;
    }
    output.tell(&json!({"good": true}), || "the configuration is good".to_owned())?;
    Ok(ExitCode::SUCCESS)
}
