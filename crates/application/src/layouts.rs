//! Layouts in memory: those that schedules name, read from the store once; and those of seats that were created before layouts were stored.
//! The least recently used ones are removed when all together exceed their memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Layout, LayoutHash, Schedule, ScheduleId};

use crate::loads::Loads;
use crate::memory::MemoryMetrics;
use crate::ports::Catalogue;
use crate::recency::Recency;
use crate::{Error, SeatMap, SeatMaps};

/// The number of layouts that are read or derived at the same time.
const MAX_LOADS: usize = 2;
/// The estimated size of a layout without rows.
const LAYOUT_BYTES: usize = 512;
/// The estimated size of a row with its texts.
const ROW_BYTES: usize = size_of::<domain::layout::Row>() + 120;

/// A layout with its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedLayout {
    /// The hash of its content.
    pub hash: LayoutHash,
    /// The layout.
    pub layout: Layout,
}

/// The layouts that were requested lately.
pub struct Layouts {
    known: Mutex<Known>,
    loads: Loads<Key>,
    catalogue: Arc<dyn Catalogue>,
    seat_maps: Arc<SeatMaps>,
    metrics: MemoryMetrics,
}

struct Known {
    layouts: HashMap<Key, KnownLayout>,
    recency: Recency<Key>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Stored(LayoutHash),
    /// That of the seats of a schedule.
    OfSeats(ScheduleId),
}

#[derive(Clone)]
struct KnownLayout {
    layout: Arc<HashedLayout>,
    /// The number of seats that it was derived from.
    seats: usize,
}

impl From<Layout> for HashedLayout {
    fn from(layout: Layout) -> Self {
        Self { hash: layout.hash(), layout }
    }
}

impl Layouts {
    /// Creates an empty set of layouts of at most `limit` bytes that are read from `catalogue`, or derived from `seat_maps`.
    pub fn new(catalogue: Arc<dyn Catalogue>, seat_maps: Arc<SeatMaps>, limit: usize) -> Self {
        let known = Known { layouts: HashMap::new(), recency: Recency::new(limit) };
        Self { known: Mutex::new(known), loads: Loads::new(MAX_LOADS), catalogue, seat_maps, metrics: MemoryMetrics::new("layouts", limit) }
    }

    /// Returns the layout of the seats of `schedule`.
    pub async fn of(&self, schedule: &Schedule) -> Result<Arc<HashedLayout>, Error> {
        match schedule.layout() {
            Some(hash) => self.stored(hash).await?.ok_or_else(|| {
                tracing::error!(schedule = %schedule.id(), %hash, "the layout of a schedule is not stored");
                Error::Internal
            }),
            None => self.of_seats(schedule).await,
        }
    }

    /// Returns the stored layout with this hash.
    pub async fn stored(&self, hash: LayoutHash) -> Result<Option<Arc<HashedLayout>>, Error> {
        let key = Key::Stored(hash);
        if let Some(known) = self.look_up(key) {
            return Ok(Some(known.layout));
        }
        let load = async {
            if let Some(known) = self.look_up(key) {
                return Ok(Some(known.layout));
            }
            let read = self.catalogue.layout(hash).await?;
            Ok(read.map(|layout| self.keep(key, KnownLayout { layout: Arc::new(HashedLayout { hash, layout }), seats: 0 })))
        };
        self.loads.run(key, load).await
    }

    /// Returns the layout that yields the seats of a schedule. Their labels and prices only change together with the schedule's layout, so it
    /// remains valid until the schedule names one.
    async fn of_seats(&self, schedule: &Schedule) -> Result<Arc<HashedLayout>, Error> {
        let key = Key::OfSeats(schedule.id());
        let map = self.seat_maps.map(schedule).await?;
        let is_valid = |known: &KnownLayout| known.seats == map.seats.len();
        if let Some(known) = self.look_up(key).filter(is_valid) {
            return Ok(known.layout);
        }
        let load = async {
            match self.look_up(key).filter(is_valid) {
                Some(known) => Ok(known.layout),
                None => Ok(self.keep(key, KnownLayout { layout: Arc::new(derive(&map, schedule)?.into()), seats: map.seats.len() })),
            }
        };
        self.loads.run(key, load).await
    }

