//! Schedules for tests.

use std::ops::Range;

use time::{Duration, OffsetDateTime};

use super::{CONCERT, NOW, SCHEDULE};
use crate::{ConcertId, Schedule, ScheduleId, Version, Versioned, Zone};

/// Returns [`SCHEDULE`] of [`CONCERT`]: on sale since yesterday and for another week; the show starts in ten days.
///
/// # Panics
/// Never: its time zone exists.
#[must_use]
pub fn a_schedule() -> Versioned<Schedule> {
    let zone = Zone::new("Asia/Seoul").unwrap_or_else(|error| panic!("{error}"));
    let sale = NOW - Duration::DAY..NOW + Duration::WEEK;
    Versioned::new(Version(800), Schedule::new(SCHEDULE, CONCERT, NOW + Duration::days(10), zone, sale))
}

impl Schedule {
    /// Returns the schedule with another id.
    #[must_use]
    pub fn with_id(self, id: ScheduleId) -> Self {
        let concert = self.concert();
        self.with_ids(id, concert)
    }

    /// Returns the schedule with another start of the show.
    #[must_use]
    pub fn with_start(self, starts_at: OffsetDateTime) -> Self {
        let sale = self.sale_opens_at()..self.sale_closes_at();
        Self::new(self.id(), self.concert(), starts_at, self.zone().clone(), sale)
            .restore(self.cancellation().cloned())
            .with_layout(self.layout())
    }

    /// Returns the schedule with another sale period.
    #[must_use]
    pub fn with_sale(self, sale: Range<OffsetDateTime>) -> Self {
        Self::new(self.id(), self.concert(), self.starts_at(), self.zone().clone(), sale)
            .restore(self.cancellation().cloned())
            .with_layout(self.layout())
    }

    /// Returns the schedule with another id and concert.
    #[must_use]
    pub fn with_ids(self, id: ScheduleId, concert: ConcertId) -> Self {
        let sale = self.sale_opens_at()..self.sale_closes_at();
        Self::new(id, concert, self.starts_at(), self.zone().clone(), sale).restore(self.cancellation().cloned()).with_layout(self.layout())
    }
}
