//! The `frontrow` binary: reads the configuration, wires the crates together, runs.

mod cli;
mod commands;
mod config;
mod demo;
mod health;
mod keys;
mod measure;
#[cfg(feature = "otlp")]
mod spans;
mod store;
mod telemetry;
mod welcome;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit code of a command that ran and failed.
const FAILED: u8 = 1;
/// The exit code of a command that was called or configured wrongly.
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let settings = match config::load(&cli.config_dir, cli.profile.as_deref()) {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("frontrow: the configuration is wrong: {error}");
            return ExitCode::from(WRONG_USAGE);
        }
    };
    match commands::run(cli.command, settings) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("frontrow: {error:#}");
            ExitCode::from(if error.is::<config::ConfigError>() { WRONG_USAGE } else { FAILED })
        }
    }
}
