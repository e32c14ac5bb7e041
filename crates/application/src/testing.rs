//! Small real things for tests: a clock that stands still until it is moved, ids that count, lanes over mocks that are checked,
//! an observer that keeps what it is notified of.

mod lanes;
mod observer;
mod programme;

pub use lanes::MockedLanes;
pub use observer::RecordingObserver;
pub use programme::Programme;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::queue::PolicyOverrides;
use domain::{Charging, Money, Queue, QueueId, QueuePolicy, Rules, Version, Versioned};
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::ports::{Catalogue, Clock, Ids, MockCatalogue, Tokens};
use crate::waiting_room::Parts;
use crate::{SeatMaps, WaitingRoom};

/// The default rules, in KRW.
///
/// # Panics
/// Never: the numbers are sound.
#[must_use]
#[expect(clippy::expect_used, reason = "for tests")]
pub fn the_rules() -> Rules {
    let won = |minor| Money::new(minor).expect("an amount");
    Rules {
        hold: Duration::minutes(5),
        max_seats_per_user: 4,
        currency: "KRW".parse().expect("a currency"),
        charging: Charging::Open,
        max_charge: won(1_000_000),
        max_balance: won(10_000_000),
        queue: QueuePolicy { capacity: 100, batch: 50, active: Duration::minutes(10), claim: Duration::minutes(2), max_waiting: None },
        key_retention: Duration::DAY,
    }
}

/// The default queue, open and without a policy of its own.
#[must_use]
pub fn a_queue() -> Versioned<Queue> {
    a_queue_called(Queue::DEFAULT)
}

/// The same under another id.
#[must_use]
pub fn a_queue_called(id: QueueId) -> Versioned<Queue> {
    Versioned::new(Version::FIRST, Queue::new(id, "Default".to_owned(), PolicyOverrides::default(), None))
}

/// A catalogue that has that queue, and nothing else.
#[must_use]
pub fn an_empty_programme() -> MockCatalogue {
    let mut catalogue = MockCatalogue::new();
    catalogue.expect_queues().returning(|| Ok(vec![a_queue()]));
    catalogue
}

/// An empty waiting room: 100 may be in, 50 are admitted a second.
pub fn a_waiting_room(tokens: Arc<dyn Tokens>, catalogue: Arc<dyn Catalogue>, clock: Arc<dyn Clock>) -> WaitingRoom {
    let seat_maps = Arc::new(SeatMaps::new(catalogue.clone(), clock.clone()));
    let policy = QueuePolicy { capacity: 100, batch: 50, active: Duration::minutes(10), claim: Duration::minutes(2), max_waiting: None };
    WaitingRoom::new(Parts { tokens, catalogue, seat_maps, clock, policy, tick: Duration::SECOND })
}

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