    fn look_up(&self, key: Key) -> Option<KnownLayout> {
        let mut known = self.known();
        let found = known.layouts.get(&key).cloned();
        if found.is_some() {
            known.recency.touch(key);
            self.metrics.hit();
        } else {
            self.metrics.miss();
        }
        found
    }

    fn keep(&self, key: Key, read: KnownLayout) -> Arc<HashedLayout> {
        let layout = read.layout.clone();
        let bytes = LAYOUT_BYTES + layout.layout.rows().count() * ROW_BYTES;
        let mut known = self.known();
        known.layouts.insert(key, read);
        let evicted = known.recency.set(key, bytes);
        for least in &evicted {
            known.layouts.remove(least);
        }
        self.metrics.evict(evicted.len());
        self.metrics.set_bytes(known.recency.bytes());
        layout
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the layout that yields the seats of `map`.
fn derive(map: &SeatMap, schedule: &Schedule) -> Result<Layout, Error> {
    let seats = map.seats.iter().map(|seat| (seat.number, seat.label.as_ref(), seat.price, seat.accessible));
    Layout::of(seats).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, schedule = %schedule.id(), "a seat's label can't be part of a layout");
        Error::Internal
    })
}

#[cfg(test)]
mod tests {
    use domain::testing::{SCHEDULE, a_schedule, a_seat, schedule};

    use super::*;
    use crate::ports::MockCatalogue;
    use crate::testing::StoppedClock;

    fn a_layout(numbers: &[u32]) -> Layout {
        let seats: Vec<_> = numbers.iter().map(|number| a_seat(*number).row).collect();
        Layout::of(seats.iter().map(|seat| (seat.number(), seat.label(), seat.price(), seat.is_accessible()))).unwrap()
    }

    fn layouts(catalogue: MockCatalogue, limit: usize) -> Layouts {
        let catalogue: Arc<dyn Catalogue> = Arc::new(catalogue);
        let seat_maps = Arc::new(SeatMaps::new(catalogue.clone(), Arc::<StoppedClock>::default(), 1 << 20));
        Layouts::new(catalogue, seat_maps, limit)
    }

    #[tokio::test]
    async fn a_layout_that_a_schedule_names_is_read_once() {
        let mut catalogue = MockCatalogue::new();
        let stored = a_layout(&[1, 2]);
        let hash = stored.hash();
        catalogue.expect_layout().times(2).returning(move |wanted| Ok(Some(stored.clone()).filter(|_| wanted == hash)));
        let layouts = layouts(catalogue, 1 << 20);
        let named = a_schedule().row.with_layout(Some(hash));
        for _ in 0..3 {
            assert_eq!(*layouts.of(&named).await.unwrap(), HashedLayout::from(a_layout(&[1, 2])));
        }
        let other = a_layout(&[3]).hash();
        assert_eq!(layouts.stored(other).await.unwrap(), None);
        assert_eq!(layouts.stored(hash).await.unwrap().unwrap().hash, hash);
    }

    #[tokio::test]
    async fn seats_without_a_stored_layout_have_the_layout_of_their_labels() {
        let mut catalogue = MockCatalogue::new();
        catalogue
            .expect_seats()
            .times(2)
            .returning(|id| Ok([1, 2].map(|number| a_seat(number).with(|seat| seat.with_schedule(id))).into()));
        let layouts = layouts(catalogue, 1 << 20);
        for id in [SCHEDULE, SCHEDULE, schedule(9)] {
            assert_eq!(layouts.of(&a_schedule().row.with_id(id)).await.unwrap().layout, a_layout(&[1, 2]));
        }
    }

    #[tokio::test]
    async fn layouts_stay_within_their_bytes() {
        let mut catalogue = MockCatalogue::new();
        let stored: Vec<_> = [1, 2].map(|number| a_layout(&[number])).into();
        let hashes: Vec<_> = stored.iter().map(Layout::hash).collect();
        catalogue.expect_layout().times(3).returning(move |hash| Ok(stored.iter().find(|layout| layout.hash() == hash).cloned()));
        let layouts = layouts(catalogue, LAYOUT_BYTES + ROW_BYTES);
        for index in [0, 0, 1, 0] {
            assert_eq!(layouts.stored(hashes[index]).await.unwrap().unwrap().hash, hashes[index]);
        }
        assert_eq!(layouts.known().layouts.len(), 1);
    }
}
