//! The statistics of a simulated sale, for the report.

use time::OffsetDateTime;

use super::event_queue::START;
use super::policy::Policy;
use crate::record::WhatIf;

/// The maximum number of points of a curve, without its first.
const MAX_POINTS: usize = 240;

#[derive(Debug, Default)]
pub(super) struct Statistics {
    /// The waits of the admitted users in seconds, in the order of their admissions.
    waits: Vec<f64>,
    /// The time of each sale in seconds, and the number of seats sold by then.
    sales: Vec<(f64, u64)>,
    /// The time at which the last seat was sold, in seconds.
    sold_out_at: Option<f64>,
}

impl Statistics {
    /// Records an admission.
    pub(super) fn record_admission(&mut self, joined_at: OffsetDateTime, now: OffsetDateTime) {
        self.waits.push((now - joined_at).as_seconds_f64());
    }

    /// Records a sale, after which `sold` seats are sold.
    pub(super) fn record_sale(&mut self, sold: u32, is_last: bool, now: OffsetDateTime) {
        let at = seconds(now);
        self.sales.push((at, sold.into()));
        self.sold_out_at = is_last.then_some(at);
    }

    /// Returns the result of `policy`, under which `waiting` users still wait.
    pub(super) fn into_result(mut self, policy: &Policy, waiting: usize) -> WhatIf {
        self.waits.sort_by(f64::total_cmp);
        WhatIf {
            policy: policy.text.clone(),
            sold_out_after_seconds: self.sold_out_at,
            sold: self.sales.last().map_or(0, |(_, sold)| *sold),
            wait_p50_seconds: percentile(&self.waits, 50),
            wait_p90_seconds: percentile(&self.waits, 90),
            never_admitted: u64::try_from(waiting).unwrap_or(u64::MAX),
            curve: curve(&self.sales),
        }
    }
}

/// Returns the smallest value that at least `percent` percent of the `sorted` values don't exceed.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// Returns a curve from 0 at the start to the last sale, which is never left out.
fn curve(sales: &[(f64, u64)]) -> Vec<(f64, u64)> {
    let every = sales.len().div_ceil(MAX_POINTS).max(1);
    let kept = sales.iter().rev().step_by(every).rev().copied();
    std::iter::once((0.0, 0)).chain(kept).collect()
}

fn seconds(at: OffsetDateTime) -> f64 {
    (at - START).as_seconds_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let waits: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!((percentile(&waits, 50), percentile(&waits, 90)), (Some(5.0), Some(9.0)));
        assert_eq!((percentile(&waits[..1], 50), percentile(&waits[..1], 90)), (Some(1.0), Some(1.0)));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn a_curve_keeps_its_beginning_and_its_end() {
        let sales: Vec<(f64, u64)> = (1..=10_000_u32).map(|n| (f64::from(n), n.into())).collect();
        let curve = curve(&sales);
        assert!((100..=MAX_POINTS + 1).contains(&curve.len()), "{}", curve.len());
        assert_eq!((curve.first(), curve.last()), (Some(&(0.0, 0)), sales.last()));
        assert!(curve.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
    }
}
