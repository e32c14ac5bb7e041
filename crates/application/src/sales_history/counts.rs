//! Rare incidents of this process, counted by bucket.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::flows::Bucket;
use crate::ports::Clock;

/// The number of incidents of one kind in the last hour.
pub struct RecentCounts {
    clock: Arc<dyn Clock>,
    counts: Mutex<BTreeMap<Bucket, u64>>,
}

impl RecentCounts {
    /// Creates counts at zero.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, counts: Mutex::default() }
    }

    /// Adds incidents that have just happened.
    pub fn add(&self, incidents: u64) {
        let bucket = Bucket::of(self.clock.now());
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(bucket).or_default() += incidents;
        while counts.len() > Bucket::KEPT {
            counts.pop_first();
        }
    }

    /// Returns the number of incidents in each bucket from `first` on.
    pub(super) fn since(&self, first: Bucket, buckets: usize) -> Vec<u64> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = vec![0; buckets];
        for (bucket, count) in counts.range(first..) {
            if let Some(sum) = bucket.place(first).and_then(|place| all.get_mut(place)) {
                *sum = *count;
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::NOW;
    use time::Duration;

    use super::*;
    use crate::testing::StoppedClock;

    #[test]
    fn incidents_are_counted_in_the_bucket_in_which_they_happen_and_kept_for_an_hour() {
        let clock = Arc::new(StoppedClock::default());
        let counts = RecentCounts::new(clock.clone());
        counts.add(2);
        clock.advance(Duration::seconds(Bucket::SECONDS));
        counts.add(1);
        counts.add(3);
        let first = Bucket::of(NOW);
        assert_eq!(counts.since(first, 3), [2, 4, 0]);
        assert_eq!(counts.since(first.before(1), 2), [0, 2]);
        for _ in 0..Bucket::KEPT {
            clock.advance(Duration::seconds(Bucket::SECONDS));
            counts.add(1);
        }
        assert_eq!(counts.counts.lock().unwrap().len(), Bucket::KEPT);
        assert_eq!(counts.since(first, 1), [0]);
    }
}
