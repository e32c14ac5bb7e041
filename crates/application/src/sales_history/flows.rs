//! The buckets of a history, and what is counted in each.

use time::{Duration, OffsetDateTime};

/// Ten seconds, by number since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(i64);

impl Bucket {
    /// The length of a bucket.
    pub const SECONDS: i64 = 10;
    /// The number of buckets that are kept: those of an hour.
    pub const KEPT: usize = 360;

    /// Returns the bucket that contains `instant`.
    #[must_use]
    pub const fn of(instant: OffsetDateTime) -> Self {
        Self(instant.unix_timestamp().div_euclid(Self::SECONDS))
    }

    /// Returns the bucket that is `buckets` earlier.
    #[must_use]
    pub fn before(self, buckets: usize) -> Self {
        Self(self.0.saturating_sub(i64::try_from(buckets).unwrap_or(i64::MAX)))
    }

    /// Returns its first instant.
    #[must_use]
    pub fn start(self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH
            .checked_add(Duration::seconds(self.0.saturating_mul(Self::SECONDS)))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Returns the place of this bucket in a list that begins with `first`.
    pub(super) fn place(self, first: Self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(first.0)?).ok()
    }
}

/// What happened to the seats of a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaleFlows {
    /// Seats that were held.
    pub held: u64,
    /// Seats whose hold ended without a payment.
    pub ended: u64,
    /// Seats that were paid for.
    pub sold: u64,
    /// Seats that were refunded.
    pub refunded: u64,
    /// The amount of the payments, in minor units.
    pub revenue: i64,
    /// The amount of the refunds, in minor units.
    pub refunds: i64,
}

impl SaleFlows {
    /// Adds those of another schedule.
    pub(super) fn add(&mut self, other: &Self) {
        let Self { held, ended, sold, refunded, revenue, refunds } = other;
        self.held += held;
        self.ended += ended;
        self.sold += sold;
        self.refunded += refunded;
        self.revenue = self.revenue.saturating_add(*revenue);
        self.refunds = self.refunds.saturating_add(*refunds);
    }
}

/// What happened in a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFlows {
    /// Users who joined.
    pub joined: u64,
    /// Users who were admitted.
    pub admitted: u64,
    /// Users who left while they waited.
    pub left: u64,
    /// Users whose turn ended: they paid, left, or their time was over.
    pub finished: u64,
    /// How long admitted users had waited.
    pub waits: Waits,
}

/// Some durations of waits, as a sample.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits(Vec<Duration>);

impl Waits {
    /// The maximum number of waits that are kept in a bucket: the first ones.
    const MAX: usize = 128;

    /// Returns the wait that `percent` of the waits don't exceed; none if there are no waits.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Option<Duration> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100);
        sorted.get(rank.saturating_sub(1)).copied()
    }

    pub(super) fn extend(&mut self, waits: impl IntoIterator<Item = Duration>) {
        let room = Self::MAX - self.0.len();
        self.0.extend(waits.into_iter().take(room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_lasts_ten_seconds() {
        let at = |seconds| OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds);
        assert_eq!([0, 9, 10, -1].map(|seconds| Bucket::of(at(seconds))), [0, 0, 1, -1].map(Bucket));
        assert_eq!(Bucket::of(at(1_234)).start(), at(1_230));
        assert_eq!(Bucket(7).before(3), Bucket(4));
        assert_eq!([Bucket(7).place(Bucket(4)), Bucket(3).place(Bucket(4))], [Some(3), None]);
    }

    #[test]
    fn a_percentile_is_one_of_the_waits() {
        let mut waits = Waits::default();
        assert_eq!(waits.percentile(50), None);
        waits.extend([4, 1, 3, 2].map(Duration::seconds));
        assert_eq!([1, 50, 51, 99, 100].map(|percent| waits.percentile(percent).unwrap().whole_seconds()), [1, 2, 3, 4, 4]);
        waits.extend((0..1_000).map(Duration::seconds));
        assert_eq!(waits.0.len(), Waits::MAX);
    }
}
