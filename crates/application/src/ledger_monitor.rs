//! The ledger monitor: checks periodically whether money has appeared or vanished, so that operators learn of it soon. Whether each wallet
//! and each payment is correct is checked by the audit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::{Counter, Gauge, Histogram};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::measure;
use crate::ports::{Audit, LedgerCheck};

/// A periodic check of the ledger.
pub struct LedgerMonitor {
    audit: Arc<dyn Audit>,
    drift: Gauge,
    checked: Gauge,
    duration: Histogram,
    failures: Counter,
}

impl LedgerMonitor {
    /// Creates a monitor of the ledger that `audit` reads.
    pub fn new(audit: Arc<dyn Audit>) -> Self {
        Self {
            audit,
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

    /// Checks the ledger now and after each `period`, until `stop` is cancelled. Of the processes that share a store, one makes the check,
    /// and the others report its result.
    pub async fn run(self, period: Duration, stop: CancellationToken) {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            // A little less than the period, so that a process that shares its store with no other sums each time.
            if stop.run_until_cancelled(self.check(period.mul_f64(0.9))).await.is_none() {
                return;
            }
        }
    }

    /// Checks the ledger once, unless it was checked less than `max_age` ago.
    pub async fn check(&self, max_age: Duration) {
        let start = Instant::now();
        match self.audit.check_ledger(max_age).await {
            Ok(Some(LedgerCheck { at, drift, is_new })) => {
                if is_new {
                    self.duration.record(start.elapsed());
                    if drift != 0 {
                        tracing::error!(drift, "money has appeared or vanished: run frontrow audit for details");
                    }
                }
                self.drift.set(whole(drift));
                self.checked.set(whole(at.unix_timestamp()));
            }
            // Another process makes the first check.
            Ok(None) => {}
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
