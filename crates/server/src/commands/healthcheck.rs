//! `frontrow healthcheck`: asks the server that is configured how it is, for a container that has no HTTP client.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;

use super::reach::address;
use crate::cli::Healthcheck;
use crate::config::Settings;
use crate::output::Output;

/// How long an answer may take: less than a container's health check waits.
const TIMEOUT: Duration = Duration::from_millis(2_500);

pub(super) fn run(settings: &Settings, check: &Healthcheck, output: Output) -> anyhow::Result<ExitCode> {
    let path = if check.ready { "/readyz" } else { "/livez" };
    let url = format!("{}{path}", address(settings.http.bind)?);
    ask(&url)?;
    output.tell(&json!({"status": "ok"}), || format!("{url} answers 200"))?;
    Ok(ExitCode::SUCCESS)
}

/// Whether `url` answers 200, on this machine and not through a proxy.
fn ask(url: &str) -> anyhow::Result<()> {
    let agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).max_redirects(0).http_status_as_error(false).proxy(None);
    let answer = ureq::Agent::from(agent.build()).get(url).call().with_context(|| format!("{url} does not answer"))?;
    let status = answer.status();
    ensure!(status == 200, "{url} answers {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    #[test]
    fn only_200_is_healthy() {
        for (status, is_healthy) in [("200 OK", true), ("503 Service Unavailable", false), ("302 Found", false), ("404 Not Found", false)] {
            let fake = Fake::with(vec![(status, "location: /elsewhere\r\n", String::new())]);
            let asked = ask(&format!("{}/livez", fake.base()));
            assert_eq!(asked.is_ok(), is_healthy, "{status}: {asked:?}");
            assert_eq!(fake.asked()[0].line, "GET /livez");
        }
        assert!(ask("http://127.0.0.1:1/livez").unwrap_err().to_string().contains("http://127.0.0.1:1/livez does not answer"));
    }
}
