//! The memory of read models and caches: its limits and its metrics.

use metrics::{Counter, Gauge, counter, gauge};

use crate::measure::number;

const BYTES: (&str, &str) = ("frontrow_memory_bytes", "Estimated size of a read model or cache.");
const LIMIT: (&str, &str) = ("frontrow_memory_limit_bytes", "Maximum size of a read model or cache.");
const READS: (&str, &str) = ("frontrow_memory_reads_total", "Reads of a read model or cache, by whether it had the item.");
const EVICTIONS: (&str, &str) = ("frontrow_memory_evictions_total", "Items removed to stay within the limit.");

const MEBIBYTE: usize = 1 << 20;

/// The maximum sizes of the read models in memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryLimits {
    /// The seats of schedules.
    pub seat_maps: usize,
    /// The layouts of schedules.
    pub layouts: usize,
    /// Concerts and schedules.
    pub catalogue: usize,
    /// Queue tokens that have ended.
    pub ended_tokens: usize,
    /// Queue tokens that were requested and don't exist.
    pub unknown_tokens: usize,
}

impl Default for MemoryLimits {
    fn default() -> Self {
        Self {
            seat_maps: 256 * MEBIBYTE,
            layouts: 64 * MEBIBYTE,
            catalogue: 64 * MEBIBYTE,
            ended_tokens: 64 * MEBIBYTE,
            unknown_tokens: 4 * MEBIBYTE,
        }
    }
}

/// The metrics of a read model or cache.
pub struct MemoryMetrics {
    bytes: Gauge,
    hits: Counter,
    misses: Counter,
    evictions: Counter,
}

impl MemoryMetrics {
    /// Describes the metrics of `model`, which holds at most `limit` bytes, and exports them at zero.
    #[must_use]
    pub fn new(model: &'static str, limit: usize) -> Self {
        metrics::describe_gauge!(BYTES.0, metrics::Unit::Bytes, BYTES.1);
        metrics::describe_gauge!(LIMIT.0, metrics::Unit::Bytes, LIMIT.1);
        metrics::describe_counter!(READS.0, READS.1);
        metrics::describe_counter!(EVICTIONS.0, EVICTIONS.1);
        gauge!(LIMIT.0, "model" => model).set(number(limit));
        let reads = |outcome: &'static str| counter!(READS.0, "model" => model, "outcome" => outcome);
        Self {
            bytes: gauge!(BYTES.0, "model" => model),
            hits: reads("hit"),
            misses: reads("miss"),
            evictions: counter!(EVICTIONS.0, "model" => model),
        }
    }

    /// Sets the current size.
    pub fn set_bytes(&self, bytes: usize) {
        self.bytes.set(number(bytes));
    }

    /// Counts a read of an item that is in memory.
    pub fn hit(&self) {
        self.hits.increment(1);
    }

    /// Counts a read of an item that isn't in memory.
    pub fn miss(&self) {
        self.misses.increment(1);
    }

    /// Counts removed items.
    pub fn evict(&self, items: usize) {
        self.evictions.increment(u64::try_from(items).unwrap_or(u64::MAX));
    }
}

/// Sets the size of a part of memory without a limit.
pub(crate) fn set_unlimited_bytes(model: &'static str, bytes: usize) {
    metrics::describe_gauge!(BYTES.0, metrics::Unit::Bytes, BYTES.1);
    gauge!(BYTES.0, "model" => model).set(number(bytes));
}
