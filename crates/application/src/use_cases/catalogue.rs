//! Programme: what is on offer.

use std::sync::Arc;

use domain::{Concert, ConcertId, Refusal, Schedule, ScheduleId, Versioned};
use time::OffsetDateTime;

use crate::page::{Page, PageRequest};
use crate::ports::{Catalogue, Clock};
use crate::{Error, SeatMap, SeatMaps};

/// A date as its visitors see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleView {
    /// The date.
    pub schedule: Versioned<Schedule>,
    /// How many seats are free.
    pub available: u32,
    /// How many seats there are.
    pub seats: u32,
    /// Whether the sale is open.
    pub on_sale: bool,
    /// What changes whenever the free seats do.
    pub seats_tag: (u64, u32),
}

impl ScheduleView {
    /// Whether a seat could be held right now.
    #[must_use]
    pub const fn is_bookable(&self) -> bool {
        self.on_sale && self.available > 0
    }
}

/// Concerts, their dates, and the seats of those.
#[derive(Clone)]
pub struct Concerts {
    catalogue: Arc<dyn Catalogue>,
    seat_maps: Arc<SeatMaps>,
    clock: Arc<dyn Clock>,
}

impl Concerts {
    /// The use case over the catalogue and the seat maps.
    pub fn new(catalogue: Arc<dyn Catalogue>, seat_maps: Arc<SeatMaps>, clock: Arc<dyn Clock>) -> Self {
        Self { catalogue, seat_maps, clock }
    }

    /// The instant that states and countdowns are told from.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// All concerts.
    pub async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<Versioned<Concert>, ConcertId>, Error> {
        let items = self.catalogue.concerts(page.one_more()).await?;
        Ok(page.cut(items, |concert| concert.id()))
    }

    /// The concert.
    pub async fn concert(&self, id: ConcertId) -> Result<Versioned<Concert>, Error> {
        Ok(self.catalogue.concert(id).await?.ok_or(Refusal::NotFound)?)
    }

    /// The date.
    pub async fn schedule(&self, id: ScheduleId) -> Result<Versioned<Schedule>, Error> {
        Ok(self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?)
    }

    /// The dates of a concert by start, only the bookable ones if so wished; none if the page is to begin after what is no date of it.
    pub async fn schedules(
        &self,
        concert: ConcertId,
        bookable: bool,
        page: PageRequest<ScheduleId>,
    ) -> Result<Option<Page<ScheduleView, ScheduleId>>, Error> {
        let mut schedules = Vec::new();
        for schedule in self.catalogue.schedules(concert).await? {
            let map = self.seat_maps.map(&schedule).await?;
            let on_sale = schedule.is_on_sale(self.clock.now());
            let seats = u32::try_from(map.seats.len()).unwrap_or(u32::MAX);
            schedules.push(ScheduleView { available: map.available, seats, on_sale, seats_tag: (map.version, map.lapsed), schedule });
        }
        // The cursor is found among all dates: the one it names may have ceased to be bookable since.
        let start = match page.after.map(|id| schedules.iter().position(|schedule| schedule.schedule.id() == id)) {
            None => 0,
            Some(Some(index)) => index + 1,
            Some(None) => return Ok(None),
        };
        let rest = schedules.into_iter().skip(start).filter(|schedule| !bookable || schedule.is_bookable());
        let size = usize::try_from(page.one_more().size).unwrap_or(usize::MAX);
        Ok(Some(page.cut(rest.take(size).collect(), |schedule| schedule.schedule.id())))
    }

    /// The seats of a date.
    pub async fn seats(&self, schedule: &Schedule) -> Result<Arc<SeatMap>, Error> {
        self.seat_maps.map(schedule).await
    }
}
