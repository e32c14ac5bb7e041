//! A comparison of estimates with the actual waiting times. Only a sample of the queue is tracked, so that a million waiting users take no
//! more memory than a thousand.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::estimate::Estimate;

/// The maximum size of the sample.
const MAX_SAMPLES: usize = 1_024;
/// The metric that counts waits by their `verdict`: how they compare with the estimate at the join.
const METRIC: &str = "frontrow_queue_wait_estimates_total";

/// The comparison of an estimate with the actual wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EstimateOutcome {
    WithinP50,
    WithinP90,
    BeyondP90,
    /// There was no estimate at the join.
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
pub(super) fn describe() {
    metrics::describe_counter!(METRIC, "Waits that ended with an admission, compared with the estimate at the join.");
    for verdict in EstimateOutcome::ALL {
        verdict.counter().absolute(0);
    }
}

/// The estimates of every `stride`th number of a queue, with the time of the join.
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
    /// Records the estimate for the token with `number`, if it belongs to the sample.
    pub(super) fn record(&mut self, number: u64, estimate: Option<Estimate>, now: OffsetDateTime) {
        if self.sample.is_empty() {
            self.stride = 1;
        }
        while self.sample.len() >= MAX_SAMPLES {
            self.stride *= 2;
            let stride = self.stride;
            self.sample.retain(|number, _| number % stride == 0);
        }
        if number.is_multiple_of(self.stride) {
            self.sample.insert(number, (now, estimate));
        }
    }

    /// Compares the wait of the token with `number`, which was admitted, with its estimate.
    pub(super) fn compare(&mut self, number: u64, at: OffsetDateTime) -> Option<EstimateOutcome> {
        let (joined_at, estimate) = self.sample.remove(&number)?;
        let waited = at - joined_at;
        let verdict = match estimate {
            None => EstimateOutcome::Unknown,
            Some(Estimate { p50, .. }) if waited <= p50 => EstimateOutcome::WithinP50,
            Some(Estimate { p90, .. }) if waited <= p90 => EstimateOutcome::WithinP90,
            Some(_) => EstimateOutcome::BeyondP90,
        };
        verdict.counter().increment(1);
        Some(verdict)
    }

    /// Removes the token with `number`, which no longer waits.
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
    const ESTIMATE: Estimate = Estimate { p50: Duration::seconds(10), p90: Duration::seconds(20) };

    #[test]
    fn a_wait_is_compared_with_its_estimate() {
        let verdict = |estimate, waited| {
            let mut samples = EstimateSamples::default();
            samples.record(1, estimate, START);
            samples.compare(1, START + Duration::seconds(waited))
        };
        assert_eq!([verdict(Some(ESTIMATE), 0), verdict(Some(ESTIMATE), 10)], [Some(EstimateOutcome::WithinP50); 2]);
        assert_eq!([verdict(Some(ESTIMATE), 11), verdict(Some(ESTIMATE), 20)], [Some(EstimateOutcome::WithinP90); 2]);
        assert_eq!([verdict(Some(ESTIMATE), 21), verdict(None, 5)], [Some(EstimateOutcome::BeyondP90), Some(EstimateOutcome::Unknown)]);
    }

    #[test]
    fn tokens_that_left_or_are_not_sampled_are_not_compared() {
        let mut samples = EstimateSamples::default();
        samples.record(1, None, START);
        samples.forget(1);
        assert_eq!([samples.compare(1, START), samples.compare(2, START)], [None, None]);
    }

    #[test]
    fn a_long_queue_is_sampled_evenly_up_to_the_limit() {
        let mut samples = EstimateSamples::default();
        for number in 1..=100_000 {
            samples.record(number, None, START);
        }
        assert!((MAX_SAMPLES / 2..=MAX_SAMPLES).contains(&samples.sample.len()), "{}", samples.sample.len());
        let numbers: Vec<u64> = samples.sample.keys().copied().collect();
        assert!(numbers.windows(2).all(|pair| pair[1] - pair[0] == samples.stride));
    }
}
