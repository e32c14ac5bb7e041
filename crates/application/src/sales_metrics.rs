//! The tally: what this process's own commits have made happen, counted. All instances together have counted everything but the
//! commits whose outcome nobody was told.

mod line;

use std::sync::Arc;

use dashmap::DashMap;
use domain::change::Admission;
use domain::{CancelReason, Change, Currency, Fact, Money, Queue, QueueId, QueueToken, Reservation, ReservationState, TokenState};
use metrics::{Counter, Histogram};

use crate::measure;
use crate::ports::{Clock, Committed, Observer};

use line::Line;

const ENDED: (&str, &str) = ("frontrow_holds_ended_total", "Holds that ended, by outcome.");

/// Counts what is committed.
pub struct SalesMetrics {
    clock: Arc<dyn Clock>,
    lines: DashMap<QueueId, Line>,
    users: Counter,
    holds: Counter,
    confirmed: Counter,
    expired: Counter,
    released: Counter,
    release_lag: Histogram,
    charges: Flow,
    payments: Flow,
    refunds: Flow,
}

/// Money that moves one way.
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
    /// Nothing has happened yet. `clock` is the store's; amounts are of `currency`.
    pub fn new(clock: Arc<dyn Clock>, currency: Currency) -> Self {
        let ended = |outcome: &'static str| measure::counter_of(ENDED.0, ENDED.1, "outcome", outcome);
        let sales_metrics = Self {
            clock,
            lines: DashMap::new(),
            users: measure::counter("frontrow_users_registered_total", "Users who registered."),
            holds: measure::counter("frontrow_holds_total", "Reservations that were made: seats held."),
            confirmed: ended("confirmed"),
            expired: ended("expired"),
            released: ended("released"),
            release_lag: measure::seconds(
                "frontrow_hold_release_lag_seconds",
                "How long after the deadline of a hold it was written down that it has ended. Nobody waits for it.",
            ),
            charges: Flow::new(
                ("frontrow_charges_total", "Wallets charged."),
                ("frontrow_charges_amount_minor_units_total", "What was charged, in minor units of the currency."),
                currency,
            ),
            payments: Flow::new(
                ("frontrow_payments_total", "Payments completed."),
                ("frontrow_payments_amount_minor_units_total", "What was paid, in minor units of the currency."),
                currency,
            ),
            refunds: Flow::new(
                ("frontrow_refunds_total", "Payments refunded."),
                ("frontrow_refunds_amount_minor_units_total", "What was refunded, in minor units of the currency."),
                currency,
            ),
        };
        sales_metrics.know(Queue::DEFAULT);
        sales_metrics
    }

    /// Exports the metrics of this queue, at zero if nothing has happened there.
    pub fn know(&self, queue: QueueId) {
        self.line(queue, |_| ());
    }

    fn line(&self, queue: QueueId, count: impl FnOnce(&Line)) {
        match self.lines.get(&queue) {
            Some(line) => count(&line),
            None => count(&self.lines.entry(queue).or_insert_with(|| Line::new(queue))),
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
        }
    }
}

impl Observer for SalesMetrics {
    fn committed(&self, change: &Change, _: &Committed) {
        for event in &change.events {
            self.count(&event.fact);
        }
        // Whoever is let in is let in under the admission version.
        if let Some(Admission(queue)) = change.row().map(|admission| admission.row) {
            let waits = change.rows::<QueueToken>().filter_map(|token| match token.row.state() {
                TokenState::Active { activated_at, .. } => Some(activated_at - token.row.joined_at()),
                TokenState::Waiting | TokenState::Expired { .. } => None,
            });
            self.line(queue, |line| waits.for_each(|wait| line.wait.record(wait.as_seconds_f64())));
        }
        let now = self.clock.now();
        // What a cancelled date ended before its deadline is no lag.
        for lapsed in change.rows::<Reservation>().filter(|write| has_lapsed(&write.row) && write.row.expires_at() <= now) {
            self.release_lag.record((now - lapsed.row.expires_at()).as_seconds_f64());
        }
    }

    /// What may have happened is not counted.
    fn doubtful(&self, _: &Change) {}
}

const fn has_lapsed(reservation: &Reservation) -> bool {
    matches!(reservation.state(), ReservationState::Cancelled { reason: CancelReason::Expired, .. })
}

#[cfg(test)]
mod tests;
