//! `frontrow migrate`: migrates the schema.

use std::process::ExitCode;

use serde_json::json;

use crate::config::Settings;
use crate::output::Output;

pub(super) async fn run(settings: &Settings, output: Output) -> anyhow::Result<ExitCode> {
    settings.store.must_be_persistent()?;
    settings.store.open().await?.close().await;
    output.print(&json!({"up_to_date": true}), || "The schema is up to date.".to_owned())?;
    Ok(ExitCode::SUCCESS)
}
