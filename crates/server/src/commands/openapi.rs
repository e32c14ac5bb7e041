//! `frontrow openapi`: prints the OpenAPI document.

use std::process::ExitCode;

#[expect(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub(super) fn run() -> anyhow::Result<ExitCode> {
    println!("{}", adapters_http::openapi());
    Ok(ExitCode::SUCCESS)
}
