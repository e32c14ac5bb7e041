//! What is told to those who watch: `[telemetry]`.

use std::time::Duration;

use super::ConfigError;
use super::settings::{A_DAY_IN_SECONDS, seconds};
use super::values;

#[derive(Debug)]
pub(crate) struct Telemetry {
    /// Between two times that the ledger is added up; none: it isn't.
    pub(crate) ledger_check: Option<Duration>,
}

pub(super) fn read(telemetry: &values::Telemetry) -> Result<Telemetry, ConfigError> {
    let ledger_check = seconds("telemetry.ledger_check_seconds", telemetry.ledger_check_seconds, 0..=A_DAY_IN_SECONDS)?;
    Ok(Telemetry { ledger_check: (!ledger_check.is_zero()).then_some(ledger_check) })
}
