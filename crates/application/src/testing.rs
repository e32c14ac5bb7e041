//! Small real things for tests: a clock that stands still until it is moved, ids that count.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::ports::{Clock, Ids};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct StoppedClock(Mutex<OffsetDateTime>);

impl Default for StoppedClock {
    fn default() -> Self {
        Self(Mutex::new(datetime!(2026-11-21 20:00 UTC)))
    }
}

impl StoppedClock {
    /// Moves the clock by `by`.
    pub fn advance(&self, by: Duration) {
        *self.hand() += by;
    }

    fn hand(&self) -> std::sync::MutexGuard<'_, OffsetDateTime> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> OffsetDateTime {
        *self.hand()
    }
}

/// Ids that count from 1.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl CountingIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }
}

impl Ids for CountingIds {
    fn ordered(&self) -> Uuid {
        self.next()
    }

    fn secret(&self) -> Uuid {
        self.next()
    }
}
