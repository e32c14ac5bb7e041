//! Reading the catalogue from the store: completely at the start and after a loss of the log; later only what isn't in memory, and rows that
//! may have changed without being applied.

use domain::{Concert, ConcertId, Schedule, ScheduleId, Versioned};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::known_concerts::{ConcertSchedules, Filling, KnownConcerts, Lookup};
use super::{CatalogueModel, MAX_LOADS};
use crate::Error;
use crate::page::PageRequest;

/// The number of concerts that are read at once.
const PAGE: u32 = 1_000;

/// A concert that was read before its reading began.
struct ReadEarlier {
    concert: Versioned<Concert>,
    /// The reading of all concerts that it belongs to, and how often rows had become doubtful.
    filling: Filling,
    doubts: u64,
}

impl ReadEarlier {
    /// Returns the concert unless it may be outdated: all commits since were applied, and none became doubtful.
    fn current(self, known: &KnownConcerts) -> Option<Versioned<Concert>> {
        (known.is_filling(self.filling) && known.doubts() == self.doubts).then_some(self.concert)
    }
}

impl CatalogueModel {
    /// Fills the catalogue with all queues and, as far as they fit into its memory, all concerts.
    pub async fn fill(&self) -> Result<(), Error> {
        self.read_queues_if_doubtful().await?;
        let filling = self.known().start_filling();
        let mut page = PageRequest { after: None, size: PAGE };
        loop {
            let doubts = self.known().doubts();
            let concerts = self.store.concerts(page).await?;
            page.after = concerts.last().map(|concert| concert.id());
            let read = |concert: Versioned<Concert>| self.read_or(concert.id(), Some(ReadEarlier { concert, filling, doubts }));
            let reads = stream::iter(concerts).map(read);
            let mut reads = reads.buffer_unordered(MAX_LOADS);
            while reads.try_next().await?.is_some() {
                if !self.known().is_filling(filling) {
                    tracing::info!("not all concerts fit into memory.catalogue_mebibytes: the others are read when they are requested");
                    return Ok(());
                }
            }
            if page.after.is_none() {
                self.known().end_filling(filling);
                return Ok(());
            }
        }
    }

    /// Reads the rows that may have changed without being applied.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.read_queues_if_doubtful().await?;
        let doubtful = self.known().doubtful();
        for concert in doubtful {
            self.read(concert).await?;
        }
        Ok(())
    }

    /// Reads the concert and its schedules, and keeps them.
    pub(super) async fn read(&self, id: ConcertId) -> Result<Option<ConcertSchedules>, Error> {
        self.read_or(id, None).await
    }

    /// Reads a schedule with its concert.
    pub(super) async fn read_schedule(&self, id: ScheduleId) -> Result<Option<Versioned<Schedule>>, Error> {
        let known = self.known().concert_of(id);
        let (concert, read) = match known {
            Some(concert) => (concert, None),
            None => match self.store.schedule(id).await? {
                Some(schedule) => (schedule.concert(), Some(schedule)),
                None => return Ok(None),
            },
        };
        let schedules = self.read(concert).await?.map(|read| read.schedules).unwrap_or_default();
        Ok(schedules.into_iter().find(|schedule| schedule.id() == id).or(read))
    }

    /// Reads the schedules of a concert, and the concert itself unless it was just read.
    async fn read_or(&self, id: ConcertId, earlier: Option<ReadEarlier>) -> Result<Option<ConcertSchedules>, Error> {
        let load = async {
            // Another request may have read it meanwhile.
            let known = self.known().concert_schedules(id);
            if let Lookup::Known(known) = known {
                return Ok(known);
            }
            let (reading, concert) = {
                let mut known = self.known();
                (known.start_reading(id), earlier.and_then(|earlier| earlier.current(&known)))
            };
            match self.read_rows(id, concert).await {
                Ok(read) => Ok(self.known().end_reading(id, reading, read)),
                Err(error) => {
                    self.known().abandon_reading(id);
                    Err(error)
                }
            }
        };
        let read = self.loads.run(id, load).await;
        self.measure();
        read
    }

    async fn read_rows(&self, id: ConcertId, concert: Option<Versioned<Concert>>) -> Result<Option<ConcertSchedules>, Error> {
        let concert = match concert {
            Some(concert) => concert,
            None => match self.store.concert(id).await? {
                Some(concert) => concert,
                None => return Ok(None),
            },
        };
        Ok(Some(ConcertSchedules { concert, schedules: self.store.schedules(id).await? }))
    }

    async fn read_queues_if_doubtful(&self) -> Result<(), Error> {
        if !self.queues.take_doubt() {
            return Ok(());
        }
        match self.store.queues().await {
            Ok(queues) => {
                for queue in queues {
                    self.queues.keep(queue);
                }
                Ok(())
            }
            Err(error) => {
                self.queues.doubt();
                Err(error.into())
            }
        }
    }
}
