//! The metrics of one queue.

use domain::{ExpiryReason, QueueId};
use metrics::{Counter, Histogram, Unit};

use crate::measure;

const JOINS: (&str, &str) = ("frontrow_queue_joins_total", "Users who joined the queue.");
const ADMISSIONS: (&str, &str) = ("frontrow_queue_admissions_total", "Users admitted.");
const ENDED: (&str, &str) = ("frontrow_queue_tokens_ended_total", "Tokens that ended, by reason.");
const WAIT: (&str, &str) = ("frontrow_queue_wait_seconds", "From the join to the admission.");

pub(super) struct QueueMetrics {
    pub(super) joins: Counter,
    pub(super) admissions: Counter,
    pub(super) wait: Histogram,
    paid: Counter,
    timed_out: Counter,
    unclaimed: Counter,
    left: Counter,
}

impl QueueMetrics {
    pub(super) fn new(queue: QueueId) -> Self {
        let id = queue.to_string();
        let counter = |(name, what)| measure::counter_of(name, what, "queue", id.clone());
        metrics::describe_counter!(ENDED.0, ENDED.1);
        metrics::describe_histogram!(WAIT.0, Unit::Seconds, WAIT.1);
        let ended = |reason: &'static str| metrics::counter!(ENDED.0, "queue" => id.clone(), "reason" => reason);
        Self {
            joins: counter(JOINS),
            admissions: counter(ADMISSIONS),
            wait: metrics::histogram!(WAIT.0, "queue" => id.clone()),
            paid: ended("paid"),
            timed_out: ended("timed_out"),
            unclaimed: ended("unclaimed"),
            left: ended("left"),
        }
    }

    pub(super) fn ended(&self, reason: ExpiryReason) {
        let counter = match reason {
            ExpiryReason::Paid => &self.paid,
            ExpiryReason::TimedOut => &self.timed_out,
            ExpiryReason::Unclaimed => &self.unclaimed,
            ExpiryReason::Left => &self.left,
        };
        counter.increment(1);
    }
}
