//! The ledger is watched: now and then it is added up whether money appeared or vanished, so that who watches hears of it at once.
//! Whether each wallet and each payment is right, the audit tells.

use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::measure::{self, timed};
use crate::ports::{Audit, Clock};

/// Adds the ledger up.
pub struct LedgerMonitor {
    audit: Arc<dyn Audit>,
    clock: Arc<dyn Clock>,
    drift: Gauge,
    checked: Gauge,
    duration: Histogram,
    failures: Counter,
}

impl LedgerMonitor {
    /// The ledger that `audit` sees, by the store's `clock`.
    pub fn new(audit: Arc<dyn Audit>, clock: Arc<dyn Clock>) -> Self {
        Self {
            audit,
            clock,
            drift: measure::gauge(
                "frontrow_ledger_drift_minor_units",
                "Balances and completed payments less charges, in minor units, when it was last added up. Must be 0.",
            ),
            checked: measure::gauge("frontrow_ledger_checked_timestamp_seconds", "When the ledger was last added up; 0: not yet."),
            duration: measure::seconds("frontrow_ledger_check_duration_seconds", "How long it took to add the ledger up."),
            failures: measure::counter("frontrow_ledger_check_failures_total", "How often the ledger couldn't be added up."),
        }
    }

    /// Adds it up, and again after each `period`, until it is told to stop.
    pub async fn run(self, period: Duration, stop: CancellationToken) {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if stop.run_until_cancelled(self.check()).await.is_none() {
                return;
            }
        }
    }

    /// Adds it up, once.
    pub async fn check(&self) {
        match timed(&self.duration, self.audit.drift()).await {
            Ok(drift) => {
                if drift != 0 {
                    tracing::error!(drift, "money has appeared or vanished: frontrow audit tells more");
                }
                self.drift.set(whole(drift));
                self.checked.set(whole(self.clock.now().unix_timestamp()));
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the ledger can't be added up");
                self.failures.increment(1);
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "whether it is 0 is never lost, and seconds are far below 2^53")]
const fn whole(number: i64) -> f64 {
    number as f64
}
