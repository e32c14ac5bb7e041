//! What the public sees of the seats of schedules, in memory. It is read from the store when it is first requested, and again at most every
//! five seconds while seats are committed, so that it may be some seconds old; the number of seats and of requests doesn't matter.

use std::collections::HashMap;
use std::sync::Arc;

use dashmap::DashMap;
use domain::{OfferedSeats, ScheduleId};
use time::{Duration, OffsetDateTime};
use tokio::sync::{Mutex, MutexGuard};

use crate::Error;
use crate::memory::set_unlimited_bytes;
use crate::ports::Catalogue;

/// How long seats are used after they were read, even if some have changed.
const KEEP: Duration = Duration::seconds(5);
/// The number of schedules whose seats are read at once.
const BATCH: usize = 64;
/// The number of schedules whose seats are kept; those of others are read at each request.
const MAX_SCHEDULES: usize = 200_000;
/// The estimated size of the seats of one schedule: the entry, and its place in the map.
const ENTRY_BYTES: usize = 2 * size_of::<(ScheduleId, Entry)>();

/// The offered seats of the schedules that were requested.
pub(super) struct KnownSeats {
    store: Arc<dyn Catalogue>,
    schedules: DashMap<ScheduleId, Entry>,
    reading: Mutex<()>,
}

struct Entry {
    seats: Seats,
    read_at: OffsetDateTime,
    /// Whether a seat was committed since the last reading began.
    is_changed: bool,
}

/// What is known of the seats of a schedule.
#[derive(Debug, Clone, Copy)]
enum Seats {
    /// They are being read for the first time.
    Unread,
    /// The offered seats, if there are any.
    Read(Option<OfferedSeats>),
}

/// Whether what is known of a schedule can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    Current,
    Outdated,
    Unknown,
}

impl KnownSeats {
    pub(super) fn new(store: Arc<dyn Catalogue>) -> Self {
        Self { store, schedules: DashMap::new(), reading: Mutex::default() }
    }

    /// Records that a seat of a schedule was committed, or may have been.
    pub(super) fn change(&self, schedule: ScheduleId) {
        if let Some(mut entry) = self.schedules.get_mut(&schedule) {
            entry.is_changed = true;
        }
    }

    /// Records that any seat may have been committed.
    pub(super) fn change_all(&self) {
        self.schedules.iter_mut().for_each(|mut entry| entry.is_changed = true);
    }

    fn age(&self, schedule: ScheduleId, now: OffsetDateTime) -> Age {
        match self.schedules.get(&schedule) {
            Some(entry) if matches!(entry.seats, Seats::Unread) => Age::Unknown,
            Some(entry) if !entry.is_changed || (entry.read_at..entry.read_at + KEEP).contains(&now) => Age::Current,
            Some(_) => Age::Outdated,
            None => Age::Unknown,
        }
    }

    /// Prepares a reading: from now on, commits are recorded.
    fn start_reading(&self, schedules: &[ScheduleId], now: OffsetDateTime) {
        for schedule in schedules {
            if let Some(mut entry) = self.schedules.get_mut(schedule) {
                entry.is_changed = false;
            } else if self.schedules.len() < MAX_SCHEDULES {
                self.schedules.insert(*schedule, Entry { seats: Seats::Unread, read_at: now, is_changed: false });
            }
        }
    }

    fn end_reading(&self, schedule: ScheduleId, seats: Option<OfferedSeats>, at: OffsetDateTime) {
        if let Some(mut entry) = self.schedules.get_mut(&schedule) {
            (entry.seats, entry.read_at) = (Seats::Read(seats), at);
        }
    }
}

impl KnownSeats {
    /// Returns what the public sees of the seats of each of `schedules` that has offered seats, at most some seconds old. If the store
    /// can't be read, what is known is used as long as it's known of all of them.
    pub(super) async fn of(&self, schedules: &[ScheduleId], now: OffsetDateTime) -> Result<HashMap<ScheduleId, OfferedSeats>, Error> {
        let (unknown, outdated) = (self.of_age(schedules, Age::Unknown, now), self.of_age(schedules, Age::Outdated, now));
        if unknown.is_empty() && outdated.is_empty() {
            return Ok(self.known(schedules));
        }
        // If all are known, another request that reads already is not waited for.
        let Some(_one_at_a_time) = self.start_turn(!unknown.is_empty()).await else { return Ok(self.known(schedules)) };
        // Another request may have read some of them meanwhile.
        let mut found = self.read(&self.of_age(&unknown, Age::Unknown, now), now).await?;
        // If this fails, the cause is logged already, and older seats are still known.
        let _ = self.read(&self.of_age(&outdated, Age::Outdated, now), now).await;
        found.extend(self.known(schedules));
        set_unlimited_bytes("offered_seats", self.schedules.len() * ENTRY_BYTES);
        Ok(found)
    }

