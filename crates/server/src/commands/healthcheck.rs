//! `frontrow healthcheck`: checks the configured server, for containers without an HTTP client.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::reach::address;
use crate::cli::Healthcheck;
use crate::client::Client;
use crate::config::Settings;
use crate::output::Output;

/// The time limit of a request: shorter than the timeout of a container's health check.
const TIMEOUT: Duration = Duration::from_millis(2_500);

pub(super) fn run(settings: &Settings, check: &Healthcheck, output: Output) -> anyhow::Result<ExitCode> {
    let path = if check.ready { "/readyz" } else { "/livez" };
    let server = address(settings.http.bind)?;
    check_path(&server, path)?;
    output.print(&json!({"status": "ok"}), || format!("{server}{path} returned 200"))?;
    Ok(ExitCode::SUCCESS)
}

/// Checks that `path` of `server` returns a success.
fn check_path(server: &str, path: &str) -> anyhow::Result<()> {
    Ok(Client::without_token(server, TIMEOUT)?.check(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::FakeServer;

    #[test]
    fn only_status_200_is_healthy() {
        for (status, is_healthy) in [("200 OK", true), ("503 Service Unavailable", false), ("302 Found", false), ("404 Not Found", false)] {
            let fake = FakeServer::with(vec![(status, "location: /elsewhere\r\n", String::new())]);
            let result = check_path(fake.base(), "/livez");
            assert_eq!(result.is_ok(), is_healthy, "{status}: {result:?}");
            assert_eq!(fake.requests()[0].line, "GET /livez");
        }
        assert!(check_path("http://127.0.0.1:1", "/livez").unwrap_err().to_string().contains("http://127.0.0.1:1 can't be reached"));
    }
}
