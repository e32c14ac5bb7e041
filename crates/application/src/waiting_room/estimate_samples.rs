//! What people were told about their wait, and whether it came true. A sample of the line is followed, so that a million in line
//! take no more memory than a thousand.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::estimate::Estimate;

/// How many are followed at once.
const SAMPLE: usize = 1_024;
/// Counts by `verdict` how long people waited beside what they were told when they joined.
const METRIC: &str = "frontrow_queue_wait_estimates_total";

/// What became of an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EstimateOutcome {
    WithinP50,
    WithinP90,
    BeyondP90,
    /// Nothing was known when they joined.
    Unknown,
}

impl EstimateOutcome {
    pub(super) const ALL: [Self; 4] = [Self::WithinP50, Self::WithinP90, Self::BeyondP90, Self::Unknown];

    const fn name(self) -> &'static str {
        match self {
            Self::WithinP50 => "within_p50",
            Self::WithinP90 => "within_p90",
            Self::BeyondP90 => "beyond_p90",
            Self::Unknown => "unknown",
        }
    }

    pub(super) fn counter(self) -> metrics::Counter {
        metrics::counter!(METRIC, "verdict" => self.name())
    }
}

/// Describes the metric, and exports it at zero.
pub(super) fn announce() {
    metrics::describe_counter!(METRIC, "Waits that ended with an admission, by how they compare with the estimate told at the join.");
    for verdict in EstimateOutcome::ALL {
        verdict.counter().absolute(0);
    }
}

/// Every `stride`th number of a line, with what its owner was told and when.
#[derive(Debug)]
pub(super) struct EstimateSamples {
    stride: u64,
    sample: BTreeMap<u64, (OffsetDateTime, Option<Estimate>)>,
}

impl Default for EstimateSamples {
    fn default() -> Self {
        Self { stride: 1, sample: BTreeMap::new() }
    }
}

impl EstimateSamples {
    /// The one with `number` is told `estimate`.
    pub(super) fn tell(&mut self, number: u64, estimate: Option<Estimate>, now: OffsetDateTime) {
        if self.sample.is_empty() {
            self.stride = 1;
        }
        while self.sample.len() >= SAMPLE {
            self.stride *= 2;
            let stride = self.stride;
            self.sample.retain(|number, _| number % stride == 0);
        }
        if number.is_multiple_of(self.stride) {
            self.sample.insert(number, (now, estimate));
        }
    }

    /// The one with `number` was admitted.
    pub(super) fn come_true(&mut self, number: u64, at: OffsetDateTime) -> Option<EstimateOutcome> {
        let (told_at, estimate) = self.sample.remove(&number)?;
        let waited = at - told_at;
        let verdict = match estimate {
            None => EstimateOutcome::Unknown,
            Some(Estimate { p50, .. }) if waited <= p50 => EstimateOutcome::WithinP50,
            Some(Estimate { p90, .. }) if waited <= p90 => EstimateOutcome::WithinP90,
            Some(_) => EstimateOutcome::BeyondP90,
        };
        verdict.counter().increment(1);
        Some(verdict)
    }

    /// The one with `number` is not waited for any more.
    pub(super) fn forget(&mut self, number: u64) {
        self.sample.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
    const TOLD: Estimate = Estimate { p50: Duration::seconds(10), p90: Duration::seconds(20) };

    #[test]
    fn a_wait_is_judged_by_what_was_told() {
        let verdict = |estimate, waited| {
            let mut told = EstimateSamples::default();
            told.tell(1, estimate, START);
            told.come_true(1, START + Duration::seconds(waited))
        };
        assert_eq!([verdict(Some(TOLD), 0), verdict(Some(TOLD), 10)], [Some(EstimateOutcome::WithinP50); 2]);
        assert_eq!([verdict(Some(TOLD), 11), verdict(Some(TOLD), 20)], [Some(EstimateOutcome::WithinP90); 2]);
        assert_eq!([verdict(Some(TOLD), 21), verdict(None, 5)], [Some(EstimateOutcome::BeyondP90), Some(EstimateOutcome::Unknown)]);
    }

    #[test]
    fn who_left_or_was_not_followed_is_not_judged() {
        let mut told = EstimateSamples::default();
        told.tell(1, None, START);
        told.forget(1);
        assert_eq!([told.come_true(1, START), told.come_true(2, START)], [None, None]);
    }

    #[test]
    fn a_long_line_is_sampled_evenly_and_within_bounds() {
        let mut told = EstimateSamples::default();
        for number in 1..=100_000 {
            told.tell(number, None, START);
        }
        assert!((SAMPLE / 2..=SAMPLE).contains(&told.sample.len()), "{}", told.sample.len());
        let numbers: Vec<u64> = told.sample.keys().copied().collect();
        assert!(numbers.windows(2).all(|pair| pair[1] - pair[0] == told.stride));
    }
}
