//! The store's clock, which is simulated time plus injected jumps, and an instance's estimate of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use application::ports::Clock;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::time::Instant;

/// The time of the store's clock at the start of a run.
const START: OffsetDateTime = datetime!(2026-11-28 20:00 UTC);

/// The store's clock.
#[derive(Debug)]
pub(crate) struct StoreClock {
    began: Instant,
    /// The sum of all jumps, in microseconds.
    jumped: AtomicI64,
}

/// An instance's estimate of the store's clock, with a constant error.
#[derive(Debug)]
pub(crate) struct InstanceClock {
    pub(crate) store: Arc<StoreClock>,
    /// The error of the estimate; negative: behind.
    pub(crate) ahead: Duration,
}

impl StoreClock {
    /// A clock at the start of a run.
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), jumped: AtomicI64::new(0) }
    }

    /// Moves the clock forward, or back if negative.
    pub(crate) fn jump(&self, milliseconds: i64) {
        self.jumped.fetch_add(milliseconds * 1_000, Ordering::Relaxed);
    }

    /// Simulated time since the start of the run, without jumps.
    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.began.elapsed()
    }
}

impl Clock for StoreClock {
    fn now(&self) -> OffsetDateTime {
        let elapsed = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        START + Duration::microseconds(elapsed + self.jumped.load(Ordering::Relaxed))
    }
}

impl Clock for InstanceClock {
    fn now(&self) -> OffsetDateTime {
        self.store.now() + self.ahead
    }
}
