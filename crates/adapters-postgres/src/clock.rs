//! The database's clock, estimated without a request.

use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use application::ports::Clock;
use time::{Duration, OffsetDateTime};

/// Follows the database's clock by the readings that loads return, and between them by the monotonic clock of this machine: a jump of this
/// machine's wall clock has no effect.
#[derive(Debug)]
pub struct DatabaseClock(RwLock<Reading>);

/// One reading of the database's clock.
#[derive(Debug, Clone, Copy)]
struct Reading {
    now: OffsetDateTime,
    at: Instant,
    /// The maximum error: half of the round trip.
    uncertainty: Duration,
}

/// The growth of the uncertainty of a reading with its age: more than clocks drift.
const DRIFT_PER_SECOND: Duration = Duration::milliseconds(1);

impl Reading {
    fn new(now: OffsetDateTime, sent: Instant, received: Instant) -> Self {
        let uncertainty = (received - sent) / 2;
        Self { now, at: sent + uncertainty, uncertainty: Duration::try_from(uncertainty).unwrap_or(Duration::MAX) }
    }

    fn age(&self, at: Instant) -> Duration {
        Duration::try_from(at.saturating_duration_since(self.at)).unwrap_or(Duration::MAX)
    }

    fn uncertainty(&self, at: Instant) -> Duration {
        self.uncertainty.saturating_add(DRIFT_PER_SECOND.saturating_mul(self.age(at).whole_seconds().try_into().unwrap_or(i32::MAX)))
    }
}

impl DatabaseClock {
    /// Starts from a reading `now` that was requested at `sent` and returned at `received`.
    pub(crate) fn new(now: OffsetDateTime, sent: Instant, received: Instant) -> Self {
        Self(RwLock::new(Reading::new(now, sent, received)))
    }

    /// Takes another reading, if its uncertainty is lower.
    pub(crate) fn observe(&self, now: OffsetDateTime, sent: Instant, received: Instant) {
        let reading = Reading::new(now, sent, received);
        let mut latest = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if reading.uncertainty <= latest.uncertainty(received) {
            *latest = reading;
        }
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> OffsetDateTime {
        let latest = *self.0.read().unwrap_or_else(PoisonError::into_inner);
        let now = latest.now.saturating_add(latest.age(Instant::now()));
        now.replace_microsecond(now.microsecond()).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

    fn error(clock: &DatabaseClock, truth: OffsetDateTime) -> Duration {
        (clock.now() - truth).abs()
    }

    #[test]
    fn the_clock_advances_from_the_last_reading() {
        let start = Instant::now();
        let clock = DatabaseClock::new(NOON, start, start);
        let elapsed = Duration::try_from(start.elapsed()).unwrap();
        assert!(error(&clock, NOON + elapsed) < Duration::seconds(1));
    }

    #[test]
    fn a_slow_reading_does_not_replace_a_fast_one() {
        let start = Instant::now();
        let clock = DatabaseClock::new(NOON, start, start + std::time::Duration::from_millis(1));
        clock.observe(NOON + Duration::hours(1), start, start + std::time::Duration::from_secs(5));
        assert!(error(&clock, NOON) < Duration::minutes(1));
        clock.observe(NOON + Duration::hours(1), start, start);
        assert!(error(&clock, NOON + Duration::hours(1)) < Duration::minutes(1));
    }
}
