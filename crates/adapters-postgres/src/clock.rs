//! The database's clock, as far as this process can tell without asking it.

use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use application::ports::Clock;
use time::{Duration, OffsetDateTime};

/// Follows the database's clock by the readings that loads bring along, and by this machine's monotonic clock between them: a
/// jump of this machine's wall clock doesn't matter.
#[derive(Debug)]
pub struct DatabaseClock(RwLock<Reading>);

/// One reading of the database's clock.
#[derive(Debug, Clone, Copy)]
struct Reading {
    now: OffsetDateTime,
    at: Instant,
    /// How far it may be off: half of the round trip.
    doubt: Duration,
}

/// How much a reading's doubt grows with its age: more than clocks drift.
const DRIFT_A_SECOND: Duration = Duration::milliseconds(1);

impl Reading {
    fn new(now: OffsetDateTime, asked: Instant, answered: Instant) -> Self {
        let doubt = (answered - asked) / 2;
        Self { now, at: asked + doubt, doubt: Duration::try_from(doubt).unwrap_or(Duration::MAX) }
    }

    fn age(&self, at: Instant) -> Duration {
        Duration::try_from(at.saturating_duration_since(self.at)).unwrap_or(Duration::MAX)
    }

    fn doubt(&self, at: Instant) -> Duration {
        self.doubt.saturating_add(DRIFT_A_SECOND.saturating_mul(self.age(at).whole_seconds().try_into().unwrap_or(i32::MAX)))
    }
}

impl DatabaseClock {
    /// Starts from a reading `now` that was asked for and answered at these instants.
    pub(crate) fn new(now: OffsetDateTime, asked: Instant, answered: Instant) -> Self {
        Self(RwLock::new(Reading::new(now, asked, answered)))
    }

    /// Takes another reading, if it is the better one.
    pub(crate) fn observe(&self, now: OffsetDateTime, asked: Instant, answered: Instant) {
        let reading = Reading::new(now, asked, answered);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if reading.doubt <= kept.doubt(answered) {
            *kept = reading;
        }
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> OffsetDateTime {
        let kept = *self.0.read().unwrap_or_else(PoisonError::into_inner);
        let now = kept.now.saturating_add(kept.age(Instant::now()));
        now.replace_microsecond(now.microsecond()).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

    fn off(clock: &DatabaseClock, truth: OffsetDateTime) -> Duration {
        (clock.now() - truth).abs()
    }

    #[test]
    fn it_goes_on_from_the_last_reading() {
        let start = Instant::now();
        let clock = DatabaseClock::new(NOON, start, start);
        let elapsed = Duration::try_from(start.elapsed()).unwrap();
        assert!(off(&clock, NOON + elapsed) < Duration::seconds(1));
    }

    #[test]
    fn a_slow_reading_does_not_replace_a_quick_one() {
        let start = Instant::now();
        let clock = DatabaseClock::new(NOON, start, start + std::time::Duration::from_millis(1));
        clock.observe(NOON + Duration::hours(1), start, start + std::time::Duration::from_secs(5));
        assert!(off(&clock, NOON) < Duration::minutes(1));
        clock.observe(NOON + Duration::hours(1), start, start);
        assert!(off(&clock, NOON + Duration::hours(1)) < Duration::minutes(1));
    }
}
