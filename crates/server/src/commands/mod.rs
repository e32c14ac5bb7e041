//! The commands: one module each.

mod audit;
mod issuer;
mod migrate;
mod openapi;
mod serve;
mod token;

use std::process::ExitCode;

use anyhow::Context;

use crate::cli::Command;
use crate::config::Settings;
use crate::telemetry;

/// Runs `command`.
pub(crate) fn run(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    let telemetry = telemetry::start(&settings)?;
    // One runtime owns the pools, the lanes and the tasks; the HTTP workers have their own and hand work over.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no runtime")?;
    let code = match command {
        Command::Serve => serve::run(&runtime, &settings, telemetry.tracer()),
        Command::Migrate => runtime.block_on(migrate::run(&settings)),
        Command::Token { role, user, demo_user } => runtime.block_on(token::run(&settings, role, user, demo_user)),
        Command::Audit => runtime.block_on(audit::run(&settings)),
        Command::Openapi => openapi::run(),
    };
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    // The last thing: what the tasks have done is told, too.
    drop(telemetry);
    code
}
