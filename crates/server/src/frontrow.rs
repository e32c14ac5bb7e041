//! The program: its stores and its command line.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::store::{Drivers, StoreDriver};
use crate::{commands, failure};

/// Frontrow with its command line. It supports the stores `memory:`, `sqlite:`, `postgres:` and `postgresql:`, and registered ones.
#[must_use = "a program does nothing until it is run"]
pub struct Frontrow {
    drivers: Drivers,
}

impl Default for Frontrow {
    fn default() -> Self {
        Self::new()
    }
}

impl Frontrow {
    /// Creates a program with the built-in stores.
    pub fn new() -> Self {
        Self { drivers: Drivers::built_in() }
    }

    /// Registers `driver` for each `database.url` of this scheme, and replaces a driver registered earlier.
    ///
    /// # Panics
    /// If `scheme` is invalid. It must be a lower-case letter, then lower-case letters, digits, `+`, `-` and `.`, without a colon.
    pub fn store(mut self, scheme: &str, driver: impl StoreDriver + 'static) -> Self {
        self.drivers.register(scheme, driver);
        self
    }

    /// Runs the command that the process was called with; the exit code is 0 if it succeeded, 1 if it failed, 2 for wrong usage or
    /// configuration.
    ///
    /// Results go to standard output; logs and errors to standard error. Logs go to the `tracing` subscriber of the process instead if it
    /// has one.
    pub fn run(self) -> ExitCode {
        self.run_with(std::env::args_os())
    }

    /// Like [`Self::run`], but with these arguments; the first is the program's name. Environment variables also apply. `serve` ends when
    /// the process receives SIGTERM or SIGINT, and can be run once per process. `rehearse` starts the process's executable as its server.
    pub fn run_with(self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> ExitCode {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let cli = match Cli::try_parse_from(&arguments) {
            Ok(cli) => cli,
            Err(error) => return failure::report_usage(&error, arguments.iter().any(|argument| argument == OsStr::new("--json"))),
        };
        let json = cli.json;
        commands::run(cli, &self.drivers, program_name(&arguments)).unwrap_or_else(|error| failure::report_command(&error, json))
    }
}

/// Returns the file name of the program.
fn program_name(arguments: &[OsString]) -> &str {
    arguments.first().and_then(|path| Path::new(path).file_name()).and_then(OsStr::to_str).unwrap_or("frontrow")
}
