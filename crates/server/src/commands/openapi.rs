//! `frontrow openapi`: prints the OpenAPI document.

use std::process::ExitCode;

use crate::output;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    output::print(adapters_http::openapi())?;
    Ok(ExitCode::SUCCESS)
}
