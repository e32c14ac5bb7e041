//! A figure in calm and in disturbed rounds, and the results of scenarios.

use crate::bars::{Bar, Limit};
use crate::statistics::{Quartiles, ratios};

/// A figure of a scenario, round by round.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) scenario: &'static str,
    pub(crate) figure: String,
    pub(crate) unit: &'static str,
    /// Empty if the figure exists only during the disturbance.
    pub(crate) calm: Vec<f64>,
    pub(crate) disturbed: Vec<f64>,
}

impl Comparison {
    pub(crate) fn new(scenario: &'static str, figure: impl Into<String>, unit: &'static str) -> Self {
        Self { scenario, figure: figure.into(), unit, calm: Vec::new(), disturbed: Vec::new() }
    }

    /// Adds a round: the figure in calm and during the disturbance.
    pub(crate) fn add(&mut self, calm: f64, disturbed: f64) {
        self.calm.push(calm);
        self.disturbed.push(disturbed);
    }

    /// Returns the ratio of the disturbed rounds to the calm ones; none without calm rounds.
    pub(crate) fn ratio(&self) -> Option<Quartiles> {
        Quartiles::of(&ratios(&self.disturbed, &self.calm))
    }

    /// Returns the bar on the ratio; none if it was not measured.
    pub(crate) fn judge_ratio(&self, limit: Limit) -> Option<Bar> {
        Some(Bar::new(format!("{}: {}, disturbed by calm", self.scenario, self.figure), self.ratio()?, limit, " ×"))
    }

    /// Returns the bar on the figure during the disturbance; none if it was not measured.
    pub(crate) fn judge_disturbed(&self, limit: Limit) -> Option<Bar> {
        Some(Bar::new(format!("{}: {}", self.scenario, self.figure), Quartiles::of(&self.disturbed)?, limit, self.unit))
    }

    /// Returns the bar on the sum of the figure in all disturbed rounds: for counts, of which no quartile may hide one.
    pub(crate) fn judge_sum(&self, limit: Limit) -> Bar {
        let sum = self.disturbed.iter().sum();
        Bar::new(format!("{}: {}, in all rounds", self.scenario, self.figure), Quartiles::exactly(sum), limit, self.unit)
    }
}

/// The results of scenarios.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) comparisons: Vec<Comparison>,
    pub(crate) bars: Vec<Bar>,
}

impl Findings {
    pub(crate) fn extend(&mut self, other: Self) {
        self.comparisons.extend(other.comparisons);
        self.bars.extend(other.bars);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disturbed_figure_is_compared_with_the_calm_one_of_its_round() {
        let mut rate = Comparison::new("scenario", "rate", "/s");
        for (calm, disturbed) in [(100.0, 90.0), (10.0, 8.5), (50.0, 40.0)] {
            rate.add(calm, disturbed);
        }
        let bar = rate.judge_ratio(Limit::AtLeast(0.8)).unwrap();
        assert!((bar.value.median - 0.85).abs() < 1e-9, "{bar:?}");
        assert!(bar.is_met());
        assert!(!rate.judge_ratio(Limit::AtLeast(0.84)).unwrap().is_met());
    }

    #[test]
    fn one_refusal_in_one_round_shows_in_the_sum() {
        let mut refusals = Comparison::new("scenario", "refusals", "");
        refusals.disturbed.extend([0.0, 0.0, 1.0, 0.0, 0.0]);
        assert!(!refusals.judge_sum(Limit::Exactly(0.0)).is_met());
        assert_eq!(refusals.ratio(), None);
    }
}
