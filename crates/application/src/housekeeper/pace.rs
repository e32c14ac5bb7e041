//! The pace of pruning: rounds that lock rows for milliseconds only, and as few pauses as the backlog allows.

use std::time::Duration;

/// A round that takes longer is followed by a smaller one.
const LONG: Duration = Duration::from_millis(50);
/// A full round that takes less time is followed by a larger one.
const SHORT: Duration = Duration::from_millis(20);
/// With rows that are past their retention for longer than this, pruning makes no pauses.
const MAX_BACKLOG: Duration = Duration::from_secs(20);

/// The maximum number of rows of a round. On SQLite commits wait for a round, so its duration matters; in a large round each row costs less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RoundSize(u32);

impl RoundSize {
    /// The size of the first round of a pass.
    pub(super) const FIRST: Self = Self(1_000);
    const SMALLEST: u32 = 250;
    const LARGEST: u32 = 8_000;

    pub(super) const fn rows(self) -> u32 {
        self.0
    }

    /// Returns the size of the next round, after a full one that took `took`.
    pub(super) fn after(self, took: Duration) -> Self {
        let rows = if took < SHORT {
            self.0 * 2
        } else if took > LONG {
            self.0 / 2
        } else {
            self.0
        };
        Self(rows.clamp(Self::SMALLEST, Self::LARGEST))
    }
}

/// Returns the pause after rounds that took `took`: as long again, so that pruning uses at most half of one connection's time and the sale
/// continues; none if rows are far past their retention, so that pruning keeps up with any rate at which rows are written.
pub(super) fn pause(took: Duration, backlog: Duration) -> Duration {
    if backlog > MAX_BACKLOG { Duration::ZERO } else { took }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn rounds_grow_while_they_are_short() {
        let mut size = RoundSize::FIRST;
        let mut sizes = Vec::new();
        for _ in 0..5 {
            sizes.push(size.rows());
            size = size.after(MILLISECOND);
        }
        assert_eq!(sizes, [1_000, 2_000, 4_000, 8_000, 8_000]);
    }

    #[test]
    fn rounds_shrink_while_they_are_long() {
        let mut size = RoundSize::FIRST;
        for smaller in [500, 250, 250] {
            size = size.after(LONG + MILLISECOND);
            assert_eq!(size.rows(), smaller);
        }
    }

    #[test]
    fn rounds_of_a_moderate_duration_keep_their_size() {
        assert_eq!(RoundSize::FIRST.after(SHORT), RoundSize::FIRST);
        assert_eq!(RoundSize::FIRST.after(LONG), RoundSize::FIRST);
    }

    #[test]
    fn pauses_are_as_long_as_the_rounds_unless_rows_are_far_past_their_retention() {
        assert_eq!(pause(MILLISECOND, Duration::ZERO), MILLISECOND);
        assert_eq!(pause(MILLISECOND, MAX_BACKLOG), MILLISECOND);
        assert_eq!(pause(MILLISECOND, MAX_BACKLOG + MILLISECOND), Duration::ZERO);
    }
}
