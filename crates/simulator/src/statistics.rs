//! Statistics of runs.

use std::collections::BTreeMap;
use std::ops::AddAssign;

/// Counts of what happened in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Simulated time, in milliseconds.
    pub milliseconds: u64,
    /// Number of loads, commits and requests.
    pub steps: u64,
    /// Number of committed changes.
    pub commits: u64,
    /// Number of requests of users and operators.
    pub requests: u64,
    /// Number of payments.
    pub payments: u64,
    /// Number of injected faults by kind, including crashes and clock jumps.
    pub faults: BTreeMap<String, u64>,
}

impl AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        self.milliseconds += other.milliseconds;
        self.steps += other.steps;
        self.commits += other.commits;
        self.requests += other.requests;
        self.payments += other.payments;
        for (kind, count) in other.faults {
            *self.faults.entry(kind).or_default() += count;
        }
    }
}
