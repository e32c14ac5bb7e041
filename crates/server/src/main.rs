//! The `frontrow` binary: reads the configuration, wires the crates together, runs.

mod built;
mod cli;
mod client;
mod commands;
mod config;
mod demo;
mod failure;
mod files;
mod health;
mod keys;
mod measure;
mod progress;
mod show;
#[cfg(feature = "otlp")]
mod spans;
mod store;
mod telemetry;
mod text;
mod welcome;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return failure::of_usage(&error),
    };
    let json = cli.json;
    commands::run(cli).unwrap_or_else(|error| failure::of_command(&error, json))
}
