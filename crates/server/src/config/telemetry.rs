//! What is told to those who watch: `[telemetry]`.

use std::time::Duration;

use super::ConfigError;
use super::settings::{A_DAY_IN_SECONDS, seconds, wrong};
use super::values;

const ENDPOINT: &str = "telemetry.otlp_endpoint";
const RATIO: &str = "telemetry.otlp_sample_ratio";

#[derive(Debug)]
pub(crate) struct Telemetry {
    /// Between two times that the ledger is added up; none: it isn't.
    pub(crate) ledger_check: Option<Duration>,
    /// None: spans go nowhere.
    #[cfg(feature = "otlp")]
    pub(crate) otlp: Option<Otlp>,
}

/// Where spans go.
#[derive(Debug)]
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "nobody sends spans without the feature"))]
pub(crate) struct Otlp {
    /// The collector, like `http://127.0.0.1:4318`.
    pub(crate) endpoint: String,
    /// How much of the traces that begin here is sent, from 0 to 1.
    pub(crate) sample_ratio: f64,
}

pub(super) fn read(telemetry: &values::Telemetry) -> Result<Telemetry, ConfigError> {
    let ledger_check = seconds("telemetry.ledger_check_seconds", telemetry.ledger_check_seconds, 0..=A_DAY_IN_SECONDS)?;
    let otlp = otlp(&telemetry.otlp_endpoint, telemetry.otlp_sample_ratio)?;
    #[cfg(not(feature = "otlp"))]
    if otlp.is_some() {
        return Err(wrong(ENDPOINT, "needs a frontrow that was built with the feature otlp"));
    }
    Ok(Telemetry {
        ledger_check: (!ledger_check.is_zero()).then_some(ledger_check),
        #[cfg(feature = "otlp")]
        otlp,
    })
}

fn otlp(endpoint: &str, sample_ratio: f64) -> Result<Option<Otlp>, ConfigError> {
    if !(0.0..=1.0).contains(&sample_ratio) {
        return Err(wrong(RATIO, format!("must be from 0 to 1, not {sample_ratio}")));
    }
    let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
    match host {
        None if endpoint.is_empty() => Ok(None),
        // A password in it would end up in the log.
        Some(host) if !host.is_empty() && !host.contains(['@', '?', '#', ' ']) => {
            Ok(Some(Otlp { endpoint: endpoint.to_owned(), sample_ratio }))
        }
        None | Some(_) => Err(wrong(ENDPOINT, "must be a collector\'s address, like http://127.0.0.1:4318, without a password in it")),
    }
}
