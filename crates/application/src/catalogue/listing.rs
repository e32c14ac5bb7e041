//! Making the concert index: from the known concerts, and again when they change or when the next show starts, which changes the order. If only
//! the store knows all concerts, it is made from the store at most twice a minute, and lists are that old.

use std::sync::Arc;

use domain::{ConcertId, ListedConcert, Schedule, Versioned};
use time::OffsetDateTime;

use super::CatalogueModel;
use super::concert_index::{ConcertIndex, Source};
use crate::Error;
use crate::memory::set_unlimited_bytes;
use crate::page::PageRequest;

/// The number of concerts that are read from the store at once.
const PAGE: u32 = 1_000;

impl CatalogueModel {
    /// Returns the concert index at `now`. If the store can't be read for a new one, the last one is used.
    pub(crate) async fn concert_index(&self, now: OffsetDateTime) -> Result<Arc<ConcertIndex>, Error> {
        if let Some(current) = self.current_index(now) {
            return Ok(current);
        }
        let _one_at_a_time = match self.making_index.try_lock() {
            Ok(guard) => guard,
            Err(_) => match self.index.load_full().filter(|last| last.is_from_store()) {
                // It takes seconds to make the next one.
                Some(last) => return Ok(last),
                None => self.making_index.lock().await,
            },
        };
        if let Some(current) = self.current_index(now) {
            return Ok(current);
        }
        match self.make_index(now).await {
            Ok(made) => {
                set_unlimited_bytes("concert_index", made.bytes());
                let made = Arc::new(made);
                self.index.store(Some(made.clone()));
                Ok(made)
            }
            // The cause is logged already.
            Err(error) => self.index.load_full().ok_or(error),
        }
    }

    fn current_index(&self, now: OffsetDateTime) -> Option<Arc<ConcertIndex>> {
        let changes = self.known().changes();
        self.index.load_full().filter(|last| last.is_current(changes, now))
    }

    async fn make_index(&self, now: OffsetDateTime) -> Result<ConcertIndex, Error> {
        let mut known = self.known().listed();
        if known.is_none() {
            self.refresh().await?;
            known = self.known().listed();
        }
        match known {
            Some((concerts, changes)) => Ok(ConcertIndex::new(concerts, Source::Memory { changes }, now)),
            None => Ok(ConcertIndex::new(self.read_listed().await?, Source::Store, now)),
        }
    }

    /// Reads what a list needs of all concerts.
    async fn read_listed(&self) -> Result<Vec<Arc<ListedConcert>>, Error> {
        let mut listed = Vec::new();
        let mut page = PageRequest { after: None, size: PAGE };
        loop {
            let concerts = self.store.concerts(page).await?;
            page.after = concerts.last().map(|concert| concert.id());
            if page.after.is_none() {
                return Ok(listed);
            }
            let ids: Vec<ConcertId> = concerts.iter().map(|concert| concert.id()).collect();
            let mut schedules = self.store.schedules_of(&ids).await?;
            schedules.sort_unstable_by_key(|schedule| schedule.concert());
            let of_concert = |id: ConcertId| {
                let first = schedules.partition_point(|schedule: &Versioned<Schedule>| schedule.concert() < id);
                schedules[first..].iter().take_while(move |schedule| schedule.concert() == id).map(|schedule| &schedule.row)
            };
            listed.extend(concerts.iter().map(|concert| Arc::new(ListedConcert::new(concert, of_concert(concert.id())))));
        }
    }
}
