//! The catalogue, as clients read it.

use std::sync::Arc;

use domain::{Concert, ConcertId, LayoutHash, Refusal, Schedule, ScheduleId, Versioned};
use time::OffsetDateTime;

use crate::page::{Page, PageRequest};
use crate::ports::Clock;
use crate::{CatalogueModel, Error, HashedLayout, Layouts, SeatMap, SeatMaps, SeatStatuses};

/// The public view of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleView {
    /// The schedule.
    pub schedule: Versioned<Schedule>,
    /// The number of available seats.
    pub available: u32,
    /// The number of seats.
    pub seats: u32,
    /// Whether the sale is open.
    pub on_sale: bool,
}

impl ScheduleView {
    /// Whether a seat can be held now.
    #[must_use]
    pub const fn is_bookable(&self) -> bool {
        self.on_sale && self.available > 0
    }
}

/// Reads concerts, their schedules and seats, usually from memory.
#[derive(Clone)]
pub struct Concerts {
    catalogue: Arc<CatalogueModel>,
    seat_maps: Arc<SeatMaps>,
    layouts: Arc<Layouts>,
    clock: Arc<dyn Clock>,
}

impl Concerts {
    /// Creates the use case over the catalogue, the seat maps and the layouts.
    pub fn new(catalogue: Arc<CatalogueModel>, seat_maps: Arc<SeatMaps>, layouts: Arc<Layouts>, clock: Arc<dyn Clock>) -> Self {
        Self { catalogue, seat_maps, layouts, clock }
    }

    /// Returns the instant from which states and countdowns are calculated.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Returns all concerts.
    pub async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<Versioned<Concert>, ConcertId>, Error> {
        let items = self.catalogue.concerts(page.one_more()).await?;
        Ok(page.cut(items, |concert| concert.id()))
    }

    /// Returns the concert.
    pub async fn concert(&self, id: ConcertId) -> Result<Versioned<Concert>, Error> {
        Ok(self.catalogue.concert(id).await?.ok_or(Refusal::NotFound)?)
    }

    /// The schedule.
    pub async fn schedule(&self, id: ScheduleId) -> Result<Versioned<Schedule>, Error> {
        Ok(self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?)
    }

    /// Returns the schedules of a concert by start, only those with seats that can be held if `bookable` is set; none if the cursor is not
    /// a schedule of the concert.
    pub async fn schedules(
        &self,
        concert: ConcertId,
        bookable: bool,
        page: PageRequest<ScheduleId>,
    ) -> Result<Option<Page<ScheduleView, ScheduleId>>, Error> {
        let mut schedules = Vec::new();
        for schedule in self.catalogue.schedules(concert).await? {
            // The counts: the maps of all schedules of a concert would evict those that users look at.
            let stock = self.seat_maps.stock(&schedule).await?;
            let on_sale = schedule.is_on_sale(self.clock.now());
            let count = |seats: u64| u32::try_from(seats).unwrap_or(u32::MAX);
            schedules.push(ScheduleView { available: count(stock.available), seats: count(stock.seats), on_sale, schedule });
        }
        // The cursor is looked up among all schedules: its schedule may no longer be bookable.
        let start = match page.after.map(|id| schedules.iter().position(|schedule| schedule.schedule.id() == id)) {
            None => 0,
            Some(Some(index)) => index + 1,
            Some(None) => return Ok(None),
        };
        let rest = schedules.into_iter().skip(start).filter(|schedule| !bookable || schedule.is_bookable());
        let size = usize::try_from(page.one_more().size).unwrap_or(usize::MAX);
        Ok(Some(page.cut(rest.take(size).collect(), |schedule| schedule.schedule.id())))
    }

    /// Returns the seats of a schedule.
    pub async fn seats(&self, schedule: &Schedule) -> Result<Arc<SeatMap>, Error> {
        self.seat_maps.map(schedule).await
    }

    /// Returns only the statuses of the seats of a schedule, which costs less.
    pub async fn statuses(&self, schedule: &Schedule) -> Result<SeatStatuses, Error> {
        self.seat_maps.statuses(schedule).await
    }

    /// Returns the layout of a schedule.
    pub async fn layout(&self, schedule: &Schedule) -> Result<Arc<HashedLayout>, Error> {
        self.layouts.of(schedule).await
    }

    /// Returns the layout of a schedule with this hash: the current one, or an earlier one.
    pub async fn layout_by_hash(&self, id: ScheduleId, hash: LayoutHash) -> Result<Arc<HashedLayout>, Error> {
        let schedule = self.schedule(id).await?;
        let current = self.layouts.of(&schedule).await?;
        if current.hash == hash {
            return Ok(current);
        }
        Ok(self.layouts.stored(hash).await?.ok_or(Refusal::NotFound)?)
    }
}
