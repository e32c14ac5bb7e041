//! The commands, one module each.

mod admin;
mod audit;
mod backup;
mod completions;
mod config;
mod healthcheck;
mod issuer;
mod migrate;
mod openapi;
mod reach;
mod rehearse;
mod serve;
mod token;

use std::process::ExitCode;

use anyhow::Context;

use crate::cli::{Cli, Command, Config};
use crate::config::load;
use crate::output::Output;
use crate::store::Drivers;
use crate::telemetry;

/// Runs the command that `program` was called with, on a store of one of `drivers`.
pub(crate) fn run(cli: Cli, drivers: &Drivers, program: &str) -> anyhow::Result<ExitCode> {
    let output = if cli.json { Output::Json } else { Output::Table };
    let (folder, profile) = (&cli.config_dir, cli.profile.as_deref());
    match cli.command {
        // These don't require a valid configuration.
        Command::Openapi => return openapi::run(),
        Command::Completions { shell } => return completions::run(shell, program),
        Command::Rehearse(rehearse) => return rehearse::run(&rehearse, folder, profile, output),
        Command::Config(Config::Show) => return config::show(folder, profile, output),
        // Health checks are frequent and not logged.
        Command::Healthcheck(check) => return healthcheck::run(&load(folder, profile, drivers)?, &check, output),
        Command::Serve
        | Command::Migrate
        | Command::Token(_)
        | Command::Audit
        | Command::Backup(_)
        | Command::Config(Config::Check)
        | Command::Admin(_) => {}
    }
    let settings = load(folder, profile, drivers)?;
    let telemetry = telemetry::start(&settings)?;
    // One runtime runs the pools, the lanes and the tasks; the HTTP workers have their own runtimes and pass work to it.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime can't be started")?;
    let code = match cli.command {
        Command::Serve => serve::run(&runtime, settings, telemetry.tracer()),
        Command::Migrate => runtime.block_on(migrate::run(&settings, output)),
        Command::Token(token) => runtime.block_on(token::run(&settings, &token, output)),
        Command::Audit => runtime.block_on(audit::run(&settings, output)),
        Command::Backup(backup) => runtime.block_on(backup::run(&settings, &backup, output)),
        Command::Config(_) => runtime.block_on(config::check(&settings, output)),
        Command::Admin(admin) => admin::run(&runtime, &settings, *admin, output),
        Command::Healthcheck(check) => healthcheck::run(&settings, &check, output),
        Command::Openapi => openapi::run(),
        Command::Completions { shell } => completions::run(shell, program),
        Command::Rehearse(rehearse) => rehearse::run(&rehearse, folder, profile, output),
    };
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    // Dropped last, so that the final events of the tasks are logged and exported.
    drop(telemetry);
    code
}
