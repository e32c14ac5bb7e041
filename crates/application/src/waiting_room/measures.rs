//! The metrics of queue lengths.

use domain::QueueId;
use metrics::{Gauge, gauge};

use super::{QueueFigures, WaitingRoom};
use crate::measure::number;

const WAITING: (&str, &str) = ("frontrow_queue_waiting", "Waiting users.");
const ACTIVE: (&str, &str) = ("frontrow_queue_active", "Active users.");

impl WaitingRoom {
    /// Updates the metrics of each queue, as far as it is known in memory, and returns the queues.
    pub fn measure(&self) -> Vec<QueueId> {
        metrics::describe_gauge!(WAITING.0, WAITING.1);
        metrics::describe_gauge!(ACTIVE.0, ACTIVE.1);
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
}
