//! The wall clock: the one place that reads it.

use time::OffsetDateTime;

use crate::ports::Clock;

/// The machine's clock, in microseconds as databases have them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the edge at which the wall clock is read")]
    fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc();
        now.replace_microsecond(now.microsecond()).unwrap_or(now)
    }
}
