//! Seat maps: the seats of a schedule with their status, read from the store once and updated by commits. A map is built once per version
//! and shared by all readers. The least recently used maps are removed when all together exceed their memory; they are read again when they
//! are requested.

mod stock;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use dashmap::DashMap;
use domain::{Change, LoggedRow, Moment, Money, Schedule, ScheduleId, Seat, SeatNumber, SeatState, SeatStatus, Stock, Versioned};
use roaring::RoaringBitmap;
use time::OffsetDateTime;

use crate::loads::Loads;
use crate::memory::MemoryMetrics;
use crate::ports::{Catalogue, Clock, Committed, Observer};
use crate::recency::Recency;
use crate::{Error, ReadModel};
use stock::RecentStock;

/// The number of schedules whose seats are read at the same time.
const MAX_LOADS: usize = 2;
/// The estimated size of a map without seats.
const MAP_BYTES: usize = 512;
/// The estimated size of a seat without its label: its row in the tree, its view in the current map, and the allocations of labels.
const SEAT_BYTES: usize = size_of::<(SeatNumber, (Versioned<Seat>, Arc<str>))>() * 3 / 2 + size_of::<SeatView>() + 80;

/// The seats of a schedule at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatMap {
    /// The total number of writes of its seats: it only grows, and is the same on every instance.
    pub version: u64,
    /// How many seats have holds that ended, by their deadline or by the cancellation of the schedule, before their rows are updated.
    /// Together with the version it identifies a map of the schedule.
    pub lapsed: u32,
    /// How many seats are free.
    pub available: u32,
    /// How many seats are held.
    pub held: u32,
    /// The seats by number.
    pub seats: Vec<SeatView>,
}

/// Only the statuses of the seats of a schedule at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeatStatuses {
    /// The status of each seat, by number.
    pub statuses: Vec<SeatStatus>,
    /// How many seats are free.
    pub available: u32,
}

/// The public view of a seat, without its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatView {
    /// Its number.
    pub number: SeatNumber,
    /// Its label.
    pub label: Arc<str>,
    /// Its status.
    pub status: SeatStatus,
    /// Its price.
    pub price: Money,
    /// Whether it is accessible by wheelchair.
    pub accessible: bool,
}

impl SeatMap {
    /// Returns the counts of its seats.
    #[must_use]
    pub fn stock(&self) -> Stock {
        let seats = u64::try_from(self.seats.len()).unwrap_or(u64::MAX);
        Stock { seats, available: self.available.into(), held: self.held.into() }
    }
}

impl SeatStatuses {
    fn of(statuses: impl Iterator<Item = SeatStatus>) -> Self {
        let statuses: Vec<_> = statuses.collect();
        Self { available: count(statuses.iter().filter(|status| **status == SeatStatus::Available)), statuses }
    }
}

/// The seat maps of the schedules that were requested lately.
pub struct SeatMaps {
    schedules: DashMap<ScheduleId, Arc<ScheduleSeats>>,
    /// The sizes of the loaded maps. It is locked while maps are removed, so that it contains no map that isn't among the schedules.
    recency: Mutex<Recency<ScheduleId>>,
    stock: RecentStock,
    loads: Loads<ScheduleId>,
    catalogue: Arc<dyn Catalogue>,
    clock: Arc<dyn Clock>,
    metrics: MemoryMetrics,
}

/// The seats of a schedule in memory.
#[derive(Default)]
struct ScheduleSeats {
    seats: Mutex<Seats>,
}

/// Whether a map that was loaded is kept if this removes others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    Always,
    IfRoom,
}

#[derive(Default)]
struct Seats {
    loaded: bool,
    /// The seats; until they are loaded, only those that were committed meanwhile.
    rows: BTreeMap<SeatNumber, (Versioned<Seat>, Arc<str>)>,
    map: Option<Arc<SeatMap>>,
    /// The period in which the map is valid: from the last deadline of a hold that has passed, since a clock may go back, until the next
    /// one.
    map_from: Option<OffsetDateTime>,
    map_until: Option<OffsetDateTime>,
    /// Whether the map is that of a cancelled schedule.
    is_cancelled: bool,
}

impl SeatMaps {
    /// Creates an empty set of maps of at most `limit` bytes that are loaded from `catalogue`.
    pub fn new(catalogue: Arc<dyn Catalogue>, clock: Arc<dyn Clock>, limit: usize) -> Self {
        Self {
            schedules: DashMap::new(),
            recency: Mutex::new(Recency::new(limit)),
            stock: RecentStock::default(),
            loads: Loads::new(MAX_LOADS),
            catalogue,
            clock,
            metrics: MemoryMetrics::new("seat_maps", limit),
        }
    }

