//! The metrics of queue lengths.

use domain::QueueId;
use metrics::{Gauge, gauge};

use super::{QueueFigures, WaitingRoom};
use crate::measure::number;
use crate::memory::set_unlimited_bytes;

/// The estimated size of a waiting token: see `tokens.rs`.
const WAITING_TOKEN_BYTES: usize = 85;
/// The estimated size of an active token: its row in a table that may be half full, and its deadline in two orders.
const ACTIVE_TOKEN_BYTES: usize = 512;

const WAITING: (&str, &str) = ("frontrow_queue_waiting", "Waiting users.");
const ACTIVE: (&str, &str) = ("frontrow_queue_active", "Active users.");

impl WaitingRoom {
    /// Updates the metrics of each queue, as far as it is known in memory, and returns the queues.
    pub fn measure(&self) -> Vec<QueueId> {
        metrics::describe_gauge!(WAITING.0, WAITING.1);
        metrics::describe_gauge!(ACTIVE.0, ACTIVE.1);
        self.measure_memory();
        let queues = self.notices.queues();
        for QueueFigures { queue, waiting, active, .. } in queues.iter().filter_map(|queue| self.figures(*queue)) {
            let set = |name: &'static str, count: u64| {
                let gauge: Gauge = gauge!(name, "queue" => queue.id().to_string());
                gauge.set(number(usize::try_from(count).unwrap_or(usize::MAX)));
            };
            set(WAITING.0, waiting);
            set(ACTIVE.0, active);
        }
        queues
    }

    fn measure_memory(&self) {
        let count = |tokens: u64| usize::try_from(tokens).unwrap_or(usize::MAX);
        let live = self.lines.iter().map(|line| {
            let waiting = count(line.waiting()).saturating_mul(WAITING_TOKEN_BYTES);
            waiting.saturating_add(line.active_rows() * ACTIVE_TOKEN_BYTES)
        });
        set_unlimited_bytes("live_tokens", live.fold(0, usize::saturating_add));
        self.ended_metrics.set_bytes(self.ended.bytes());
        self.unknown_metrics.set_bytes(self.unknown.bytes());
    }
}
