//! The catalogue in memory: the concerts, their schedules, and the queues. It is a read model, filled from the store at the start and updated
//! by commits, so that requests of users read none of these rows from the store. If not all concerts fit into its memory, the least recently
//! used ones are read from the store when they are requested. Commands read the rows themselves.
//!
//! Public lists of concerts are answered from the concert index, which has the order of all concerts and what filters need, and from what is
//! known of the schedules' seats.

mod concert_index;
mod known_concerts;
mod known_queues;
mod listing;
mod offered_seats;
mod reading;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use domain::{Change, Concert, ConcertId, LoggedRow, OfferedSeats, Queue, QueueId, Schedule, ScheduleId, Seat, Versioned};
use time::OffsetDateTime;

use crate::loads::Loads;
use crate::memory::MemoryMetrics;
use crate::ports::{Catalogue, Committed, Observer};
use crate::{Error, ReadModel};
use concert_index::ConcertIndex;
use known_concerts::{KnownConcerts, Lookup};
use known_queues::KnownQueues;
use offered_seats::KnownSeats;

pub(crate) use known_concerts::ConcertSchedules;

/// The number of concerts whose schedules are read at the same time.
const MAX_LOADS: usize = 4;

/// The concerts, schedules and queues in memory.
pub struct CatalogueModel {
    store: Arc<dyn Catalogue>,
    concerts: Mutex<KnownConcerts>,
    queues: KnownQueues,
    loads: Loads<ConcertId>,
    index: ArcSwapOption<ConcertIndex>,
    /// Held while a concert index is made.
    making_index: tokio::sync::Mutex<()>,
    offered_seats: KnownSeats,
    metrics: MemoryMetrics,
}

impl CatalogueModel {
    /// Creates an empty catalogue, whose concerts and schedules take at most `limit` bytes.
    pub fn new(store: Arc<dyn Catalogue>, limit: usize) -> Self {
        let offered_seats = KnownSeats::new(store.clone());
        Self {
            store,
            concerts: Mutex::new(KnownConcerts::new(limit)),
            queues: KnownQueues::new(),
            loads: Loads::new(MAX_LOADS),
            index: ArcSwapOption::empty(),
            making_index: tokio::sync::Mutex::default(),
            offered_seats,
            metrics: MemoryMetrics::new("catalogue", limit),
        }
    }

    /// Returns the concert, if it exists.
    pub async fn concert(&self, id: ConcertId) -> Result<Option<Versioned<Concert>>, Error> {
        let known = self.known().concert(id);
        match self.counted(known) {
            Lookup::Known(concert) => Ok(concert),
            Lookup::Unknown => Ok(self.read(id).await?.map(|read| read.concert)),
        }
    }

    /// Returns the concerts of a queue, by id.
    pub async fn concerts_of(&self, queue: QueueId) -> Result<Vec<Versioned<Concert>>, Error> {
        let known = self.known().concerts_of(queue);
        match known {
            Some(concerts) => Ok(concerts),
            None => Ok(self.store.concerts_of(queue).await?),
        }
    }

    /// Returns the concert with its schedules, if it exists.
    pub(crate) async fn concert_schedules(&self, id: ConcertId) -> Result<Option<ConcertSchedules>, Error> {
        let known = self.known().concert_schedules(id);
        match self.counted(known) {
            Lookup::Known(known) => Ok(known),
            Lookup::Unknown => self.read(id).await,
        }
    }

    /// Returns all schedules of a concert, by start, then id; none if the concert doesn't exist.
    pub async fn schedules(&self, concert: ConcertId) -> Result<Vec<Versioned<Schedule>>, Error> {
        Ok(self.concert_schedules(concert).await?.map(|found| found.schedules).unwrap_or_default())
    }

    /// Returns the schedule, if it exists.
    pub async fn schedule(&self, id: ScheduleId) -> Result<Option<Versioned<Schedule>>, Error> {
        let known = self.known().schedule(id);
        match self.counted(known) {
            Lookup::Known(schedule) => Ok(schedule),
            Lookup::Unknown => self.read_schedule(id).await,
        }
    }

    /// Returns the schedule and the queue that admits to its concert, if both are in memory.
    #[must_use]
    pub fn known_schedule(&self, id: ScheduleId) -> Option<(Versioned<Schedule>, QueueId)> {
        let mut known = self.known();
        let Lookup::Known(Some(schedule)) = known.schedule(id) else { return None };
        let Lookup::Known(Some(concert)) = known.concert(schedule.concert()) else { return None };
        self.metrics.hit();
        Some((schedule, concert.queue()))
    }

    /// Returns what the public sees of the seats of each of `schedules` that has offered seats, at most some seconds old.
    pub(crate) async fn offered_seats(
        &self,
        schedules: &[ScheduleId],
        now: OffsetDateTime,
    ) -> Result<HashMap<ScheduleId, OfferedSeats>, Error> {
        self.offered_seats.of(schedules, now).await
    }

    /// Returns the queue, as far as it is known in memory.
    #[must_use]
    pub fn queue(&self, id: QueueId) -> Option<Arc<Versioned<Queue>>> {
        self.queues.get(id)
    }

    /// Returns the queues that are known in memory.
    #[must_use]
    pub fn queues(&self) -> Vec<QueueId> {
        self.queues.ids()
    }

    fn known(&self) -> MutexGuard<'_, KnownConcerts> {
        self.concerts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counted<T>(&self, lookup: Lookup<T>) -> Lookup<T> {
        self.count(lookup_is_known(&lookup));
        lookup
    }

    fn count(&self, is_hit: bool) {
        if is_hit { self.metrics.hit() } else { self.metrics.miss() }
    }

    /// Updates the metrics after a change of the known concerts.
    fn measure(&self) {
        let (bytes, evicted) = {
            let mut known = self.known();
            (known.bytes(), known.take_evicted())
        };
        self.metrics.set_bytes(bytes);
        if evicted > 0 {
            self.metrics.evict(evicted);
        }
    }
}

const fn lookup_is_known<T>(lookup: &Lookup<T>) -> bool {
    match lookup {
        Lookup::Known(_) => true,
        Lookup::Unknown => false,
    }
}

#[async_trait]
impl ReadModel for CatalogueModel {
    fn apply(&self, row: LoggedRow) {
        match row {
            LoggedRow::Concert(concert) => self.known().keep_concert(concert),
            LoggedRow::Schedule(schedule) => self.known().keep_schedule(schedule),
            LoggedRow::Queue(queue) => return self.queues.keep(queue),
            LoggedRow::Seat(seat) => return self.offered_seats.change(seat.schedule()),
            LoggedRow::Token(_) => return,
        }
        self.measure();
    }

    async fn reload(&self) -> Result<(), Error> {
        self.queues.doubt();
        self.offered_seats.change_all();
        self.fill().await
    }
}

impl Observer for CatalogueModel {
    fn committed(&self, change: &Change, committed: &Committed) {
        change.logged(committed.number).for_each(|row| self.apply(row));
    }

    /// Marks the rows of the change to be read again.
    fn doubtful(&self, change: &Change) {
        for concert in change.rows::<Concert>() {
            self.known().doubt(concert.row.id(), None);
        }
        for schedule in change.rows::<Schedule>() {
            self.known().doubt(schedule.row.concert(), Some(schedule.row.id()));
        }
        for seat in change.rows::<Seat>() {
            self.offered_seats.change(seat.row.schedule());
        }
        if change.row::<Queue>().is_some() {
            self.queues.doubt();
        }
        self.measure();
    }
}

#[cfg(test)]
mod tests;