    /// Returns the current map of `schedule`. In a cancelled schedule no seat is held.
    pub async fn map(&self, schedule: &Schedule) -> Result<Arc<SeatMap>, Error> {
        if let Some(map) = self.known(schedule) {
            self.metrics.hit();
            self.recency().touch(schedule.id());
            return Ok(map);
        }
        self.metrics.miss();
        self.load(schedule, Keep::Always).await
    }

    /// Returns the statuses of the seats of `schedule`. Unlike a map, they are determined anew each time, which takes less time than a map.
    pub async fn statuses(&self, schedule: &Schedule) -> Result<SeatStatuses, Error> {
        let id = schedule.id();
        if let Some(known) = self.schedules.get(&id).map(|entry| entry.clone()) {
            let at = schedule.at(self.clock.now());
            let statuses = {
                let seats = known.seats();
                seats.loaded.then(|| SeatStatuses::of(seats.rows.values().map(|(seat, _)| seat.status(at))))
            };
            if let Some(statuses) = statuses {
                self.metrics.hit();
                self.recency().touch(id);
                return Ok(statuses);
            }
        }
        let map = self.map(schedule).await?;
        Ok(SeatStatuses::of(map.seats.iter().map(|seat| seat.status)))
    }

    /// Returns the numbers of the free seats of `schedule`.
    pub(crate) async fn free_seats(&self, schedule: &Schedule) -> Result<RoaringBitmap, Error> {
        let id = schedule.id();
        if let Some(known) = self.schedules.get(&id).map(|entry| entry.clone()) {
            let at = schedule.at(self.clock.now());
            let free = known.seats().free(at);
            if let Some(free) = free {
                self.metrics.hit();
                self.recency().touch(id);
                return Ok(free);
            }
        }
        let map = self.map(schedule).await?;
        let free = map.seats.iter().filter(|seat| seat.status == SeatStatus::Available);
        Ok(free.map(|seat| seat.number.get()).collect())
    }

    /// Returns the counts of the seats of `schedule`. Unlike a request for the map, it removes no other map from memory: if the map isn't in
    /// memory and doesn't fit there, the counts are some seconds old.
    pub(crate) async fn stock(&self, schedule: &Schedule) -> Result<Stock, Error> {
        let (id, now) = (schedule.id(), self.clock.now());
        if let Some(map) = self.known(schedule) {
            return Ok(map.stock());
        }
        if let Some(stock) = self.stock.get(id, now) {
            return Ok(stock);
        }
        let stock = self.load(schedule, Keep::IfRoom).await?.stock();
        if !self.schedules.contains_key(&id) {
            self.stock.keep(id, stock, now);
        }
        Ok(stock)
    }

    /// Returns the current map of `schedule` if its seats are in memory.
    fn known(&self, schedule: &Schedule) -> Option<Arc<SeatMap>> {
        let schedule_seats = self.schedules.get(&schedule.id())?.clone();
        schedule_seats.map(schedule, self.clock.now())
    }

    /// Reads the seats of `schedule`, unless another request just did.
    async fn load(&self, schedule: &Schedule, keep: Keep) -> Result<Arc<SeatMap>, Error> {
        let id = schedule.id();
        let load = async {
            // From here on, the seats that are committed are collected.
            let schedule_seats = self.schedules.entry(id).or_default().clone();
            if let Some(map) = schedule_seats.map(schedule, self.clock.now()) {
                return Ok(map);
            }
            let rows = self.catalogue.seats(id).await.inspect_err(|_| self.forget_if(id, &schedule_seats))?;
            let bytes = {
                let mut seats = schedule_seats.seats();
                for seat in rows {
                    seats.keep(seat);
                }
                seats.loaded = true;
                seats.bytes()
            };
            self.weigh(id, &schedule_seats, bytes, keep);
            schedule_seats.map(schedule, self.clock.now()).ok_or_else(|| {
                tracing::error!(schedule = %id, "a loaded schedule has no seat map");
                Error::Internal
            })
        };
        self.loads.run(id, load).await
    }

    /// Adds a loaded map to those in memory, and removes others if all don't fit.
    fn weigh(&self, id: ScheduleId, loaded: &Arc<ScheduleSeats>, bytes: usize, keep: Keep) {
        let mut recency = self.recency();
        let is_current = self.schedules.get(&id).is_some_and(|current| Arc::ptr_eq(&current, loaded));
        if !is_current {
            // Removed during the load, after a change with an unknown outcome.
            return;
        }
        if keep == Keep::IfRoom && !recency.has_room(bytes) {
            self.schedules.remove(&id);
            return;
        }
        let evicted = recency.set(id, bytes);
        for least in &evicted {
            self.schedules.remove(least);
        }
        self.metrics.evict(evicted.len());
        self.metrics.set_bytes(recency.bytes());
    }

