//! Quartiles: what several rounds of a measurement have in common, and how far apart they are.

/// The quartiles of a sample: half of it lies between the lower and the upper one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quartiles {
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

impl Quartiles {
    /// Returns the quartiles of `sample`, by linear interpolation between the closest ranks; none if it is empty.
    pub(crate) fn of(sample: &[f64]) -> Option<Self> {
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        // The ranks of the quartiles, counted from 0, in quarters: a sample has few values.
        let last = sorted.len().checked_sub(1)?;
        let at = |quarter: usize| {
            let rank = last * quarter;
            let (below, part) = (sorted[rank / 4], f64::from(u8::try_from(rank % 4).unwrap_or_default()) / 4.0);
            below + part * (sorted[(rank / 4 + 1).min(last)] - below)
        };
        Some(Self { lower: at(1), median: at(2), upper: at(3) })
    }

    /// Returns the quartiles of a value that was counted rather than sampled.
    pub(crate) const fn exactly(value: f64) -> Self {
        Self { lower: value, median: value, upper: value }
    }

    pub(crate) fn map(self, convert: impl Fn(f64) -> f64) -> Self {
        Self { lower: convert(self.lower), median: convert(self.median), upper: convert(self.upper) }
    }
}

/// Returns the ratio of `values` to `others` round by round: other work on the machine affects both figures of a round.
pub(crate) fn ratios(values: &[f64], others: &[f64]) -> Vec<f64> {
    values.iter().zip(others).map(|(value, other)| value / other).collect()
}

/// Converts a count to a floating-point number for calculations.
#[expect(clippy::cast_precision_loss, reason = "no measurement counts that far")]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quartiles(sample: &[f64]) -> Quartiles {
        Quartiles::of(sample).unwrap()
    }

    fn of([lower, median, upper]: [f64; 3]) -> Quartiles {
        Quartiles { lower, median, upper }
    }

    #[test]
    fn quartiles_do_not_depend_on_the_order_of_the_sample() {
        assert_eq!(quartiles(&[5.0, 1.0, 4.0, 2.0, 3.0]), of([2.0, 3.0, 4.0]));
    }

    #[test]
    fn quartiles_between_two_ranks_are_interpolated() {
        assert_eq!(quartiles(&[10.0, 20.0]), of([12.5, 15.0, 17.5]));
        assert_eq!(quartiles(&[1.0, 2.0, 3.0, 4.0]), of([1.75, 2.5, 3.25]));
    }

    #[test]
    fn quartiles_of_one_value_are_that_value() {
        assert_eq!(quartiles(&[7.0]), of([7.0; 3]));
    }

    #[test]
    fn quartiles_of_nothing_do_not_exist() {
        assert_eq!(Quartiles::of(&[]), None);
    }

    #[test]
    fn one_disturbed_round_of_five_moves_no_quartile_far() {
        assert_eq!(quartiles(&[100.0, 101.0, 5.0, 99.0, 102.0]), of([99.0, 100.0, 101.0]));
    }

    #[test]
    fn ratios_are_taken_within_rounds() {
        assert_eq!(ratios(&[10.0, 4.0], &[5.0, 2.0]), [2.0, 2.0]);
    }
}