    fn known(&self, schedules: &[ScheduleId]) -> HashMap<ScheduleId, OfferedSeats> {
        let seats_of = |id: &ScheduleId| match self.schedules.get(id)?.seats {
            Seats::Read(seats) => seats,
            Seats::Unread => None,
        };
        schedules.iter().filter_map(|id| Some((*id, seats_of(id)?))).collect()
    }

    fn of_age(&self, schedules: &[ScheduleId], age: Age, now: OffsetDateTime) -> Vec<ScheduleId> {
        schedules.iter().copied().filter(|id| self.age(*id, now) == age).collect()
    }

    /// Waits until no other request reads; without `wait`, returns none if one does.
    async fn start_turn(&self, wait: bool) -> Option<MutexGuard<'_, ()>> {
        if wait { Some(self.reading.lock().await) } else { self.reading.try_lock().ok() }
    }

    /// Reads the offered seats of `schedules`, and keeps them.
    async fn read(&self, schedules: &[ScheduleId], now: OffsetDateTime) -> Result<HashMap<ScheduleId, OfferedSeats>, Error> {
        let mut read = HashMap::new();
        for batch in schedules.chunks(BATCH) {
            self.start_reading(batch, now);
            let found = self.store.offered_seats(batch).await;
            let found = found.inspect_err(|_| batch.iter().for_each(|schedule| self.change(*schedule)))?;
            for schedule in batch {
                self.end_reading(*schedule, found.get(schedule).copied(), now);
            }
            read.extend(found);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use domain::PriceRange;
    use domain::testing::{NOW, OTHER_SCHEDULE, SCHEDULE, won};

    use super::*;
    use crate::ports::{MockCatalogue, ReadError};

    /// Returns the seats of a store in which the price of every seat is the number of the read.
    fn a_store(reads: &'static AtomicUsize, fails: fn(usize) -> bool) -> KnownSeats {
        let mut catalogue = MockCatalogue::new();
        catalogue.expect_offered_seats().returning(move |schedules| {
            let number = reads.fetch_add(1, Ordering::SeqCst) + 1;
            if fails(number) {
                return Err(ReadError::Unavailable("no connection".into()));
            }
            let seats = OfferedSeats { has_unsold: true, count: 1, prices: PriceRange::from(won(i64::try_from(number).unwrap())) };
            Ok(schedules.iter().filter(|schedule| **schedule == SCHEDULE).map(|schedule| (*schedule, seats)).collect::<BTreeMap<_, _>>())
        });
        KnownSeats::new(Arc::new(catalogue))
    }

    /// Returns the number of the read that the seats of [`SCHEDULE`] are from.
    async fn read_of(seats: &KnownSeats, seconds: i64) -> Option<i64> {
        let found = seats.of(&[SCHEDULE, OTHER_SCHEDULE], NOW + Duration::seconds(seconds)).await.ok()?;
        assert_eq!(found.get(&OTHER_SCHEDULE), None, "it has no offered seats");
        Some(found[&SCHEDULE].prices.min.minor())
    }

    #[tokio::test]
    async fn seats_are_read_again_after_a_commit_and_at_most_every_five_seconds() {
        static READS: AtomicUsize = AtomicUsize::new(0);
        let seats = a_store(&READS, |_| false);
        assert_eq!([read_of(&seats, 0).await, read_of(&seats, 900).await], [Some(1), Some(1)], "no seat was committed");
        seats.change(SCHEDULE);
        assert_eq!([read_of(&seats, 901).await, read_of(&seats, 905).await], [Some(2), Some(2)]);
        seats.change(SCHEDULE);
        assert_eq!([read_of(&seats, 905).await, read_of(&seats, 906).await], [Some(2), Some(3)]);
        seats.change_all();
        assert_eq!(read_of(&seats, 911).await, Some(4));
        assert_eq!(READS.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    async fn seats_that_are_known_are_used_while_the_store_can_not_be_read() {
        static READS: AtomicUsize = AtomicUsize::new(0);
        let seats = a_store(&READS, |number| number == 1 || number == 3);
        assert_eq!(read_of(&seats, 0).await, None, "nothing is known");
        assert_eq!(read_of(&seats, 0).await, Some(2));
        seats.change(SCHEDULE);
        assert_eq!(read_of(&seats, 10).await, Some(2), "the third read fails");
        assert_eq!(read_of(&seats, 10).await, Some(4), "it is tried again");
    }

    #[tokio::test]
    async fn a_request_does_not_wait_for_a_read_of_seats_that_are_known() {
        static READS: AtomicUsize = AtomicUsize::new(0);
        let seats = a_store(&READS, |_| false);
        assert_eq!(read_of(&seats, 0).await, Some(1));
        seats.change(SCHEDULE);
        let reading = seats.reading.lock().await;
        assert_eq!(read_of(&seats, 10).await, Some(1));
        drop(reading);
        assert_eq!(read_of(&seats, 10).await, Some(2));
    }
}
