//! The counts of seats of schedules whose maps don't fit into memory. They are read again after some seconds.

use dashmap::DashMap;
use domain::{ScheduleId, Stock};
use time::{Duration, OffsetDateTime};

/// How long counts are used.
const KEEP: Duration = Duration::seconds(10);
/// The number of schedules at which outdated counts are removed.
const MAX_SCHEDULES: usize = 10_000;

#[derive(Default)]
pub(super) struct RecentStock(DashMap<ScheduleId, (Stock, OffsetDateTime)>);

impl RecentStock {
    /// Returns the counts, unless they are outdated.
    pub(super) fn get(&self, schedule: ScheduleId, now: OffsetDateTime) -> Option<Stock> {
        self.0.get(&schedule).filter(|stock| is_recent(stock.1, now)).map(|stock| stock.0)
    }

    /// Stores the counts as of `at`.
    pub(super) fn keep(&self, schedule: ScheduleId, stock: Stock, at: OffsetDateTime) {
        if self.0.len() >= MAX_SCHEDULES {
            self.0.retain(|_, (_, kept_at)| is_recent(*kept_at, at));
        }
        self.0.insert(schedule, (stock, at));
    }
}

fn is_recent(at: OffsetDateTime, now: OffsetDateTime) -> bool {
    at <= now && now < at + KEEP
}
