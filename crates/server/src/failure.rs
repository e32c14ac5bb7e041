//! How a command fails: with an exit code, and one error on standard error.

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::{Value, json};
use thiserror::Error;

use crate::client::Refused;
use crate::config::ConfigError;

/// The exit code of a command that ran and failed.
pub(crate) const FAILED: u8 = 1;
/// The exit code of a command that was called or configured wrongly.
const WRONG_USAGE: u8 = 2;

/// The command was called wrongly, in a way that only it can see.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Tells of arguments that make no command, as JSON if they ask for it; also prints the help that was asked for.
pub(crate) fn of_usage(error: &clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        // Who asks for help and doesn't read it misses nothing.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if json {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        say(&problem("Wrong usage", "WRONG_USAGE", first.strip_prefix("error: ").unwrap_or(first)).to_string());
    } else {
        let _ = error.print();
    }
    ExitCode::from(WRONG_USAGE)
}

/// Tells why a command failed.
pub(crate) fn of_command(error: &anyhow::Error, json: bool) -> ExitCode {
    let (exit, title, code) = if error.is::<ConfigError>() {
        (WRONG_USAGE, "The configuration is wrong", "WRONG_CONFIGURATION")
    } else if error.is::<Usage>() {
        (WRONG_USAGE, "Wrong usage", "WRONG_USAGE")
    } else {
        (FAILED, "The command failed", "COMMAND_FAILED")
    };
    let causes = format!("{error:#}");
    if json {
        let told = error.downcast_ref::<Refused>().map_or_else(|| problem(title, code, &causes), |refused| refused.problem.clone());
        say(&told.to_string());
    } else {
        say(&format!("error: {causes}"));
    }
    ExitCode::from(exit)
}

/// As the API tells of refusals.
fn problem(title: &str, code: &str, detail: &str) -> Value {
    json!({"type": "about:blank", "title": title, "code": code, "detail": detail})
}

fn say(line: &str) {
    // With nobody to tell, the exit code tells.
    let _ = writeln!(io::stderr(), "{line}");
}
