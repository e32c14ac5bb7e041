//! `frontrow console`: opens the console in a browser, signed in by a login code.

use std::io::{IsTerminal as _, stdout};
use std::process::{Command, Stdio};

use anyhow::Context;
use serde_json::{Value, json};

use crate::cli::Console;
use crate::client::Client;
use crate::output::Output;

pub(super) fn run(client: &Client, base: &str, arguments: &Console, output: Output) -> anyhow::Result<()> {
    let created = client.post("/v1/admin/login-codes", &json!({}))?;
    let code = created["code"].as_str().context("the server's response has no login code")?;
    let (url, seconds) = (address(base, code), &created["expires_in_seconds"]);
    output.print(&json!({"url": url, "expires_in_seconds": seconds}), || text(&url, seconds))?;
    if matches!(output, Output::Table) && !arguments.no_browser && has_desktop(arguments) {
        open(&url);
    }
    Ok(())
}

/// Returns the address of the console with a login code in the fragment, which browsers don't send to servers.
fn address(base: &str, code: &str) -> String {
    format!("{}/console#code={code}", base.trim_end_matches('/'))
}

fn text(url: &str, seconds: &Value) -> String {
    format!("{url}\nThe address can be opened once, within {seconds} s.")
}

/// Whether a browser would open in front of the user.
fn has_desktop(arguments: &Console) -> bool {
    let is_set = |display: &Option<_>| display.as_ref().is_some_and(|display: &std::ffi::OsString| !display.is_empty());
    stdout().is_terminal() && (cfg!(target_os = "macos") || is_set(&arguments.x_display) || is_set(&arguments.wayland_display))
}

/// Opens the browser, without waiting for it. The address was printed, so a failure is not an error.
fn open(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let opened = Command::new(program).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if let Err(error) = opened {
        tracing::debug!(%error, program, "the browser can't be opened");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_in_the_fragment_of_the_address() {
        assert_eq!(address("http://127.0.0.1:8080", "abc"), "http://127.0.0.1:8080/console#code=abc");
        assert_eq!(address("https://tickets.example.com/", "abc"), "https://tickets.example.com/console#code=abc");
    }
}
