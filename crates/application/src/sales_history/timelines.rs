//! The flows of schedules and queues by bucket, within limits.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use domain::{QueueId, ScheduleId};

use super::flows::{Bucket, QueueFlows, SaleFlows};
use super::waits::WaitingSince;

/// The maximum number of schedules with a history; the one whose last event is the oldest is removed first. About 30 KB each at most.
pub(super) const MAX_SCHEDULES: usize = 1_000;
/// The maximum number of queues with a history. About 750 KB each at most.
pub(super) const MAX_QUEUES: usize = 50;

/// The flows of schedules and queues.
#[derive(Default)]
pub(super) struct Timelines {
    sales: Limited<ScheduleId, SaleFlows>,
    queues: Limited<QueueId, QueueFlows>,
    /// The highest number that was admitted to each of these queues.
    admitted: HashMap<QueueId, u64>,
    pub(super) waits: WaitingSince,
}

impl Timelines {
    /// Returns the flows of a schedule in a bucket, to be added to.
    pub(super) fn sale(&mut self, schedule: ScheduleId, bucket: Bucket) -> &mut SaleFlows {
        self.sales.at(schedule, bucket, MAX_SCHEDULES)
    }

    /// Returns the flows of a queue in a bucket, to be added to.
    pub(super) fn line(&mut self, queue: QueueId, bucket: Bucket) -> &mut QueueFlows {
        self.queues.at(queue, bucket, MAX_QUEUES)
    }

    /// Notes that the user with this number was admitted.
    pub(super) fn admitted_to(&mut self, queue: QueueId, number: u64) {
        let highest = self.admitted.entry(queue).or_default();
        *highest = number.max(*highest);
    }

    /// Returns whether the user with this number waits, as far as is known.
    pub(super) fn is_waiting(&self, queue: QueueId, number: u64) -> bool {
        self.admitted.get(&queue).is_none_or(|highest| *highest < number)
    }

    /// Removes what happened before `first`.
    pub(super) fn forget_before(&mut self, first: Bucket) {
        self.sales.forget_before(first);
        self.queues.forget_before(first);
        self.admitted.retain(|queue, _| self.queues.0.contains_key(queue));
    }

    /// Returns the flows of all `schedules` together in the buckets from `first` on.
    pub(super) fn sales(&self, schedules: &[ScheduleId], first: Bucket, buckets: usize) -> Vec<SaleFlows> {
        let mut all = vec![SaleFlows::default(); buckets];
        for (place, flows) in schedules.iter().flat_map(|schedule| self.sales.from(schedule, first)) {
            if let Some(sum) = all.get_mut(place) {
                sum.add(flows);
            }
        }
        all
    }

    /// Returns the flows of a queue in the buckets from `first` on.
    pub(super) fn queue(&self, queue: QueueId, first: Bucket, buckets: usize) -> Vec<QueueFlows> {
        let mut all = vec![QueueFlows::default(); buckets];
        for (place, flows) in self.queues.from(&queue, first) {
            if let Some(bucket) = all.get_mut(place) {
                flows.clone_into(bucket);
            }
        }
        all
    }
}

/// Timelines by key.
struct Limited<K, F>(HashMap<K, BTreeMap<Bucket, F>>);

impl<K, F> Default for Limited<K, F> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Eq + Hash, F: Default> Limited<K, F> {
    fn at(&mut self, key: K, bucket: Bucket, limit: usize) -> &mut F {
        if self.0.len() >= limit && !self.0.contains_key(&key) {
            let oldest = self.0.iter().min_by_key(|(_, timeline)| timeline.keys().next_back().copied()).map(|(key, _)| *key);
            if let Some(oldest) = oldest {
                self.0.remove(&oldest);
            }
        }
        self.0.entry(key).or_default().entry(bucket).or_default()
    }

    fn from(&self, key: &K, first: Bucket) -> impl Iterator<Item = (usize, &F)> {
        let timeline = self.0.get(key).into_iter();
        timeline.flat_map(move |timeline| timeline.range(first..)).filter_map(move |(bucket, flows)| Some((bucket.place(first)?, flows)))
    }

    fn forget_before(&mut self, first: Bucket) {
        self.0.retain(|_, timeline| {
            *timeline = timeline.split_off(&first);
            !timeline.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::schedule;
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn the_schedule_whose_last_event_is_the_oldest_is_removed_beyond_the_limit() {
        let start = Bucket::of(OffsetDateTime::UNIX_EPOCH);
        let (mut sales, later) = (Limited::<ScheduleId, SaleFlows>::default(), Bucket::of(start.start() + time::Duration::MINUTE));
        sales.at(schedule(1), start, 2).held += 1;
        sales.at(schedule(2), start, 2).held += 2;
        sales.at(schedule(1), later, 2).held += 3;
        sales.at(schedule(3), later, 2).held += 4;
        let of = |number| sales.from(&schedule(number), start).map(|(place, flows)| (place, flows.held)).collect::<Vec<_>>();
        assert_eq!([of(1), of(2), of(3)], [vec![(0, 1), (6, 3)], vec![], vec![(6, 4)]]);
    }

    #[test]
    fn what_happened_before_is_removed() {
        let (start, mut timelines) = (Bucket::of(OffsetDateTime::UNIX_EPOCH), Timelines::default());
        let next = Bucket::of(start.start() + time::Duration::seconds(Bucket::SECONDS));
        timelines.sale(schedule(1), start).held += 1;
        timelines.sale(schedule(2), next).held += 2;
        timelines.forget_before(next);
        let held = |schedules: &[ScheduleId]| timelines.sales(schedules, start, 2).iter().map(|flows| flows.held).collect::<Vec<_>>();
        assert_eq!(held(&[schedule(1), schedule(2)]), [0, 2]);
        assert_eq!(timelines.sales.0.len(), 1, "an empty timeline takes no memory");
    }
}
