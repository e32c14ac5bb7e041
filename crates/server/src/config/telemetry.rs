//! The configuration of telemetry: `[telemetry]`.

use std::time::Duration;

use super::checks::{SECONDS_PER_DAY, seconds};
use super::error::{ConfigError, invalid};
use super::values;

const ENDPOINT: &str = "telemetry.otlp_endpoint";
const RATIO: &str = "telemetry.otlp_sample_ratio";

#[derive(Debug)]
pub(crate) struct Telemetry {
    /// The interval of ledger checks; `None`: no checks.
    pub(crate) ledger_check: Option<Duration>,
    /// `None`: spans are not exported.
    #[cfg(feature = "otlp")]
    pub(crate) otlp: Option<Otlp>,
}

/// The export of spans.
#[derive(Debug)]
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "spans are only exported with the feature"))]
pub(crate) struct Otlp {
    /// The collector, like `http://127.0.0.1:4318`.
    pub(crate) endpoint: String,
    /// The ratio of the traces started here that are exported, from 0 to 1.
    pub(crate) sample_ratio: f64,
}

pub(super) fn read(telemetry: &values::Telemetry) -> Result<Telemetry, ConfigError> {
    let ledger_check = seconds("telemetry.ledger_check_seconds", telemetry.ledger_check_seconds, 0..=SECONDS_PER_DAY)?;
    let otlp = otlp(&telemetry.otlp_endpoint, telemetry.otlp_sample_ratio)?;
    #[cfg(not(feature = "otlp"))]
    if otlp.is_some() {
        return Err(invalid(ENDPOINT, "requires a binary built with the feature otlp"));
    }
    Ok(Telemetry {
        ledger_check: (!ledger_check.is_zero()).then_some(ledger_check),
        #[cfg(feature = "otlp")]
        otlp,
    })
}

fn otlp(endpoint: &str, sample_ratio: f64) -> Result<Option<Otlp>, ConfigError> {
    if !(0.0..=1.0).contains(&sample_ratio) {
        return Err(invalid(RATIO, format!("must be from 0 to 1, not {sample_ratio}")));
    }
    let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
    match host {
        None if endpoint.is_empty() => Ok(None),
        // A password in it would be logged.
        Some(host) if !host.is_empty() && !host.contains(['@', '?', '#', ' ']) => {
            Ok(Some(Otlp { endpoint: endpoint.to_owned(), sample_ratio }))
        }
        None | Some(_) => Err(invalid(ENDPOINT, "must be the URL of a collector, like http://127.0.0.1:4318, without a password")),
    }
}
