//! `frontrow migrate`: brings the schema up to date.

use std::process::ExitCode;

use crate::config::Settings;
use crate::store;

pub(super) async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    store::must_outlive_the_process(&settings.database)?;
    store::open(settings).await?;
    println!("the schema is up to date");
    Ok(ExitCode::SUCCESS)
}
