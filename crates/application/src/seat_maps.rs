//! Seat maps: the seats of a schedule with their status, read from the store once and updated by commits. A map is built once per version
//! and shared by all readers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use dashmap::DashMap;
use domain::{Change, LoggedRow, Moment, Money, Schedule, ScheduleId, Seat, SeatNumber, SeatState, SeatStatus, Stock, Versioned};
use time::OffsetDateTime;

use crate::ports::{Catalogue, Clock, Committed, Observer};
use crate::{Error, ReadModel};

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

/// The seat maps of all schedules that were requested.
pub struct SeatMaps {
    schedules: DashMap<ScheduleId, Arc<ScheduleSeats>>,
    catalogue: Arc<dyn Catalogue>,
    clock: Arc<dyn Clock>,
}

/// The seats of a schedule in memory.
#[derive(Default)]
struct ScheduleSeats {
    loading: tokio::sync::Mutex<()>,
    seats: Mutex<Seats>,
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
    /// Creates an empty set of maps that are loaded from `catalogue`.
    pub fn new(catalogue: Arc<dyn Catalogue>, clock: Arc<dyn Clock>) -> Self {
        Self { schedules: DashMap::new(), catalogue, clock }
    }

    /// Returns the current map of `schedule`, which was just read from the store. In a cancelled schedule no seat is held.
    pub async fn map(&self, schedule: &Schedule) -> Result<Arc<SeatMap>, Error> {
        let id = schedule.id();
        let schedule_seats = self.schedules.entry(id).or_default().clone();
        if let Some(map) = schedule_seats.map(schedule, self.clock.now()) {
            return Ok(map);
        }
        let _one_loads = schedule_seats.loading.lock().await;
        if !schedule_seats.seats().loaded {
            let rows = self.catalogue.seats(id).await?;
            if rows.is_empty() {
                self.schedules.remove(&id);
                return Ok(Arc::new(SeatMap { version: 0, lapsed: 0, available: 0, held: 0, seats: Vec::new() }));
            }
            let mut seats = schedule_seats.seats();
            for seat in rows {
                seats.keep(seat);
            }
            seats.loaded = true;
        }
        schedule_seats.map(schedule, self.clock.now()).ok_or_else(|| {
            tracing::error!(schedule = %id, "a loaded schedule has no seat map");
            Error::Internal
        })
    }
}

#[async_trait]
impl ReadModel for SeatMaps {
    /// Keeps the seat if the map of its schedule was requested before.
    fn apply(&self, row: LoggedRow) {
        let LoggedRow::Seat(seat) = row else { return };
        if let Some(schedule_seats) = self.schedules.get(&seat.schedule()) {
            schedule_seats.seats().keep(seat);
        }
    }

    /// Removes all maps; the next request of each loads it again.
    async fn reload(&self) -> Result<(), Error> {
        self.schedules.clear();
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
            self.schedules.remove(&seat.row.schedule());
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
mod tests {
    use domain::testing::{BEN, SCHEDULE, a_hold, a_schedule, a_seat};
    use time::Duration;

    use super::*;
    use crate::ports::MockCatalogue;
    use crate::testing::StoppedClock;

    #[tokio::test]
    async fn an_expired_hold_is_held_again_if_the_clock_goes_back() {
        let hold = a_hold(BEN, &[7]);
        let seat = a_seat(7).held_under(&hold);
        let mut catalogue = MockCatalogue::new();
        catalogue.expect_seats().withf(|schedule| *schedule == SCHEDULE).times(1).returning(move |_| Ok(vec![seat.clone()]));
        let clock = Arc::new(StoppedClock::default());
        let maps = SeatMaps::new(Arc::new(catalogue), clock.clone());
        let until = hold.expires_at() - clock.now();
        for (by, held) in [(Duration::ZERO, 1), (until, 0), (-Duration::SECOND, 1), (Duration::SECOND, 0), (-until, 1)] {
            clock.advance(by);
            let map = maps.map(&a_schedule()).await.unwrap();
            assert_eq!((map.held, map.available), (held, 1 - held), "{}", clock.now());
        }
    }
}
