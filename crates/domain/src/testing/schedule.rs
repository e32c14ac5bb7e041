//! Schedules.

use time::Duration;

use super::{CONCERT, NOW, SCHEDULE};
use crate::{Schedule, Version, Versioned, Zone};

/// [`SCHEDULE`] of [`CONCERT`]: on sale since yesterday and for another week; the show starts in ten days.
///
/// # Panics
/// Never: its time zone exists.
#[must_use]
pub fn a_schedule() -> Versioned<Schedule> {
    let zone = Zone::new("Asia/Seoul").unwrap_or_else(|error| panic!("{error}"));
    let sale = NOW - Duration::DAY..NOW + Duration::WEEK;
    Versioned::new(Version(800), Schedule::new(SCHEDULE, CONCERT, NOW + Duration::days(10), zone, sale))
}
