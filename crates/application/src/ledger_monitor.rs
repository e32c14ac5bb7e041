//! The ledger monitor: checks periodically whether money has appeared or vanished, so that operators learn of it soon. Whether each wallet
//! and each payment is correct is checked by the audit.

use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::measure::{self, timed};
use crate::ports::{Audit, Clock};

/// A periodic check of the ledger.
pub struct LedgerMonitor {
    audit: Arc<dyn Audit>,
    clock: Arc<dyn Clock>,
    drift: Gauge,
    checked: Gauge,
    duration: Histogram,
    failures: Counter,
}

impl LedgerMonitor {
    /// Creates a monitor of the ledger that `audit` reads, with the store's `clock`.
    pub fn new(audit: Arc<dyn Audit>, clock: Arc<dyn Clock>) -> Self {
        Self {
            audit,
            clock,
            drift: measure::gauge(
                "frontrow_ledger_drift_minor_units",
                "Balances plus completed payments minus charges, at the last ledger check, in minor units. Must be 0.",
            ),
            checked: measure::gauge(
                "frontrow_ledger_checked_timestamp_seconds",
                "Time of the last ledger check, in Unix time; 0: none yet.",
            ),
            duration: measure::seconds("frontrow_ledger_check_duration_seconds", "Duration of the ledger checks."),
            failures: measure::counter("frontrow_ledger_check_failures_total", "Failed ledger checks."),
        }
    }

    /// Checks the ledger now and after each `period`, until `stop` is cancelled.
    pub async fn run(self, period: Duration, stop: CancellationToken) {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if stop.run_until_cancelled(self.check()).await.is_none() {
                return;
            }
        }
    }

    /// Checks the ledger once.
    pub async fn check(&self) {
        match timed(&self.duration, self.audit.drift()).await {
            Ok(drift) => {
                if drift != 0 {
                    tracing::error!(drift, "money has appeared or vanished: run frontrow audit for details");
                }
                self.drift.set(whole(drift));
                self.checked.set(whole(self.clock.now().unix_timestamp()));
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the ledger check failed");
                self.failures.increment(1);
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a drift other than 0 never becomes 0, and seconds are far below 2^53")]
const fn whole(number: i64) -> f64 {
    number as f64
}
