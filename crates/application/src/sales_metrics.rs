//! Sales metrics: counts the effects of this process's own commits. All instances together count every commit except those with an unknown
//! outcome.

mod queue_metrics;

use std::sync::Arc;

use dashmap::DashMap;
use domain::change::Admission;
use domain::{CancelReason, Change, Currency, Fact, Money, Queue, QueueId, QueueToken, Reservation, ReservationState, TokenState};
use metrics::{Counter, Histogram};

use crate::measure;
use crate::ports::{Clock, Committed, Observer};

use queue_metrics::QueueMetrics;

const ENDED: (&str, &str) = ("frontrow_holds_ended_total", "Holds that ended, by outcome.");

/// The counters of committed changes.
pub struct SalesMetrics {
    clock: Arc<dyn Clock>,
    lines: DashMap<QueueId, QueueMetrics>,
    users: Counter,
    holds: Counter,
    confirmed: Counter,
    expired: Counter,
    released: Counter,
    release_lag: Histogram,
    charges: Flow,
    payments: Flow,
    refunds: Flow,
    check_ins: Counter,
}

/// Transfers of money in one direction.
struct Flow {
    times: Counter,
    minor_units: Counter,
}

impl Flow {
    fn new(times: (&'static str, &'static str), amount: (&'static str, &'static str), currency: Currency) -> Self {
        let minor_units = measure::counter_of(amount.0, amount.1, "currency", currency.to_string());
        Self { times: measure::counter(times.0, times.1), minor_units }
    }

    fn add(&self, amount: Money) {
        self.times.increment(1);
        self.minor_units.increment(amount.minor().unsigned_abs());
    }
}

impl SalesMetrics {
    /// Creates the metrics at zero. `clock` is the store's; amounts are in `currency`.
    pub fn new(clock: Arc<dyn Clock>, currency: Currency) -> Self {
        let ended = |outcome: &'static str| measure::counter_of(ENDED.0, ENDED.1, "outcome", outcome);
        let sales_metrics = Self {
            clock,
            lines: DashMap::new(),
            users: measure::counter("frontrow_users_registered_total", "Users registered with the built-in issuer."),
            holds: measure::counter("frontrow_holds_total", "Reservations created (seats held)."),
            confirmed: ended("confirmed"),
            expired: ended("expired"),
            released: ended("released"),
            release_lag: measure::seconds(
                "frontrow_hold_release_lag_seconds",
                "From a hold's deadline to the sweep, or the next hold, that updated its rows.",
            ),
            charges: Flow::new(
                ("frontrow_charges_total", "Wallet charges."),
                ("frontrow_charges_amount_minor_units_total", "Amount charged, in minor units of the currency."),
                currency,
            ),
            payments: Flow::new(
                ("frontrow_payments_total", "Payments completed."),
                ("frontrow_payments_amount_minor_units_total", "Amount paid, in minor units of the currency."),
                currency,
            ),
            refunds: Flow::new(
                ("frontrow_refunds_total", "Payments refunded."),
                ("frontrow_refunds_amount_minor_units_total", "Amount refunded, in minor units of the currency."),
                currency,
            ),
            check_ins: measure::counter("frontrow_check_ins_total", "Tickets checked in."),
        };
        sales_metrics.set_queue_figures(Queue::DEFAULT);
        sales_metrics
    }

    /// Exports the metrics of this queue, at zero if there are no events of it yet.
    pub fn set_queue_figures(&self, queue: QueueId) {
        self.line(queue, |_| ());
    }

    fn line(&self, queue: QueueId, count: impl FnOnce(&QueueMetrics)) {
        match self.lines.get(&queue) {
            Some(line) => count(&line),
            None => count(&self.lines.entry(queue).or_insert_with(|| QueueMetrics::new(queue))),
        }
    }

    fn count(&self, fact: &Fact) {
        match fact {
            Fact::UserRegistered { .. } => self.users.increment(1),
            Fact::QueueJoined { queue, .. } => self.line(*queue, |line| line.joins.increment(1)),
            Fact::TokenActivated { queue, .. } => self.line(*queue, |line| line.admissions.increment(1)),
            Fact::TokenExpired { queue, reason, .. } => self.line(*queue, |line| line.ended(*reason)),
            Fact::SeatsHeld { .. } => self.holds.increment(1),
            Fact::ReservationCancelled { reason: CancelReason::Expired, .. } => self.expired.increment(1),
            Fact::ReservationCancelled { reason: CancelReason::Released, .. } => self.released.increment(1),
            Fact::ReservationCancelled { reason: CancelReason::Refunded, .. } => {}
            Fact::WalletCharged { amount, .. } => self.charges.add(*amount),
            Fact::PaymentCompleted { amount, .. } => {
                self.confirmed.increment(1);
                self.payments.add(*amount);
            }
            Fact::PaymentRefunded { amount, .. } => self.refunds.add(*amount),
            Fact::TicketUsed { .. } => self.check_ins.increment(1),
        }
    }
}

impl Observer for SalesMetrics {
    fn committed(&self, change: &Change, _: &Committed) {
        for event in &change.events {
            self.count(&event.fact);
        }
        // Every admission writes the queue's admission version.
        if let Some(queue) = change.row::<Admission>().map(|admission| admission.row.queue()) {
            let waits = change.rows::<QueueToken>().filter_map(|token| match token.row.state() {
                TokenState::Active { activated_at, .. } => Some(activated_at - token.row.joined_at()),
                TokenState::Waiting | TokenState::Expired { .. } => None,
            });
            self.line(queue, |line| waits.for_each(|wait| line.wait.record(wait.as_seconds_f64())));
        }
        let now = self.clock.now();
        // A hold that ended before its deadline, by the cancellation of its schedule, has no lag.
        for lapsed in change.rows::<Reservation>().filter(|write| is_expired(&write.row) && write.row.expires_at() <= now) {
            self.release_lag.record((now - lapsed.row.expires_at()).as_seconds_f64());
        }
    }

    /// Does nothing: changes with an unknown outcome are not counted.
    fn doubtful(&self, _: &Change) {}
}

const fn is_expired(reservation: &Reservation) -> bool {
    matches!(reservation.state(), ReservationState::Cancelled { reason: CancelReason::Expired, .. })
}

#[cfg(test)]
mod tests;
