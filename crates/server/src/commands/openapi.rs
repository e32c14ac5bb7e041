//! `frontrow openapi`: prints the OpenAPI document.

use std::process::ExitCode;

use crate::show;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    show::print(adapters_http::openapi())?;
    Ok(ExitCode::SUCCESS)
}
