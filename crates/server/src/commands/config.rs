//! `frontrow config`: shows and checks the configuration.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::config::{Settings, written};
use crate::keys::Rotation;
use crate::show::Show;

pub(super) fn show(folder: &Path, profile: Option<&str>, show: Show) -> anyhow::Result<ExitCode> {
    let entries = written(folder, profile)?.into_iter();
    let items: Vec<_> = entries.map(|entry| json!({"key": entry.key, "value": entry.value, "from": entry.from})).collect();
    show.list(&json!({"items": Value::from(items)}), &[("key", "/key"), ("value", "/value"), ("from", "/from")])?;
    Ok(ExitCode::SUCCESS)
}

/// Settings that could be loaded are good but for the key files of issuers, which are read here.
pub(super) async fn check(settings: &Settings, show: Show) -> anyhow::Result<ExitCode> {
    for issuer in &settings.auth.external {
        Rotation::start(issuer.clone(), settings.auth.refresh).await?;
    }
    show.tell(&json!({"good": true}), || "the configuration is good".to_owned())?;
    Ok(ExitCode::SUCCESS)
}
