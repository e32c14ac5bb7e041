//! Bars: the required values of figures, and whether they were reached.

use crate::statistics::Quartiles;

/// A bar and the measured value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bar {
    pub(crate) what: String,
    pub(crate) value: Quartiles,
    pub(crate) limit: Limit,
    pub(crate) unit: &'static str,
}

/// The acceptable values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Limit {
    AtLeast(f64),
    AtMost(f64),
    Exactly(f64),
}

impl Bar {
    pub(crate) fn new(what: impl Into<String>, value: Quartiles, limit: Limit, unit: &'static str) -> Self {
        Self { what: what.into(), value, limit, unit }
    }

    /// Whether the worse quartile is within the limit: a bar that is met only in some rounds is missed.
    pub(crate) fn is_met(&self) -> bool {
        match self.limit {
            Limit::AtLeast(least) => self.worse() >= least,
            Limit::AtMost(most) => self.worse() <= most,
            // Counts.
            Limit::Exactly(count) => (self.worse() - count).abs() < 0.5,
        }
    }

    /// Returns the quartile that is judged.
    pub(crate) fn worse(&self) -> f64 {
        let Quartiles { lower, upper, .. } = self.value;
        match self.limit {
            Limit::AtLeast(_) => lower,
            Limit::AtMost(_) => upper,
            Limit::Exactly(count) => {
                [lower, upper].into_iter().max_by(|one, other| (one - count).abs().total_cmp(&(other - count).abs())).unwrap_or(upper)
            }
        }
    }

    pub(crate) fn wanted(&self) -> String {
        let unit = self.unit;
        match self.limit {
            Limit::AtLeast(least) => format!("≥ {least}{unit}"),
            Limit::AtMost(most) => format!("≤ {most}{unit}"),
            Limit::Exactly(count) => format!("{count}{unit}"),
        }
    }

    /// Returns the median, with the quartiles if they differ.
    pub(crate) fn measured(&self) -> String {
        let Quartiles { lower, median, upper } = self.value;
        match self.limit {
            Limit::AtLeast(_) | Limit::AtMost(_) => format!("{median:.2}{} ({lower:.2}–{upper:.2})", self.unit),
            Limit::Exactly(_) => format!("{median}{}", self.unit),
        }
    }

    pub(crate) fn verdict(&self) -> String {
        match self.limit {
            _ if self.is_met() => "met".to_owned(),
            // A limit of zero has no percentage.
            Limit::AtLeast(limit) | Limit::AtMost(limit) if limit > 0.0 => {
                format!("**missed by {:.0} %**", (self.worse() - limit).abs() / limit * 100.0)
            }
            Limit::AtLeast(limit) | Limit::AtMost(limit) | Limit::Exactly(limit) => {
                format!("**missed by {}**", (self.worse() - limit).abs())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(lower: f64, median: f64, upper: f64, limit: Limit) -> Bar {
        Bar::new("", Quartiles { lower, median, upper }, limit, "")
    }

    fn verdict(value: f64, limit: Limit) -> String {
        bar(value, value, value, limit).verdict()
    }

    #[test]
    fn a_bar_is_met_only_if_its_worse_quartile_meets_it() {
        assert!(bar(3.0, 3.2, 3.4, Limit::AtLeast(3.0)).is_met());
        assert!(!bar(2.9, 3.2, 3.4, Limit::AtLeast(3.0)).is_met());
        assert!(bar(90.0, 95.0, 100.0, Limit::AtMost(100.0)).is_met());
        assert!(!bar(90.0, 95.0, 101.0, Limit::AtMost(100.0)).is_met());
        assert!(!bar(0.0, 0.0, 1.0, Limit::Exactly(0.0)).is_met());
        assert!(!bar(0.0, 1.0, 1.0, Limit::Exactly(1.0)).is_met());
    }

    #[test]
    fn a_verdict_states_the_difference_from_the_limit() {
        assert_eq!(verdict(2.0, Limit::AtLeast(1.3)), "met");
        assert_eq!(verdict(0.65, Limit::AtLeast(1.3)), "**missed by 50 %**");
        assert_eq!(bar(0.65, 1.4, 1.5, Limit::AtLeast(1.3)).verdict(), "**missed by 50 %**");
        assert_eq!(verdict(250.0, Limit::AtMost(250.0)), "met");
        assert_eq!(verdict(300.0, Limit::AtMost(250.0)), "**missed by 20 %**");
        assert_eq!(verdict(2.0, Limit::AtMost(0.0)), "**missed by 2**");
        assert_eq!(verdict(0.0, Limit::Exactly(0.0)), "met");
        assert_eq!(verdict(3.0, Limit::Exactly(0.0)), "**missed by 3**");
    }

    #[test]
    fn a_measured_value_is_shown_with_its_quartiles() {
        assert_eq!(bar(1.0, 1.5, 2.0, Limit::AtLeast(1.0)).measured(), "1.50 (1.00–2.00)");
        assert_eq!(bar(5.0, 5.0, 5.0, Limit::Exactly(5.0)).measured(), "5");
    }
}
