//! `frontrow healthcheck`: checks the configured server, for containers without an HTTP client.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;

use super::reach::address;
use crate::cli::Healthcheck;
use crate::config::Settings;
use crate::output::Output;

/// The time limit of a request: shorter than the timeout of a container's health check.
const TIMEOUT: Duration = Duration::from_millis(2_500);

pub(super) fn run(settings: &Settings, check: &Healthcheck, output: Output) -> anyhow::Result<ExitCode> {
    let path = if check.ready { "/readyz" } else { "/livez" };
    let url = format!("{}{path}", address(settings.http.bind)?);
    check_url(&url)?;
    output.print(&json!({"status": "ok"}), || format!("{url} returned 200"))?;
    Ok(ExitCode::SUCCESS)
}

/// Checks that `url` returns 200; the request doesn't go through a proxy.
fn check_url(url: &str) -> anyhow::Result<()> {
    let agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).max_redirects(0).http_status_as_error(false).proxy(None);
    let response = ureq::Agent::from(agent.build()).get(url).call().with_context(|| format!("{url} can't be reached"))?;
    let status = response.status();
    ensure!(status == 200, "{url} returned {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::FakeServer;

    #[test]
    fn only_status_200_is_healthy() {
        for (status, is_healthy) in [("200 OK", true), ("503 Service Unavailable", false), ("302 Found", false), ("404 Not Found", false)] {
            let fake = FakeServer::with(vec![(status, "location: /elsewhere\r\n", String::new())]);
            let result = check_url(&format!("{}/livez", fake.base()));
            assert_eq!(result.is_ok(), is_healthy, "{status}: {result:?}");
            assert_eq!(fake.requests()[0].line, "GET /livez");
        }
        assert!(check_url("http://127.0.0.1:1/livez").unwrap_err().to_string().contains("http://127.0.0.1:1/livez can't be reached"));
    }
}