    /// Removes the map; the next request loads it again.
    fn forget(&self, id: ScheduleId) {
        let mut recency = self.recency();
        recency.remove(id);
        self.schedules.remove(&id);
        self.metrics.set_bytes(recency.bytes());
    }

    /// Removes a map that couldn't be loaded.
    fn forget_if(&self, id: ScheduleId, failed: &Arc<ScheduleSeats>) {
        self.schedules.remove_if(&id, |_, current| Arc::ptr_eq(current, failed));
    }

    fn recency(&self) -> MutexGuard<'_, Recency<ScheduleId>> {
        self.recency.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ReadModel for SeatMaps {
    /// Keeps the seat if the map of its schedule is in memory or being loaded.
    fn apply(&self, row: LoggedRow) {
        let LoggedRow::Seat(seat) = row else { return };
        if let Some(schedule_seats) = self.schedules.get(&seat.schedule()) {
            schedule_seats.seats().keep(seat);
        }
    }

    /// Removes all maps; the next request of each loads it again.
    async fn reload(&self) -> Result<(), Error> {
        let mut recency = self.recency();
        recency.clear();
        self.schedules.clear();
        self.metrics.set_bytes(0);
        Ok(())
    }
}

impl Observer for SeatMaps {
    fn committed(&self, change: &Change, committed: &Committed) {
        change.logged(committed.number).for_each(|row| self.apply(row));
    }

    /// Removes the maps of the change; the next request of each loads it again.
    fn doubtful(&self, change: &Change) {
        for seat in change.rows::<Seat>() {
            self.forget(seat.row.schedule());
        }
    }
}

impl ScheduleSeats {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn map(&self, schedule: &Schedule, now: OffsetDateTime) -> Option<Arc<SeatMap>> {
        let mut seats = self.seats();
        if !seats.loaded {
            return None;
        }
        let is_valid = seats.map_from.is_none_or(|from| from <= now) && seats.map_until.is_none_or(|until| now < until);
        let is_stale = !is_valid || seats.is_cancelled != schedule.is_cancelled();
        if seats.map.is_none() || is_stale {
            seats.is_cancelled = schedule.is_cancelled();
            seats.build(schedule.at(now));
        }
        seats.map.clone()
    }
}

impl Seats {
    /// Returns the numbers of the seats that are free `at` a moment of the schedule; none before they are loaded.
    fn free(&self, at: Moment) -> Option<RoaringBitmap> {
        let free = self.rows.iter().filter(|(_, (seat, _))| seat.status(at) == SeatStatus::Available);
        self.loaded.then(|| free.map(|(number, _)| number.get()).collect())
    }

    /// Stores the seat, unless this or a newer version is known.
    fn keep(&mut self, seat: Versioned<Seat>) {
        let known = self.rows.get(&seat.number());
        if known.is_some_and(|(known, _)| seat.version <= known.version) {
            return;
        }
        let label = known.filter(|(known, _)| known.label() == seat.label()).map(|(_, label)| label.clone());
        let label = label.unwrap_or_else(|| seat.label().into());
        self.rows.insert(seat.number(), (seat, label));
        self.map = None;
    }

    /// Returns the estimated size of the seats and of their map.
    fn bytes(&self) -> usize {
        let labels: usize = self.rows.values().map(|(_, label)| 2 * label.len()).sum();
        MAP_BYTES + self.rows.len() * SEAT_BYTES + labels
    }

    fn build(&mut self, now: Moment) {
        let rows = || self.rows.values().map(|(seat, _)| seat);
        let deadlines = || {
            rows().filter_map(|seat| match seat.state() {
                SeatState::Held { until, .. } => Some(until),
                SeatState::Available | SeatState::Reserved { .. } | SeatState::Blocked => None,
            })
        };
        let seats: Vec<SeatView> = self
            .rows
            .values()
            .map(|(seat, label)| SeatView {
                number: seat.number(),
                label: label.clone(),
                status: seat.status(now),
                price: seat.price(),
                accessible: seat.is_accessible(),
            })
            .collect();
        let map = SeatMap {
            version: rows().map(|seat| seat.version.0.unsigned_abs()).sum(),
            lapsed: count(deadlines().filter(|until| !now.is_before(*until))),
            available: count(seats.iter().filter(|seat| seat.status == SeatStatus::Available)),
            held: count(seats.iter().filter(|seat| seat.status == SeatStatus::Held)),
            seats,
        };
        self.map_from = deadlines().filter(|until| !self.is_cancelled && !now.is_before(*until)).max();
        self.map_until = deadlines().filter(|until| now.is_before(*until)).min();
        self.map = Some(Arc::new(map));
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
