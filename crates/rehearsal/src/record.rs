//! The results of a rehearsal: plain data, as in `report.json`.

use serde::Serialize;

/// The results of a rehearsal.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Record {
    /// The scenario's name.
    pub scenario: String,
    /// The seed: the same seed gives the same behaviour of the users at the same times.
    pub seed: u64,
    /// The start time, RFC 3339.
    pub started_at: String,
    /// The duration in seconds.
    pub seconds: f64,
    /// The number of users.
    pub users: u64,
    /// The number of seats.
    pub seats: u64,
    /// Payments per second, from the first payment to the last.
    pub payments_per_second: f64,
    /// The number of seats sold at the end.
    pub sold: u64,
    /// The timeline by second.
    pub timeline: Vec<Second>,
    /// The operations with their latencies.
    pub operations: Vec<Operation>,
    /// The checker's verdicts.
    pub verdicts: Vec<Verdict>,
    /// The results of policies in simulated time, if requested.
    pub what_if: Vec<WhatIf>,
}

/// The events of a second, and the counts at its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Second {
    /// Seconds since the start.
    pub at: u32,
    /// The number of waiting users.
    pub waiting: u64,
    /// The number of active users.
    pub active: u64,
    /// Seats sold so far.
    pub sold: u64,
    /// Users who were admitted within the second.
    pub admitted: u64,
    /// The median wait, in seconds, of the users admitted within the second; `None` if there were none.
    pub wait_p50_seconds: Option<f64>,
    /// The 90th percentile of their waits.
    pub wait_p90_seconds: Option<f64>,
    /// Responses within the second.
    pub answers: u64,
    /// Responses with status 409: another user was faster.
    pub conflicts: u64,
    /// Responses with status 5xx and broken connections.
    pub failures: u64,
}

/// An operation and its latencies, measured from the scheduled times of its requests.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Operation {
    /// `join`, `poll`, `hold`, …
    pub name: String,
    /// The number of responses.
    pub count: u64,
    /// Over the whole run.
    pub latency: Latency,
    /// By second; seconds without a response are left out.
    pub timeline: Vec<LatencyAt>,
}

/// Percentiles of latencies, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Latency {
    /// The median.
    pub p50_ms: f64,
    /// The 90th percentile.
    pub p90_ms: f64,
    /// The 99th percentile.
    pub p99_ms: f64,
    /// The maximum.
    pub max_ms: f64,
}

/// The latencies of a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct LatencyAt {
    /// Seconds since the start.
    pub at: u32,
    /// The number of responses.
    pub count: u64,
    /// Their latencies.
    pub latency: Latency,
}

/// The checker's verdict on one promise.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Verdict {
    /// The promise as a sentence.
    pub promise: String,
    /// The number of checked items.
    pub looked_at: u64,
    /// The violations, each with its requests; empty if the promise was kept.
    pub violations: Vec<String>,
}

/// The result of a policy in simulated time.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct WhatIf {
    /// The policy as it was specified: `capacity=200,batch=100`.
    pub policy: String,
    /// The time at which the last seat was sold, in seconds since the start; `None` if seats were left.
    pub sold_out_after_seconds: Option<f64>,
    /// The number of sold seats.
    pub sold: u64,
    /// The median wait of the admitted users.
    pub wait_p50_seconds: Option<f64>,
    /// The 90th percentile of their waits.
    pub wait_p90_seconds: Option<f64>,
    /// The number of users who joined and were never admitted.
    pub never_admitted: u64,
    /// Sold seats over time: seconds since the start, and the number of sold seats.
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
