//! Test support for use cases, behind the feature `testing`: [`MockedLanes`], over which a use case runs, a clock that only moves on
//! request, sequential ids, and an observer that records its notifications. [`domain::testing`] builds rows, and every port has a mock in
//! [`ports`](crate::ports).

mod catalogue;
mod lanes;
mod observer;

pub use catalogue::CatalogueFixture;
pub use lanes::MockedLanes;
pub use observer::RecordingObserver;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::testing::{NOW, a_queue, rules};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::ports::{Catalogue, Clock, Ids, MockCatalogue, Tokens};
use crate::waiting_room::Parts;
use crate::{CatalogueModel, MemoryLimits, SeatMaps, WaitingRoom};

/// Returns a catalogue that only has the default queue.
#[must_use]
pub fn an_empty_catalogue() -> MockCatalogue {
    let mut catalogue = MockCatalogue::new();
    catalogue.expect_queues().returning(|| Ok(vec![a_queue()]));
    catalogue
}

/// Returns an empty waiting room with a capacity of 100, which admits up to 50 users per second.
pub fn a_waiting_room(tokens: Arc<dyn Tokens>, catalogue: Arc<dyn Catalogue>, clock: Arc<dyn Clock>) -> WaitingRoom {
    let memory = MemoryLimits::default();
    let seat_maps = Arc::new(SeatMaps::new(catalogue.clone(), clock.clone(), memory.seat_maps));
    let catalogue = Arc::new(CatalogueModel::new(catalogue, memory.catalogue));
    WaitingRoom::new(Parts { tokens, catalogue, seat_maps, clock, policy: rules().queue, tick: Duration::SECOND, memory })
}

/// A clock that starts at [`NOW`] and only moves by [`StoppedClock::advance`].
#[derive(Debug)]
pub struct StoppedClock(Mutex<OffsetDateTime>);

impl Default for StoppedClock {
    fn default() -> Self {
        Self(Mutex::new(NOW))
    }
}

impl StoppedClock {
    /// Moves the clock by `by`.
    pub fn advance(&self, by: Duration) {
        *self.time() += by;
    }

    fn time(&self) -> std::sync::MutexGuard<'_, OffsetDateTime> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> OffsetDateTime {
        *self.time()
    }
}

/// Sequential ids from 1.
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
