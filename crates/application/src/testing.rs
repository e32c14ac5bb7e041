//! What tests of use cases are made of, behind the feature `testing`: [`MockedLanes`], over which a use case runs, a clock that stands still
//! until it is moved, ids that count, and an observer that keeps what it is notified of. Rows are built by [`domain::testing`], and every port
//! has a mock in [`ports`](crate::ports).

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
use crate::{SeatMaps, WaitingRoom};

/// A catalogue that has the default queue, and nothing else.
#[must_use]
pub fn an_empty_programme() -> MockCatalogue {
    let mut catalogue = MockCatalogue::new();
    catalogue.expect_queues().returning(|| Ok(vec![a_queue()]));
    catalogue
}

/// An empty waiting room: 100 may be in, 50 are admitted a second.
pub fn a_waiting_room(tokens: Arc<dyn Tokens>, catalogue: Arc<dyn Catalogue>, clock: Arc<dyn Clock>) -> WaitingRoom {
    let seat_maps = Arc::new(SeatMaps::new(catalogue.clone(), clock.clone()));
    WaitingRoom::new(Parts { tokens, catalogue, seat_maps, clock, policy: rules().queue, tick: Duration::SECOND })
}

/// A clock that stands still, at [`NOW`], until it is moved.
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
