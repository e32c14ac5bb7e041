//! What is known of a rehearsal at its end: plain data, as `report.json` has it.

use serde::Serialize;

/// A rehearsal, whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Record {
    /// The scenario's name.
    pub scenario: String,
    /// What it was played by: the same seed, the same wishes at the same moments.
    pub seed: u64,
    /// When it began, RFC 3339.
    pub started_at: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How many users came.
    pub users: u64,
    /// How many seats there were.
    pub seats: u64,
    /// Paid bookings a second, from the first to the last.
    pub bookings_a_second: f64,
    /// How many seats were sold in the end.
    pub sold: u64,
    /// Second by second.
    pub timeline: Vec<Second>,
    /// Operation by operation.
    pub operations: Vec<Operation>,
    /// What the referee says.
    pub verdicts: Vec<Verdict>,
    /// Policies played in simulated time, if that was asked for.
    pub what_if: Vec<WhatIf>,
}

/// What happened within a second, and how things stood at its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Second {
    /// Seconds since the beginning.
    pub at: u32,
    /// How many waited.
    pub waiting: u64,
    /// How many were in.
    pub active: u64,
    /// Seats sold so far.
    pub sold: u64,
    /// Users who were let in within it.
    pub admitted: u64,
    /// The median wait, in seconds, of those let in within it; none if nobody was.
    pub wait_p50_seconds: Option<f64>,
    /// The wait that nine in ten of them didn't exceed.
    pub wait_p90_seconds: Option<f64>,
    /// Answers within it.
    pub answers: u64,
    /// Of those: 409, somebody was quicker.
    pub conflicts: u64,
    /// Of those: 503 and broken connections.
    pub failures: u64,
}

/// An operation and its latencies, from the moment at which it should have been sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Operation {
    /// `join`, `poll`, `hold`, …
    pub name: String,
    /// How many were answered.
    pub count: u64,
    /// Over all.
    pub latency: Latency,
    /// Second by second, as far as there were any.
    pub timeline: Vec<LatencyAt>,
}

/// Percentiles of latencies, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Latency {
    /// The median.
    pub p50_ms: f64,
    /// Nine in ten were quicker.
    pub p90_ms: f64,
    /// 99 in a hundred were quicker.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

/// Latencies within a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct LatencyAt {
    /// Seconds since the beginning.
    pub at: u32,
    /// How many were answered.
    pub count: u64,
    /// Of those.
    pub latency: Latency,
}

/// What the referee says of one promise.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Verdict {
    /// What was promised, as a sentence.
    pub promise: String,
    /// How many things were looked at.
    pub looked_at: u64,
    /// What broke it, each with its requests; none if it was kept.
    pub violations: Vec<String>,
}

/// A policy, played in simulated time.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct WhatIf {
    /// As it was asked for: `capacity=200,batch=100`.
    pub policy: String,
    /// When the last seat was sold, in seconds since the beginning; none if seats were left.
    pub sold_out_after_seconds: Option<f64>,
    /// How many seats were sold.
    pub sold: u64,
    /// The median wait of those who were let in.
    pub wait_p50_seconds: Option<f64>,
    /// The wait that nine in ten of them didn't exceed.
    pub wait_p90_seconds: Option<f64>,
    /// How many had joined and were never let in.
    pub never_admitted: u64,
    /// Seats sold over time: seconds since the beginning, and how many.
    pub curve: Vec<(f64, u64)>,
}

impl Record {
    /// Whether every promise was kept.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.violations.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_clean_unless_a_promise_was_broken() {
        let kept = Verdict { promise: "no seat is sold twice".into(), looked_at: 50, violations: vec![] };
        let mut record = Record { verdicts: vec![kept.clone()], ..Record::default() };
        assert!(record.is_clean());
        record.verdicts.push(Verdict { violations: vec!["seat 7: …".into()], ..kept });
        assert!(!record.is_clean());
    }
}
