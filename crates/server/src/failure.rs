//! Failures of commands: an exit code, and one error message on standard error.

use std::io::{self, Write};
use std::process::ExitCode;

use frontrow_client::Error;
use serde_json::{Value, json};

use crate::config::ConfigError;
use crate::usage::Usage;

/// The exit code of a command that ran and failed.
pub(crate) const FAILED: u8 = 1;
/// The exit code for invalid usage or configuration.
const WRONG_USAGE: u8 = 2;

/// Reports invalid arguments, as JSON if they contain `--json`, or prints the requested help.
pub(crate) fn report_usage(error: &clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        // A closed output is no error.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if json {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        print_line(&problem("Invalid usage", "WRONG_USAGE", first.strip_prefix("error: ").unwrap_or(first)).to_string());
    } else {
        let _ = error.print();
    }
    ExitCode::from(WRONG_USAGE)
}

/// Reports why a command failed.
pub(crate) fn report_command(error: &anyhow::Error, json: bool) -> ExitCode {
    let (exit, title, code) = if error.is::<ConfigError>() {
        (WRONG_USAGE, "Invalid configuration", "WRONG_CONFIGURATION")
    } else if error.is::<Usage>() {
        (WRONG_USAGE, "Invalid usage", "WRONG_USAGE")
    } else {
        (FAILED, "The command failed", "COMMAND_FAILED")
    };
    let causes = format!("{error:#}");
    if json {
        let refused = error.downcast_ref().and_then(Error::problem);
        let document = refused.map_or_else(|| problem(title, code, &causes), |refused| refused.document.clone());
        print_line(&document.to_string());
    } else {
        print_line(&format!("error: {causes}"));
    }
    ExitCode::from(exit)
}

/// Creates a problem document like those of the API.
fn problem(title: &str, code: &str, detail: &str) -> Value {
    json!({"type": "about:blank", "title": title, "code": code, "detail": detail})
}

fn print_line(line: &str) {
    // If standard error is closed, the exit code still reports the failure.
    let _ = writeln!(io::stderr(), "{line}");
}
